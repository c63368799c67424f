// Data of tasks that tell the classes of whole sequences, by the last step's result; read from the folder of real data sets.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Split } from "../../data/clip.ts";
import type { Random } from "../../data/random.ts";
import { known } from "../../data/sequences/known.ts";
import type { Sequence, SequenceSet } from "../../data/sequences/sequence-set.ts";
import { requireClasses } from "../../data/sequences/settle.ts";
import { UserError } from "../../spec/user-error.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Examination, TaskData } from "../task.ts";

/** The path of a data set. @throws UserError where no folder is given, or it lacks the set */
export function dataSetIn(folder: string | undefined, name: string): string {
  if (folder === undefined)
    throw new UserError(`the task reads the data set ${name}`, `give the folder that holds it: --data FOLDER`);
  const path = join(folder, name);
  if (!existsSync(path))
    throw new UserError(`${folder} has no data set ${name}`, "give the folder in which each data set has its own");
  return path;
}

/** A known set of labelled sequences. @throws UserError where it is missing, or a class has nothing to train on */
export async function openClasses(folder: string | undefined, name: string): Promise<SequenceSet> {
  const set = await known[name](dataSetIn(folder, name));
  requireClasses(set);
  return set;
}

export type Classes = {
  /** The classes to tell, each the set's labels that it takes in. */
  classes: readonly (readonly string[])[];
  /** Of the target that goes to all classes alike. */
  smoothing?: number;
  /** What one unit of the set becomes, where its own does not suit: a change of units. */
  scale?: number;
  /** A variant of a training sequence, [steps][inputs], perhaps of another length; leaves the sequence as it is. */
  vary?(x: Float32Array, random: Random): Float32Array;
};

type Labelled = Sequence & { label: number };

/** @throws UserError for a label that belongs to no class */
export function classesOf(set: SequenceSet, { classes, smoothing = 0, scale = 1, vary }: Classes): TaskData {
  const classAt = set.labels!.map((label) => classes.findIndex((members) => members.includes(label)));
  const stray = classAt.indexOf(-1);
  if (stray >= 0)
    throw new UserError(
      `${set.name} has a class "${set.labels![stray]}", which the task does not know`,
      `it knows ${classes.flat().join(", ")}`,
    );
  const of = (split: Split): Labelled[] =>
    set.sequences
      .filter((sequence) => sequence.split === split)
      .map((sequence) => ({
        ...sequence,
        x: scale === 1 ? sequence.x : sequence.x.map((value) => value * scale),
        label: classAt[sequence.label!],
      }));
  const splits = { train: of("train"), val: of("val"), test: of("test") };
  return {
    name: set.name,
    hash: set.hash,
    batch: (size, random) => batchOf(splits.train, set.inputs, classes.length, { size, smoothing, vary, random }),
    calibration: () => splits.train.map(({ x }) => x),
    evaluate: async (runner, split) => (await examine(runner, splits[split], classes.length)).scores,
    examine: (runner, split) => examine(runner, splits[split], classes.length),
  };
}

type BatchOptions = { size: number; smoothing: number; vary?: Classes["vary"]; random: Random };

// Each sequence is judged at its own last step; what comes after it is zeros.
function batchOf(
  sequences: readonly Labelled[],
  inputs: number,
  classes: number,
  { size, smoothing, vary, random }: BatchOptions,
): Batch {
  const chosen = Array.from({ length: size }, () => {
    const { x, label } = random.pick(sequences);
    const varied = vary ? vary(x, random) : x;
    return { x: varied, label, steps: varied.length / inputs };
  });
  const longest = Math.max(...chosen.map(({ steps }) => steps));
  const frames = Array.from({ length: longest }, () => new Float32Array(size * inputs));
  chosen.forEach(({ x, steps }, row) => {
    for (let t = 0; t < steps; t++) frames[t].set(x.subarray(t * inputs, (t + 1) * inputs), row * inputs);
  });
  const labels = chosen.map(({ label }) => label);
  const targets = oneHot(labels, classes, smoothing);
  return {
    frames,
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, t) => {
        const weights = Float32Array.from(chosen, ({ steps }) => (steps === t + 1 ? 1 / size : 0));
        if (!weights.some((weight) => weight > 0)) return;
        loss += crossEntropy(network, logits, targets, weights);
        const ending = labels.map((label, row) => (weights[row] > 0 ? label : -1));
        correct += countCorrect(network, logits, ending);
      });
      return { loss, correct, examples: size };
    },
  };
}

async function examine(runner: Runner, sequences: readonly Labelled[], classes: number): Promise<Examination> {
  const results = await runner.run(sequences.map(({ x }) => x));
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  sequences.forEach(({ label, steps }, i) => {
    confusion[label][greatest(results[i], (steps - 1) * classes, classes)]++;
  });
  const right = confusion.reduce((sum, row, i) => sum + row[i], 0);
  return { scores: { accuracy: (100 * right) / sequences.length }, confusion };
}
