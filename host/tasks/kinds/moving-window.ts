// Schuster and Paliwal's artificial data: a weighted sum over 10 past and 20 future inputs, which one direction cannot see.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { squaredError } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const past = 10;
const future = 20;
const steps = 12000;
const context = 30;
const labelled = 100;
/** Steps of the parts; between them lie as many as a sum spans. */
const parts = { train: [0, 7000], val: [7050, 8000], test: [8050, 11850] } as const;

/** Falls linearly from the present to both ends, normalised. */
const weights = Array.from({ length: past + 1 + future }, (_, i) =>
  i <= past ? (i + 1) / (past + 1) : (future + 1 - (i - past)) / (future + 1),
);
const total = weights.reduce((sum, weight) => sum + weight, 0);

function makeSeries(): { x: Float32Array; y: Float32Array } {
  const random = new Random(1, "moving window");
  const x = Float32Array.from({ length: steps }, () => random.uniform());
  const y = Float32Array.from(x, (_, t) => {
    const sum = weights.reduce((so, weight, i) => so + weight * (x[t - past + i] ?? 0), 0);
    return sum / total;
  });
  return { x, y };
}
const { x, y } = makeSeries();

// Windows with a label in the middle and context on both sides, from anywhere in the training part.
function batch(size: number, random: Random): Batch {
  const [from, to] = parts.train;
  const length = labelled + 2 * context;
  const starts = Array.from({ length: size }, () => from + random.int(to - from - length));
  return {
    frames: Array.from({ length }, (_, t) => Float32Array.from(starts, (start) => x[start + t])),
    loss(network, results) {
      const each = new Float32Array(size).fill(1 / (size * labelled));
      let [loss, correct] = [0, 0];
      for (let t = context; t < context + labelled; t++) {
        const targets = Float32Array.from(starts, (start) => y[start + t] - 0.5);
        loss += squaredError(network, results[t], targets, each);
        network.read(results[t]).forEach((value, i) => {
          if (value > 0 === targets[i] > 0) correct++;
        });
      }
      return { loss, correct, examples: size * labelled };
    },
  };
}

// One sequence with context on both sides, as a board would be given it.
async function evaluate(runner: Runner, split: "val" | "test") {
  const [from, to] = parts[split];
  const [found] = await runner.run([x.subarray(from - context, to + context)]);
  let [squares, right] = [0, 0];
  for (let t = from; t < to; t++) {
    const result = found[t - from + context];
    squares += (result - (y[t] - 0.5)) ** 2;
    if (result > 0 === y[t] > 0.5) right++;
  }
  return { error: squares / (to - from), accuracy: (100 * right) / (to - from) };
}

const data: TaskData = {
  name: "moving window",
  hash: createHash("sha256").update(JSON.stringify({ weights, steps, parts })).digest("hex"),
  batch,
  calibration: () => [x.slice(...parts.train)],
  evaluate,
};

const recipe = (blueprint: Recipe["blueprint"]): Recipe => ({
  blueprint,
  batch: 32,
  steps: 3000,
  validateEvery: 200,
  schedule: { kind: "cosine", rate: 1e-2, floor: 1e-3 },
  clipNorm: 1,
});

export const task: Task = {
  summary: "a weighted sum of 10 past, the present and 20 future inputs",
  source:
    "M. Schuster, K. Paliwal, Bidirectional recurrent neural networks, IEEE Trans. Signal Processing 45(11):2673-2681, 1997",
  inputs: 1,
  outputs: 1,
  metrics: {
    error: { unit: "MSE", better: "lower", threshold: 1e-4 },
    accuracy: { unit: "%", better: "higher", threshold: 97 },
  },
  budgetSeconds: 120,
  recipes: {
    bidirectional: recipe({
      inputs: 1,
      window: { before: context, hop: labelled, after: context },
      layers: [
        { name: "forward", cell: "elman", units: 16, from: "input", numbers: { matrices: "int16" } },
        {
          name: "backward",
          cell: "elman",
          units: 16,
          from: "input",
          direction: "backward",
          numbers: { matrices: "int16" },
        },
        { name: "out", cell: "dense", units: 1, from: ["forward", "backward"], numbers: { matrices: "int16" } },
      ],
    }),
    elman: {
      ...recipe({
        inputs: 1,
        layers: [
          { cell: "elman", units: 16 },
          { cell: "dense", units: 1 },
        ],
      }),
      seeds: 3,
    },
  },
  open: async () => data,
};
