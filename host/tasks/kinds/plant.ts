// Narendra and Parthasarathy's plant: the next output from the present input and output alone; what else it depends on must be remembered.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { sinTurns } from "../../data/reproducible-math.ts";
import { squaredError } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const length = 200;
/** First steps of a training sequence, which are not scored: the state knows nothing yet. */
const unscored = 20;
const testLength = 1000;

/** The plant's output before each input and after the last, from rest: one value more than inputs. */
function respond(u: ArrayLike<number>): Float64Array {
  const y = new Float64Array(u.length + 1);
  for (let k = 0; k < u.length; k++) {
    const [y0, y1, y2, u0, u1] = [y[k], y[k - 1] ?? 0, y[k - 2] ?? 0, u[k], u[k - 1] ?? 0];
    y[k + 1] = (y0 * y1 * y2 * u1 * (y2 - 1) + u0) / (1 + y1 * y1 + y2 * y2);
  }
  return y;
}

// Noise, a sine, or steps.
function excitation(count: number, random: Random): Float64Array {
  const u = new Float64Array(count);
  const kind = random.int(3);
  if (kind === 0) return u.map(() => random.uniform(-1, 1));
  if (kind === 1) {
    const period = random.uniform(40, 120);
    return u.map((_, k) => 1.05 * sinTurns(k / period));
  }
  let level = 0;
  return u.map((_, k) => {
    if (k % 20 === 0) level = random.uniform(-1, 1);
    return level;
  });
}

// The signal that all who publish on this plant test with.
const testSignal = Float64Array.from({ length: testLength }, (_, k) => {
  if (k < 250) return sinTurns(k / 50);
  if (k < 500) return 1;
  if (k < 750) return -1;
  return 0.3 * sinTurns(k / 50) + 0.1 * sinTurns(k / 64) + 0.6 * sinTurns(k / 20);
});

type Experiment = { frames: Float32Array; next: Float32Array };

function experiment(u: Float64Array): Experiment {
  const y = respond(u);
  const frames = new Float32Array(u.length * 2);
  u.forEach((input, k) => {
    frames.set([input, y[k]], k * 2);
  });
  return { frames, next: Float32Array.from(y.subarray(1)) };
}

function batch(size: number, random: Random): Batch {
  const all = Array.from({ length: size }, () => experiment(excitation(length, random)));
  return {
    frames: Array.from({ length }, (_, k) =>
      Float32Array.from({ length: size * 2 }, (_, i) => all[i >> 1].frames[k * 2 + (i & 1)]),
    ),
    loss(network, results) {
      const each = new Float32Array(size).fill(1 / (size * (length - unscored)));
      let loss = 0;
      for (let k = unscored; k < length; k++) {
        const targets = Float32Array.from(all, ({ next }) => next[k]);
        loss += squaredError(network, results[k], targets, each);
      }
      return { loss, correct: 0, examples: 0 };
    },
  };
}

// Choices are made on signals like those of training.
const validation = (): Experiment[] => {
  const random = new Random(1, "plant", "val");
  return Array.from({ length: 30 }, () => experiment(excitation(testLength, random)));
};

async function evaluate(runner: Runner, split: "val" | "test") {
  const experiments = split === "val" ? validation() : [experiment(testSignal)];
  const found = await runner.run(experiments.map(({ frames }) => frames));
  let [squares, count] = [0, 0];
  experiments.forEach(({ next }, i) => {
    next.forEach((value, k) => {
      squares += (found[i][k] - value) ** 2;
    });
    count += next.length;
  });
  return { error: Math.sqrt(squares / count) };
}

const data: TaskData = {
  name: "Narendra and Parthasarathy's plant",
  hash: createHash("sha256")
    .update(JSON.stringify([...testSignal, ...validation()[0].frames]))
    .digest("hex"),
  batch,
  calibration: () => {
    const random = new Random(2, "plant", "calibration");
    return Array.from({ length: 60 }, () => experiment(excitation(length, random)).frames);
  },
  evaluate,
};

const recipe = (layers: Recipe["blueprint"]["layers"]): Recipe => ({
  blueprint: { inputs: 2, layers: [...layers, { cell: "dense", units: 1, numbers: { matrices: "int16" } }] },
  seeds: 3,
  batch: 16,
  steps: 1500,
  validateEvery: 100,
  schedule: { kind: "cosine", rate: 5e-3, floor: 2e-3 },
  clipNorm: 1,
});

export const task: Task = {
  summary: "the next output of a nonlinear plant of third order, from its present input and output",
  source:
    "K. Narendra, K. Parthasarathy, Identification and control of dynamical systems using neural networks, IEEE Trans. Neural Networks 1(1):4-27, 1990, example 4; figures: C.-F. Juang, A TSK-type recurrent fuzzy network for dynamic systems processing, IEEE Trans. Fuzzy Systems 10(2), 2002",
  inputs: 2,
  outputs: 1,
  metrics: { error: { unit: "RMSE", better: "lower", published: 0.0346, threshold: 0.0346 } },
  budgetSeconds: 120,
  recipes: {
    rmlp: recipe([
      { name: "first", cell: "rmlp", units: 12, sizes: { hidden: 12 } },
      { name: "second", cell: "rmlp", units: 12, sizes: { hidden: 12 } },
    ]),
    // Meets the threshold too with two seeds of three, with a quarter more error than the best of rmlp; nobody claims that it could not.
    elman: recipe([{ cell: "elman", units: 12 }]),
  },
  open: async () => data,
};
