// Polyphonic music: which notes of Bach's chorales sound next, each of 88 a coin of its own; judged by the likelihood of what was written.
import { HIGHEST_NOTE, LOWEST_NOTE } from "../../data/sequences/chorales.ts";
import { known } from "../../data/sequences/known.ts";
import type { Sequence } from "../../data/sequences/sequence-set.ts";
import { binaryCrossEntropy } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import { dataSetIn } from "../sources/classes.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const notes = HIGHEST_NOTE - LOWEST_NOTE + 1;
const units = 100;
/** Steps with batches of 4 that see as many pieces as there are. */
const epoch = 57;

// What is heard until a step: the frames before it, silence before the first.
function heard({ x }: Sequence): Float32Array {
  const frames = new Float32Array(x.length);
  frames.set(x.subarray(0, x.length - notes), notes);
  return frames;
}

function batchOf(chosen: readonly Sequence[]): Batch {
  const longest = Math.max(...chosen.map(({ steps }) => steps));
  const total = chosen.reduce((sum, { steps }) => sum + steps, 0);
  // By step, what sounds in each sequence; nothing after its end and, at −1, before its beginning.
  const sounding = (step: number) => {
    const frame = new Float32Array(chosen.length * notes);
    for (const [row, { x }] of chosen.entries())
      if (step >= 0) frame.set(x.subarray(step * notes, (step + 1) * notes), row * notes);
    return frame;
  };
  return {
    frames: Array.from({ length: longest }, (_, step) => sounding(step - 1)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, step) => {
        const targets = sounding(step);
        const weights = Float32Array.from(chosen, ({ steps }) => (step < steps ? 1 / total : 0));
        loss += binaryCrossEntropy(network, logits, targets, weights);
        network.read(logits).forEach((logit, i) => {
          if (weights[Math.floor(i / notes)] > 0 && logit > 0 === targets[i] > 0) correct++;
        });
      });
      return { loss, correct, examples: total * notes };
    },
  };
}

async function surprise(runner: Runner, sequences: readonly Sequence[]): Promise<number> {
  const results = await runner.run(sequences.map(heard));
  let [sum, frames] = [0, 0];
  for (const [i, { x, steps }] of sequences.entries()) {
    frames += steps;
    results[i].forEach((logit, at) => {
      sum += Math.max(logit, 0) - logit * x[at] + Math.log1p(Math.exp(-Math.abs(logit)));
    });
  }
  return sum / frames;
}

// How often each note sounds in training, as a logit; those that never do get one in ten thousand.
function logOdds(sequences: readonly Sequence[]): Float32Array {
  const counts = new Float64Array(notes);
  for (const { x } of sequences)
    x.forEach((value, at) => {
      counts[at % notes] += value;
    });
  const frames = sequences.reduce((sum, { steps }) => sum + steps, 0);
  return Float32Array.from(counts, (count) => {
    const part = Math.max(count / frames, 1e-4);
    return Math.log(part / (1 - part));
  });
}

async function open(folder: string | undefined): Promise<TaskData> {
  const set = await known.chorales(dataSetIn(folder, "chorales"));
  const of = (split: string) => set.sequences.filter((sequence) => sequence.split === split);
  const splits = { train: of("train"), val: of("val"), test: of("test") };
  return {
    name: set.name,
    hash: set.hash,
    batch: (size, random) => batchOf(Array.from({ length: size }, () => random.pick(splits.train))),
    outputBias: logOdds(splits.train),
    calibration: () => splits.train.map(heard),
    evaluate: async (runner, split) => ({ surprise: await surprise(runner, splits[split]) }),
  };
}

const recipe = (cell: string): Recipe => ({
  blueprint: {
    inputs: notes,
    layers: [
      { cell, units },
      { name: "out", cell: "dense", units: notes },
    ],
  },
  seeds: 3,
  batch: 4,
  steps: 25 * epoch,
  validateEvery: epoch,
  schedule: { kind: "cosine", rate: 5e-3, warmUp: 0.12 },
  clipNorm: 1,
  patience: 8,
  dropout: { out: 0.3 },
  // Uniform within ±1/√units, matrices and vectors alike: with orthogonal matrices validation was worse by 0.06.
  initialize(layer, parameter, values, random) {
    if (layer === "out" && parameter === "b") return;
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-1, 1) / Math.sqrt(units);
  },
});

export const task: Task = {
  summary: "which notes of Bach's chorales sound next",
  source:
    "J. Chung, C. Gulcehre, K. Cho, Y. Bengio, Empirical evaluation of gated recurrent neural networks on sequence modeling, arXiv:1412.3555, 2014; data: N. Boulanger-Lewandowski, Y. Bengio, P. Vincent, ICML 2012",
  inputs: notes,
  outputs: notes,
  metrics: {
    surprise: { unit: "nats a frame", better: "lower", published: 8.54, threshold: 8.54 },
  },
  budgetSeconds: 180,
  recipes: { gru: recipe("gru"), elman: recipe("elman") },
  open,
};
