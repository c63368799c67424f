// Memory: of symbols that go by one is marked, and is to be told from then on. It is asked for while a time-delay network has it in sight,
// and again 5 steps after such a network, whatever it has learnt, can know of it: the rows of `fir` must miss `remembered`.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import { taps } from "../sources/taps.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const symbols = ["a", "b", "c", "d"];
/** A symbol, and whether it is marked. */
const inputs = symbols.length + 1;
/** Of the time-delay network's layers: steps between their three taps. */
const apart = [1, 2, 4];
/** Steps that it has in sight, the present one among them. */
const span = 1 + apart.reduce((sum, by) => sum + 2 * by, 0);
/** Steps from the mark to the question: the last that it has in sight, and one out of it. */
const asked = { seen: span - 1, remembered: span + 5 };
/** The mark is on one of the first so many symbols. */
const before = 10;
const steps = before + asked.remembered;
const counts = { val: 1000, test: 4000 };

type Example = { tokens: number[]; marked: number };

const exampleOf = (random: Random): Example => ({
  tokens: Array.from({ length: steps }, () => random.int(symbols.length)),
  marked: random.int(before),
});

function frameOf({ tokens, marked }: Example): Float32Array {
  const frames = oneHot(tokens, inputs);
  frames[marked * inputs + symbols.length] = 1;
  return frames;
}

// The loss counts from the mark to the last question.
function batch(size: number, random: Random): Batch {
  const examples = Array.from({ length: size }, () => exampleOf(random));
  const all = examples.map(frameOf);
  const wanted = examples.map(({ tokens, marked }) => tokens[marked]);
  const targets = oneHot(wanted, symbols.length);
  const scored = asked.remembered + 1;
  return {
    frames: Array.from({ length: steps }, (_, t) =>
      Float32Array.from({ length: size * inputs }, (_, i) => all[Math.floor(i / inputs)][t * inputs + (i % inputs)]),
    ),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, t) => {
        const counts = examples.map(({ marked }) => t >= marked && t <= marked + asked.remembered);
        const weights = Float32Array.from(counts, (is) => (is ? 1 / (size * scored) : 0));
        loss += crossEntropy(network, logits, targets, weights);
        const classes = wanted.map((symbol, row) => (counts[row] ? symbol : -1));
        correct += countCorrect(network, logits, classes);
      });
      return { loss, correct, examples: size * scored };
    },
  };
}

// Each symbol is marked equally often: who cannot know it is right by a quarter.
function made(what: "val" | "test" | "calibration", count: number): Example[] {
  const random = new Random(1, "memory", what);
  const examples = Array.from({ length: count }, () => exampleOf(random));
  examples.forEach(({ tokens, marked }, i) => {
    tokens[marked] = i % symbols.length;
  });
  return examples;
}

async function evaluate(runner: Runner, split: "val" | "test") {
  const examples = made(split, counts[split]);
  const results = await runner.run(examples.map(frameOf));
  const percent = (after: number): number => {
    const right = examples.filter(
      ({ tokens, marked }, i) =>
        greatest(results[i], (marked + after) * symbols.length, symbols.length) === tokens[marked],
    );
    return (100 * right.length) / examples.length;
  };
  return { remembered: percent(asked.remembered), seen: percent(asked.seen) };
}

const data: TaskData = {
  name: "memory",
  hash: createHash("sha256").update(JSON.stringify({ symbols, apart, asked, before, counts })).digest("hex"),
  batch,
  calibration: () => made("calibration", 200).map(frameOf),
  evaluate,
};

// The same for all, so that none fails for want of training.
const recipe = (layers: Recipe["blueprint"]["layers"]): Recipe => ({
  blueprint: { inputs, layers: [...layers, { name: "out", cell: "dense", units: symbols.length }] },
  seeds: 3,
  batch: 64,
  steps: 3000,
  validateEvery: 250,
  schedule: { kind: "cosine", rate: 5e-3, warmUp: 0.02, floor: 0.01 },
  clipNorm: 1,
});

export const task: Task = {
  summary: `which of ${symbols.length} symbols was marked, ${asked.remembered} steps after it, where a time-delay network cannot know`,
  source:
    "against A. Waibel, T. Hanazawa, G. Hinton, K. Shikano, K. Lang, Phoneme recognition using time-delay neural networks, IEEE Trans. ASSP 37(3):328-339, 1989: what a finite impulse response cannot",
  inputs,
  outputs: symbols.length,
  labels: symbols,
  metrics: {
    remembered: { unit: "%", better: "higher", threshold: 99 },
    seen: { unit: "%", better: "higher", threshold: 99 },
  },
  budgetSeconds: 120,
  recipes: {
    gru: recipe([{ cell: "gru", units: 16 }]),
    elman: recipe([{ cell: "elman", units: 16 }]),
    fir: recipe(
      apart.map((by, i) => ({
        name: `taps ${by}`,
        cell: "fir",
        units: 16,
        from: taps(i > 0 ? `taps ${apart[i - 1]}` : "input", by),
      })),
    ),
  },
  open: async () => data,
};
