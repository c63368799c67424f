// Selective copying: symbols at random places among blanks are to be told in their order, one for each mark at the end.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import { roundSigmoids } from "../../train/rounding.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

/** A vocabulary of 16: 14 symbols, the blank, the mark. */
const symbols = 14;
const blank = 14;
const mark = 15;
const inputs = 16;
const steps = 256;
const copied = 16;

type Example = { tokens: number[]; wanted: number[] };

function example(random: Random, length: number, count: number): Example {
  const wanted = Array.from({ length: count }, () => random.int(symbols));
  const tokens = new Array<number>(length).fill(blank);
  const places = random.shuffle(Array.from({ length }, (_, i) => i)).slice(0, count);
  places
    .sort((a, b) => a - b)
    .forEach((place, i) => {
      tokens[place] = wanted[i];
    });
  return { tokens: [...tokens, ...new Array<number>(count).fill(mark)], wanted };
}

// Of one length, and mostly short: what keeps 16 symbols over a few blanks keeps them over many, and order is the harder part.
function batch(size: number, random: Random): Batch {
  const count = random.chance(0.5) ? copied : 1 + random.int(copied);
  const length = random.chance(0.97) ? count + random.int(8) : count + random.int(steps - count + 1);
  const examples = Array.from({ length: size }, () => example(random, length, count));
  const each = new Float32Array(size).fill(1 / (size * count));
  return {
    frames: Array.from({ length: length + count }, (_, t) =>
      oneHot(
        examples.map(({ tokens }) => tokens[t]),
        inputs,
      ),
    ),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      for (let i = 0; i < count; i++) {
        const wanted = examples.map((each) => each.wanted[i]);
        const logits = results[length + i];
        loss += crossEntropy(network, logits, oneHot(wanted, symbols), each);
        correct += countCorrect(network, logits, wanted);
      }
      return { loss, correct, examples: size * count };
    },
  };
}

const made = (seed: number, count: number): Example[] => {
  const random = new Random(seed, "selective copying");
  return Array.from({ length: count }, () => example(random, steps, copied));
};

async function evaluate(runner: Runner, split: "val" | "test") {
  const examples = made(split === "val" ? 1 : 2, split === "val" ? 128 : 1000);
  const results = await runner.run(examples.map(({ tokens }) => oneHot(tokens, inputs)));
  const right = examples.reduce(
    (sum, { wanted }, n) =>
      sum + wanted.filter((symbol, i) => greatest(results[n], (steps + i) * symbols, symbols) === symbol).length,
    0,
  );
  return { right: (100 * right) / (examples.length * copied) };
}

const data: TaskData = {
  name: "selective copying",
  hash: createHash("sha256").update(JSON.stringify({ symbols, steps, copied })).digest("hex"),
  batch,
  calibration: () => made(3, 100).map(({ tokens }) => oneHot(tokens, inputs)),
  evaluate,
};

/** Each layer is wide between a narrow sum that all add to: 16 places for symbols take more units than what is said of them. */
const residual = (cell: string, units: number, wide: number): Recipe["blueprint"] => {
  const names = ["first", "second", "third"];
  const sum = (n: number) => ({ sum: ["embedding", ...names.slice(0, n).map((name) => `${name} out`)] });
  return {
    inputs,
    layers: [
      { name: "embedding", cell: "dense", units, from: "input" },
      ...names.flatMap((name, n) => [
        { name, cell, units: wide, from: n === 0 ? "embedding" : sum(n) },
        { name: `${name} out`, cell: "dense", units, from: name },
      ]),
      { name: "out", cell: "dense", units: symbols, from: sum(names.length) },
    ],
  };
};

export const task: Task = {
  summary: "tell 16 symbols that came among 240 blanks, in their order",
  source:
    "L. Feng et al., Were RNNs All We Needed?, arXiv:2410.01201, 2024; the task of A. Gu, T. Dao, Mamba, arXiv:2312.00752, 2023",
  inputs,
  outputs: symbols,
  // The published 99.5 % is of 4,096 steps.
  metrics: { right: { unit: "%", better: "higher", published: 99.5, threshold: 99 } },
  budgetSeconds: 1800,
  recipes: {
    mingru: {
      blueprint: residual("mingru", 48, 192),
      batch: 32,
      steps: 28000,
      validateEvery: 1000,
      schedule: { kind: "cosine", rate: 8e-3, warmUp: 0.02, floor: 0.01 },
      clipNorm: 1,
      enough: 99.9,
      initialize(_, parameter, values) {
        if (parameter === "bz") values.set(values.map((_, i) => -3 + (3 * i) / (values.length - 1)));
      },
      // Without that it keeps symbols by gates more shut than a board's can be, and a board loses four of five; from the start on it diverged.
      prepare(network, progress) {
        if (progress >= 0.5) network.layers.forEach(roundSigmoids);
      },
    },
  },
  open: async () => data,
};
