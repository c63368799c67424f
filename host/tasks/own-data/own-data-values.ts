// Users' sequences whose values are predicted: the inputs of the next step, or targets that the data gives for each step.

import type { Notices } from "../../data/notices.ts";
import type { Random } from "../../data/random.ts";
import { measureNormalization, type Normalization, normalize } from "../../data/sequences/normalization.ts";
import type { Sequence, SequenceSet } from "../../data/sequences/sequence-set.ts";
import { UserError } from "../../spec/user-error.ts";
import { squaredError } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Examination, TaskData } from "../task.ts";
import { type Opened, partsOf, type Reading, recipesOf, type SequenceFacts } from "./own-data.ts";

/** Steps that decide the integers' formats, at most. */
const calibrated = 65536;

/** Normalised: what goes in, what shall come out, step by step. */
type Lesson = Pick<Sequence, "split" | "steps"> & { x: Float32Array; y: Float32Array };
type Targets = NonNullable<SequenceFacts["targets"]>;

/** @param trained what a model was trained with, which measures; absent: to be trained */
export function ownValues(set: SequenceSet, reading: Reading, _: Notices, trained?: SequenceFacts): Opened {
  const ahead = set.sequences[0].targets ? 0 : 1;
  requireSteps(set, ahead, trained?.targets);
  const normalization = trained?.normalization ?? measureNormalization(set);
  const targets = trained?.targets ?? targetsOf(set, reading, normalization);
  const { naming, splitSeed, window } = reading;
  const facts: SequenceFacts = trained ?? {
    naming,
    splitSeed,
    window,
    ...(set.columns && { columns: set.columns }),
    normalization,
    targets,
    parts: partsOf(set),
  };
  const lessons = set.sequences.map((sequence) => lessonOf(sequence, normalization, targets));
  const of = (split: Sequence["split"]) => lessons.filter((lesson) => lesson.split === split);
  const train = new Windows(of("train"), window);
  const examine = (runner: Runner, split: "val" | "test") => judge(runner, of(split), targets);
  const data: TaskData = {
    name: set.name,
    hash: set.hash,
    facts,
    batch: (size, random) => batchOf(train.draw(size, random), set.inputs, targets.names.length),
    calibration: () =>
      train.spread(Math.ceil(calibrated / window)).map(({ x, from, to }) => rows(x, set.inputs, from, to)),
    evaluate: async (runner, split) => (await examine(runner, split)).scores,
    examine,
  };
  const baseline = targets.ahead === 1 ? "repeating the last step" : "the mean of training";
  return {
    data,
    task: {
      summary: `predict ${targets.names.join(", ")}`,
      source: "sequences of the user",
      inputs: set.inputs,
      outputs: targets.names.length,
      metrics: { error: { unit: "MSE", better: "lower", threshold: 0, baseline } },
      budgetSeconds: 3600,
      recipes: recipesOf(set.inputs, targets.names.length),
      open: async () => data,
    },
  };
}

function requireSteps({ name, sequences }: SequenceSet, ahead: 0 | 1, trained: Targets | undefined): void {
  if (trained && trained.ahead !== ahead)
    throw new UserError(
      ahead ? `${name} has no targets, the model predicts some` : `${name} has targets, the model predicts next steps`,
      "Give data like that which it was trained on.",
    );
  const width = (sequences[0].targets?.length ?? 0) / sequences[0].steps;
  if (trained && ahead === 0 && width !== trained.names.length)
    throw new UserError(
      `${name} has ${width} targets a step, the model predicts ${trained.names.length}: ${trained.names.join(", ")}`,
      "Give data like that which it was trained on.",
    );
  const short = sequences.find(({ steps }) => steps <= ahead);
  if (!short) return;
  throw new UserError(
    `${short.origin} has one step, expected at least 2 to predict the next one from`,
    "Leave it out, or name the columns that are to be predicted: --targets COLUMN.",
  );
}

function targetsOf({ columns, inputs, sequences, name }: SequenceSet, reading: Reading, own: Normalization): Targets {
  const [{ targets, steps }] = sequences;
  if (!targets)
    return {
      names: columns ?? Array.from({ length: inputs }, (_, i) => `value ${i + 1}`),
      normalization: own,
      ahead: 1,
    };
  const width = targets.length / steps;
  const named = reading.naming.targets?.length === width ? [...reading.naming.targets] : undefined;
  const names = named ?? Array.from({ length: width }, (_, i) => `target ${i + 1}`);
  const as = sequences.map((sequence) => ({ ...sequence, x: sequence.targets! }));
  return { names, normalization: measureNormalization({ name, hash: "", inputs: width, sequences: as }), ahead: 0 };
}

function lessonOf({ x, steps, split, targets }: Sequence, normalization: Normalization, to: Targets): Lesson {
  const frames = normalize(x, normalization);
  if (to.ahead === 0) return { x: frames, y: normalize(targets!, to.normalization), steps, split };
  const width = normalization.mean.length;
  return { x: frames.subarray(0, (steps - 1) * width), y: frames.subarray(width), steps: steps - 1, split };
}

const rows = (values: Float32Array, width: number, from: number, to: number) =>
  values.subarray(from * width, to * width);

type Part = Lesson & { from: number; to: number };

/** Stretches of sequences, of `length` steps where there are as many, in which every step comes up alike. */
class Windows {
  private readonly ends: number[] = [];
  private readonly lessons: readonly Lesson[];
  private readonly length: number;

  constructor(lessons: readonly Lesson[], length: number) {
    this.lessons = lessons;
    this.length = length;
    for (const { steps } of lessons) this.ends.push((this.ends.at(-1) ?? 0) + steps);
  }

  draw(count: number, random: Random): Part[] {
    return Array.from({ length: count }, () => this.at(random.int(this.ends.at(-1)!)));
  }

  /** At most `count`, evenly over all steps. */
  spread(count: number): Part[] {
    const all = this.ends.at(-1)!;
    const step = Math.max(this.length, Math.floor(all / count));
    const found = new Map<string, Part>();
    for (let place = 0; place < all; place += step) {
      const part = this.at(place);
      found.set(`${this.lessons.indexOf(part)} ${part.from}`, part);
    }
    return [...found.values()];
  }

  // The stretch that begins at a step of all, earlier where its sequence ends too soon.
  private at(place: number): Part {
    let [low, high] = [0, this.ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle] > place) high = middle;
      else low = middle + 1;
    }
    const lesson = this.lessons[low];
    const begin = place - (this.ends[low] - lesson.steps);
    const from = Math.max(0, Math.min(begin, lesson.steps - this.length));
    return { ...lesson, from, to: Math.min(lesson.steps, from + this.length) };
  }
}

function batchOf(parts: readonly Part[], inputs: number, outputs: number): Batch {
  const size = parts.length;
  const longest = Math.max(...parts.map(({ from, to }) => to - from));
  const fill = (of: "x" | "y", width: number) =>
    Array.from({ length: longest }, (_, t) => {
      const frame = new Float32Array(size * width);
      parts.forEach((part, row) => {
        if (part.from + t < part.to) frame.set(rows(part[of], width, part.from + t, part.from + t + 1), row * width);
      });
      return frame;
    });
  const targets = fill("y", outputs);
  const counted = parts.reduce((sum, { from, to }) => sum + to - from, 0) * outputs;
  return {
    frames: fill("x", inputs),
    loss(network, results) {
      const loss = results.reduce((sum, result, t) => {
        const weights = Float32Array.from(parts, ({ from, to }) => (from + t < to ? 1 / counted : 0));
        return sum + squaredError(network, result, targets[t], weights);
      }, 0);
      return { loss, correct: 0, examples: 0 };
    },
  };
}

// Every step of every sequence counts, from a fresh start at each sequence's first.
async function judge(runner: Runner, lessons: readonly Lesson[], targets: Targets): Promise<Examination> {
  const { names, normalization, ahead } = targets;
  const width = names.length;
  const results = await runner.run(lessons.map(({ x }) => x));
  const squares = names.map(() => ({ found: 0, base: 0 }));
  lessons.forEach(({ x, y }, i) => {
    for (let n = 0; n < y.length; n++) {
      const column = squares[n % width];
      column.found += (results[i][n] - y[n]) ** 2;
      column.base += ((ahead === 1 ? x[n] : 0) - y[n]) ** 2;
    }
  });
  const steps = lessons.reduce((sum, lesson) => sum + lesson.steps, 0);
  const mean = (of: "found" | "base") => squares.reduce((sum, column) => sum + column[of], 0) / (steps * width);
  const values = names.map((name, i) => {
    const own = (square: number) => Math.sqrt(square / steps) * normalization.deviation[i];
    return { name, error: own(squares[i].found), baseline: own(squares[i].base) };
  });
  return { scores: { error: mean("found") }, baseline: mean("base"), values };
}
