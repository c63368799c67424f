// Copying: up to 20 random vectors are shown, and told again while nothing comes in. What must be kept is more than a state learns to hold by
// itself; a memory that is addressed keeps one vector a slot. The rows of `elman` must miss both figures.
import { bits, copyingData, inputs } from "../sources/copying.ts";
import type { Recipe, Task } from "../task.ts";

const controller = 48;

const trained: Omit<Recipe, "blueprint"> = {
  batch: 16,
  steps: 2500,
  validateEvery: 100,
  schedule: {
    kind: "stages",
    stages: [
      { until: 0.6, rate: 2e-3 },
      { until: 0.8, rate: 6e-4 },
      { until: 1, rate: 6e-5 },
    ],
  },
  clipNorm: 10,
};

export const task: Task = {
  summary: "tell 20 random vectors of 8 bits that were shown before",
  source: "A. Graves, G. Wayne, I. Danihelka, Neural Turing machines, arXiv:1410.5401, 2014, section 4.1",
  inputs,
  outputs: bits,
  metrics: {
    bitError: { unit: "% of bits", better: "lower", threshold: 0.5, budget: 0.2 },
    sequenceError: { unit: "% of sequences", better: "lower", threshold: 3 },
  },
  budgetSeconds: 600,
  recipes: {
    ntm: {
      ...trained,
      blueprint: {
        inputs,
        layers: [
          { name: "controller", cell: "lstm", units: controller, from: ["input", { previous: "memory" }] },
          { name: "memory", cell: "ntm", units: 16, sizes: { slots: 32 } },
          { name: "out", cell: "dense", units: bits, from: ["controller", "memory"] },
        ],
      },
      seeds: 3,
    },
    elman: {
      ...trained,
      steps: 8000,
      validateEvery: 400,
      blueprint: {
        inputs,
        layers: [
          { cell: "elman", units: 128 },
          { cell: "dense", units: bits },
        ],
      },
    },
  },
  open: async () => copyingData,
};
