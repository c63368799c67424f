// The Mackey-Glass series as its tasks have it: wide and narrow integers are the same reservoir's, and judged on the same runs.
import { createHash } from "node:crypto";
import type { Numbers } from "../../compile/cell.ts";
import { Random } from "../../data/random.ts";
import { squaredError } from "../../train/loss.ts";
import type { Lesson } from "../../train/reservoir.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Metric, Recipe, TaskData } from "../task.ts";

const neurons = 1000;
const [trained, washout, given, ahead] = [3000, 1000, 1000, 84];
const runs = { val: 50, test: 50 };
/** Above it a step's value is given, else the network runs on from its own last result. */
const on = 0.4;

/**
 * x' = 0.2 x(t − 17) / (1 + x(t − 17)^10) − 0.1 x, a value a unit of time from the thousandth on, as tanh(x − 1); by Runge and Kutta's
 * fourth order with steps of a tenth, what lies between two delayed values halfway.
 * @param start the key of the first values, 1.1 to 1.3
 */
export function mackeyGlass(length: number, start: string): Float64Array {
  const perUnit = 10;
  const lag = 17 * perUnit;
  const step = 1 / perUnit;
  const random = new Random(1, "mackey-glass", start);
  const x = Array.from({ length: lag + 1 }, () => 1.2 + 0.2 * (random.uniform() - 0.5));
  const slope = (value: number, late: number): number => {
    const square = late * late;
    const fifth = square * square * late;
    return (0.2 * late) / (1 + fifth * fifth) - 0.1 * value;
  };
  const skipped = 1000;
  for (let i = 0; i < (skipped + length) * perUnit; i++) {
    const [value, from, to] = [x[x.length - 1], x[x.length - 1 - lag], x[x.length - lag]];
    const middle = (from + to) / 2;
    const k1 = slope(value, from);
    const k2 = slope(value + (step / 2) * k1, middle);
    const k3 = slope(value + (step / 2) * k2, middle);
    const k4 = slope(value + step * k3, to);
    x.push(value + (step / 6) * (k1 + 2 * k2 + 2 * k3 + k4));
  }
  return Float64Array.from({ length }, (_, i) => Math.tanh(x[lag + 1 + (skipped + i) * perUnit] - 1));
}

/** Frames of a switch and a value: `count` values given, then `free` steps of none. */
function frames(series: Float64Array, count: number, free = 0): Float32Array {
  const all = new Float32Array(2 * (count + free));
  for (let t = 0; t < count; t++) all.set([on, series[t]], 2 * t);
  return all;
}

/** @param lambdas regularizations to choose from: larger where states are coarser */
export async function openMackeyGlass(lambdas: number[]): Promise<TaskData> {
  const series = mackeyGlass(trained + 1, "training");
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  const variance = series.reduce((sum, value) => sum + (value - mean) ** 2, 0) / series.length;
  const lesson: Lesson = {
    sequences: [{ frames: frames(series, trained), targets: series.slice(1 + washout), from: washout }],
    lambdas,
  };
  return {
    name: "mackey-glass",
    hash: createHash("sha256").update(mackeyGlass.toString()).digest("hex"),
    lesson,
    // Values that are given, then some of the network's own; it is told how far off each step's result was, but for the first.
    batch(size: number, random: Random): Batch {
      const [shown, free, unscored] = [44, 20, 10];
      const starts = Array.from({ length: size }, () => random.int(trained - shown - free));
      const all = starts.map((start) => frames(series.subarray(start), shown, free));
      return {
        frames: Array.from({ length: shown + free }, (_, t) =>
          Float32Array.from({ length: 2 * size }, (_, i) => all[i >> 1][2 * t + (i & 1)]),
        ),
        loss(network, results) {
          const scored = results.slice(unscored);
          const weights = new Float32Array(size).fill(1 / (size * scored.length * variance));
          let loss = 0;
          scored.forEach((result, t) => {
            const targets = Float32Array.from(starts, (start) => series[start + unscored + t + 1]);
            loss += squaredError(network, result, targets, weights);
          });
          return { loss, correct: 0, examples: size };
        },
      };
    },
    calibration: () => [frames(series, 400, 100)],
    async evaluate(runner: Runner, split: "val" | "test") {
      const made = Array.from({ length: runs[split] }, (_, i) => mackeyGlass(given + ahead, `${split} ${i}`));
      const results = await runner.run(made.map((each) => frames(each, given, ahead - 1)));
      const errors = results.map((result, i) => (result[result.length - 1] - made[i][given + ahead - 1]) ** 2);
      const error = Math.sqrt(errors.reduce((sum, each) => sum + each, 0) / errors.length / variance);
      return { "log10 NRMSE84": Number.isFinite(error) ? Math.log10(error) : 9 };
    },
  };
}

/** What the tasks have in common but what integers must reach. */
export const mackeyGlassFacts = {
  source:
    "H. Jaeger, H. Haas, Harnessing nonlinearity: predicting chaotic systems and saving energy in wireless communication, Science 304:78-80, 2004",
  inputs: 2,
  outputs: 1,
  budgetSeconds: 300,
};

/** How far off 84 steps on are, of 50 runs; from float the paper's thousand neurons want this. */
export const metricOf = (integerThreshold: number): Record<string, Metric> => ({
  "log10 NRMSE84": { unit: "log10", better: "lower", published: -4.2, threshold: -4, integerThreshold },
});

/** @param numbers how a board holds what it computes; the reservoir is drawn, and the read-out's weights have 32 bits in any case */
export const reservoir = (numbers: Numbers): Recipe => ({
  blueprint: {
    inputs: 2,
    layers: [
      {
        name: "esn",
        cell: "esn+generates",
        units: 1,
        sizes: { neurons },
        from: ["input", { previous: "esn" }],
        numbers: {
          ...numbers,
          // Ten entries a row up to 74 / 128: a spectral radius of 1.099.
          matrices: { W: { seed: 1, degree: 10, most: 74, scale: 2 ** -7 }, R: "int32" },
        },
      },
      { name: "out", cell: "dense", units: 1, numbers: { matrices: "int16" } },
    ],
  },
  seeds: 3,
  readOut: { layer: 0, weights: { R: "h" }, bias: "c" },
  batch: 1,
  steps: 0,
  validateEvery: 1,
  schedule: { kind: "cosine", rate: 1e-3, warmUp: 0, floor: 0 },
  clipNorm: 1,
  initialize(layer, parameter, values, random) {
    if (layer === "out") values.fill(parameter.startsWith("W") || parameter === "V" ? 1 : 0);
    // The same weights read the value that is given and, elsewhere, the network's own.
    const given_ = new Random(1, "input weights");
    const column = { V: 1, F: 2 }[parameter];
    if (layer === "esn" && column !== undefined)
      for (let row = 0; row < neurons; row++)
        for (let i = 0; i < 3; i++) values[3 * row + i] = i === column ? (given_.int(255) - 127) / 256 : 0;
    if (layer === "esn" && parameter === "b") for (let i = 0; i < neurons; i++) values[i] = random.uniform(-0.2, 0.2);
    if (layer === "esn" && parameter === "leak") values.fill(0.6);
    if (layer === "esn" && parameter === "half") values.set([on / 2, 0, 0]);
  },
});
