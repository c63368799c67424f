// The adding problem: a thousand random numbers, two of them marked; the answer after the last is the sum of those two.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { exp2 } from "../../data/reproducible-math.ts";
import { squaredError } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const length = 1000;
const counts = { val: 256, test: 1000 };
/** Parts of the training up to which sequences are shorter, and their rates: in proportion to length^-0.75. */
const stages = [
  { until: 0.15, steps: Math.floor(length / 10), rate: 4e-3 },
  { until: 0.45, steps: Math.floor(length / 3), rate: 1.62e-3 },
  { until: 1, steps: length, rate: 7e-4 },
];

type Sum = { frames: Float32Array; answer: number };

/** One marker in each half. */
function sum(steps: number, random: Random): Sum {
  const frames = new Float32Array(steps * 2);
  for (let t = 0; t < steps; t++) frames[t * 2] = random.uniform();
  const half = Math.floor(steps / 2);
  const marked = [random.int(half), half + random.int(steps - half)];
  for (const t of marked) frames[t * 2 + 1] = 1;
  return { frames, answer: marked.reduce((total, t) => total + frames[t * 2], 0) };
}

function batch(size: number, random: Random, progress = 1): Batch {
  const { steps } = stages.find(({ until }) => progress < until) ?? stages[stages.length - 1];
  const sums = Array.from({ length: size }, () => sum(steps, random));
  return {
    frames: Array.from({ length: steps }, (_, t) =>
      Float32Array.from({ length: size * 2 }, (_, i) => sums[i >> 1].frames[t * 2 + (i & 1)]),
    ),
    loss(network, results) {
      const answers = Float32Array.from(sums, ({ answer }) => answer);
      const loss = squaredError(network, results[steps - 1], answers, new Float32Array(size).fill(1 / size));
      return { loss, correct: 0, examples: 0 };
    },
  };
}

function sums(what: "val" | "test" | "calibration", count: number): Sum[] {
  const random = new Random(1, "adding", what);
  return Array.from({ length: count }, () => sum(length, random));
}

async function evaluate(runner: Runner, split: "val" | "test") {
  const asked = sums(split, counts[split]);
  const found = await runner.run(asked.map(({ frames }) => frames));
  const squares = asked.reduce((total, { answer }, i) => total + (found[i][length - 1] - answer) ** 2, 0);
  return { error: squares / asked.length };
}

const data: TaskData = {
  name: "adding problem",
  hash: createHash("sha256")
    .update(JSON.stringify({ length, stages, counts, first: [...sums("test", 1)[0].frames] }))
    .digest("hex"),
  batch,
  calibration: () => sums("calibration", 64).map(({ frames }) => frames),
  evaluate,
};

const recipe = (layers: Recipe["blueprint"]["layers"]): Recipe => ({
  blueprint: { inputs: 2, layers: [...layers, { name: "out", cell: "dense", units: 1 }] },
  batch: 50,
  steps: 5000,
  validateEvery: 200,
  schedule: {
    kind: "stages",
    stages: [
      ...stages.slice(0, 2).map(({ until, rate }) => ({ until, rate })),
      { until: 0.5, rate: stages[2].rate },
      { until: 1, rate: stages[2].rate, falls: true },
    ],
  },
  clipNorm: 1,
});

const bound = exp2(1 / length);

export const task: Task = {
  summary: "the sum of the two marked ones of a thousand numbers, after the last",
  source:
    "S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural Computation 9(8):1735-1780, 1997; as in S. Li et al., Independently recurrent neural network (IndRNN): building a longer and deeper RNN, CVPR 2018",
  inputs: 2,
  outputs: 1,
  metrics: { error: { unit: "MSE", better: "lower", threshold: 0.01, budget: 0.01 } },
  budgetSeconds: 600,
  recipes: {
    indrnn: {
      ...recipe([
        { name: "first", cell: "indrnn", units: 32 },
        { name: "second", cell: "indrnn", units: 32 },
      ]),
      // The last layer remembers from the start, and begins small: else its sum over all steps would be in the hundreds.
      initialize(layer, parameter, values, random) {
        for (let i = 0; i < values.length; i++) {
          if (parameter === "u") values[i] = layer === "first" ? random.uniform(0, 0.5) : random.uniform(1 / bound, 1);
          else if (parameter === "W" && layer === "first") values[i] = random.normal();
          else if (parameter === "W" && layer === "second") values[i] = 0.01 * random.normal();
          else if (parameter === "W") values[i] *= 0.1;
        }
      },
      constrain(_, parameter, values) {
        if (parameter === "u")
          for (let i = 0; i < values.length; i++) values[i] = Math.max(-bound, Math.min(bound, values[i]));
      },
      roundFrom: 0.6,
    },
    elman: { ...recipe([{ cell: "elman", units: 32 }]), seeds: 3 },
  },
  open: async () => data,
};
