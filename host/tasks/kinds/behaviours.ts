// Behaviours made of primitives: the network draws a curve from nothing but which one it shall be, told in the first step, and from what it
// drew the step before. Its slow units keep the plan, its fast ones the movement.
import { createHash } from "node:crypto";
import { sinTurns } from "../../data/reproducible-math.ts";
import { mixTargets } from "../../train/closing.ts";
import { squaredError } from "../../train/loss.ts";
import { addNoise } from "../../train/op-noise.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const behaviours = ["AAABBB", "BBBCCC", "CCAADD", "DADBDC", "AABBCC", "CBACBA"];
const stepsOfPrimitive = 20;
const length = 120;
const outputs = 2;
/** What the first step's input says is as great as the slow time constant, so that its weights are the slow units' first values. */
const slowness = 30;

/** Closed curves from home and back: two circles, two Lissajous figures. @param t turns */
const primitives: Record<string, (t: number) => [x: number, y: number]> = {
  A: (t) => [0.4 * (1 - cosine(t)), 0.4 * sinTurns(t)],
  B: (t) => [-0.4 * (1 - cosine(t)), 0.4 * sinTurns(t)],
  C: (t) => [0.4 * sinTurns(t), 0.4 * sinTurns(2 * t)],
  D: (t) => [0.4 * sinTurns(2 * t), 0.4 * (1 - cosine(t))],
};

function cosine(turns: number): number {
  return sinTurns(turns + 0.25);
}

/** [steps][outputs] of each behaviour. */
const curves = behaviours.map((behaviour) =>
  Float32Array.from(
    [...behaviour].flatMap((primitive) =>
      Array.from({ length: stepsOfPrimitive }, (_, k) => primitives[primitive]((k + 1) / stepsOfPrimitive)).flat(),
    ),
  ),
);

const frameOf = (behaviour: number, step: number): Float32Array =>
  Float32Array.from(behaviours, (_, i) => (i === behaviour && step === 0 ? slowness : 0));

/** Of row i, behaviour i, step by step: [batch][outputs]. */
const targetsOf = (size: number): Float32Array[] =>
  Array.from({ length }, (_, t) =>
    Float32Array.from(
      { length: size * outputs },
      (_, i) => curves[Math.floor(i / outputs) % behaviours.length][t * outputs + (i % outputs)],
    ),
  );

const joined = (frames: Float32Array[]): Float32Array => Float32Array.from(frames.flatMap((frame) => [...frame]));

// All behaviours, over and over.
function batch(size: number): Batch {
  const targets = targetsOf(size);
  return {
    frames: Array.from({ length }, (_, t) =>
      joined(Array.from({ length: size }, (_, i) => frameOf(i % behaviours.length, t))),
    ),
    loss(network, results) {
      const each = new Float32Array(size).fill(1 / (size * length * outputs));
      const loss = results.reduce((sum, result, t) => sum + squaredError(network, result, targets[t], each), 0);
      return { loss, correct: 0, examples: 0 };
    },
  };
}

const sequences = behaviours.map((_, i) => joined(Array.from({ length }, (_, t) => frameOf(i, t))));

// There is nothing but these behaviours: what is trained, chosen by and tested is whether the network draws them by itself.
async function evaluate(runner: Runner) {
  const found = await runner.run(sequences);
  const errors = found.map((curve, i) => {
    const squares = curve.reduce((sum, value, k) => sum + (value - curves[i][k]) ** 2, 0);
    return squares / curve.length;
  });
  return {
    error: Math.sqrt(errors.reduce((sum, square) => sum + square, 0) / errors.length),
    worst: Math.sqrt(Math.max(...errors)),
  };
}

const data: TaskData = {
  name: "behaviours of primitives",
  hash: createHash("sha256").update(JSON.stringify({ behaviours, curves })).digest("hex"),
  batch,
  calibration: () => sequences,
  evaluate,
};

const fast = 40;
const slow = 10;
const targets = targetsOf(behaviours.length);

function recipe([fastTau, slowTau]: [fast: number, slow: number]): Recipe {
  return {
    blueprint: {
      inputs: behaviours.length,
      layers: [
        {
          name: "slow",
          cell: "mtrnn",
          units: slow,
          sizes: { tau: slowTau },
          from: ["input", { previous: "fast" }],
          numbers: { matrices: "int16" },
        },
        {
          name: "fast",
          cell: "mtrnn",
          units: fast,
          sizes: { tau: fastTau },
          from: ["slow", { previous: "out" }],
          numbers: { matrices: "int16" },
        },
        { name: "out", cell: "dense", units: outputs, numbers: { matrices: "int16" } },
      ],
    },
    seeds: 3,
    batch: behaviours.length,
    steps: 3000,
    validateEvery: 100,
    schedule: {
      kind: "stages",
      stages: [
        { until: 0.5, rate: 5e-3 },
        { until: 1, rate: 5e-3, falls: true },
      ],
      floor: 0.02,
    },
    clipNorm: 0.5,
    initialize(layer, parameter, values, random) {
      if (parameter !== "W" && parameter !== "U") return;
      const columns = values.length / { slow, fast, out: outputs }[layer]!;
      for (let i = 0; i < values.length; i++)
        values[i] = random.normal() * (parameter === "U" ? usual : deviationOf(layer, i % columns, slowTau));
    },
    prepare(network, progress, random) {
      mixTargets(network, 2, targets, Math.max(0, 0.9 - 1.2 * progress));
      const deviation = progress < 0.8 ? 0.01 : 0.003;
      for (const layer of network.layers.slice(0, 2)) addNoise(layer, { tanh: deviation }, random);
    },
  };
}

const usual = 1 / Math.sqrt(fast + slow);

// Of first values by column of W: greater for what comes from outside, and so that slow units begin all over their range.
function deviationOf(layer: string, column: number, slowTau: number): number {
  if (layer === "out") return 0.1;
  if (layer === "slow" && column < behaviours.length) return (0.5 * slowTau) / slowness;
  return layer === "fast" && column >= slow ? 0.5 : usual;
}

export const task: Task = {
  summary: "six curves of 120 steps made of four primitives, drawn in a closed loop from their number",
  source:
    "after Y. Yamashita, J. Tani, Emergence of functional hierarchy in a multiple timescale neural network model: a humanoid robot experiment, PLoS Computational Biology 4(11):e1000220, 2008",
  inputs: behaviours.length,
  outputs,
  metrics: {
    error: { unit: "RMSE", better: "lower", threshold: 0.03 },
    worst: { unit: "RMSE", better: "lower", threshold: 0.04 },
  },
  budgetSeconds: 240,
  recipes: {
    mtrnn: recipe([2, slowness]),
    elman: recipe([1, 1]),
  },
  open: async () => data,
};
