// Allocation: four sequences of five vectors, each told again directly after it was shown, by a memory of ten slots: twice as many vectors as
// slots, so that those told must be freed and written again. `unfreed`, which cannot, must miss both figures. Elman's network has as many
// parameters as the computer here, and comes near without a memory: no more than 30 bits have to be kept at a time.
import type { Blueprint } from "../../compile/blueprint.ts";
import type { Random } from "../../data/random.ts";
import { bits, inputs, seriesData } from "../sources/series.ts";
import type { Recipe, Task } from "../task.ts";

const controller = 64;
/** Values of a slot. */
const width = 12;

/** By layer, the inputs and results of what all its matrices are together: one map, of which the memory takes its parts. */
const ends: Record<string, number> = {
  controller: inputs + width + controller,
  memory: controller + 4 * width + 8,
  out: controller + width + bits,
};

/** X. Glorot, Y. Bengio 2010, equation 16: with first values half as great it learns at half the speed. */
function first(layer: string, parameter: string, values: Float32Array, random: Random): void {
  if (!/^[A-Z]/.test(parameter)) return; // a vector
  const limit = Math.sqrt(6 / ends[layer]);
  for (let i = 0; i < values.length; i++) values[i] = random.uniform(-limit, limit);
}

const trained: Omit<Recipe, "blueprint"> = {
  batch: 16,
  steps: 5000,
  validateEvery: 250,
  schedule: {
    kind: "stages",
    stages: [
      { until: 0.7, rate: 2e-3 },
      { until: 1, rate: 2e-3, falls: true },
    ],
    floor: 0.05,
  },
  clipNorm: 5,
};

const memoryOf = (cell: string, sizes: Record<string, number> = {}): Blueprint => ({
  inputs,
  layers: [
    { name: "controller", cell: "perceptron", units: controller, from: ["input", { previous: "memory" }] },
    { name: "memory", cell, units: width, sizes: { slots: 10, ...sizes } },
    { name: "out", cell: "dense", units: bits, from: ["controller", "memory"] },
  ],
});

const dnc: Recipe = {
  ...trained,
  blueprint: memoryOf("dnc"),
  seeds: 3,
  initialize: first,
};

/** A free gate that stays shut: σ(−20) is less than a board can say. */
function shut(_: string, parameter: string, values: Float32Array): void {
  if (parameter === "F") values.fill(0);
  if (parameter === "bf") values.fill(-20);
}

export const task: Task = {
  summary: "repeat four sequences of five vectors, one after the other, from ten places",
  source:
    "A. Graves et al., Hybrid computing using a neural network with dynamic external memory, Nature 538:471-476, 2016, Extended Data: dynamic memory allocation",
  inputs,
  outputs: bits,
  // The paper gives no figure.
  metrics: {
    bitError: { unit: "% of bits", better: "lower", threshold: 0.5, budget: 0.2 },
    right: { unit: "% of series", better: "higher", threshold: 90, budget: 2 }, // one wrong bit of 120 spoils a series
  },
  budgetSeconds: 720,
  recipes: {
    dnc,
    // Of each slot's links the greatest two: a slot's vector is told after one other.
    "dnc-sparse": { ...dnc, blueprint: memoryOf("dnc+sparse", { columns: 4 }) },
    unfreed: {
      ...dnc,
      seeds: 1,
      initialize(layer, parameter, values, random) {
        first(layer, parameter, values, random);
        shut(layer, parameter, values);
      },
      constrain: shut,
    },
    elman: {
      ...trained,
      blueprint: {
        inputs,
        layers: [
          { cell: "elman", units: 66 },
          { cell: "dense", units: bits },
        ],
      },
    },
  },
  open: async () => seriesData,
};
