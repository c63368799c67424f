// The next character of Shakespeare, in pieces of 128: what a small network knows of English.
import { join } from "node:path";
import type { Random } from "../../data/random.ts";
import { readText, type Text } from "../../data/sequences/text.ts";
import { UserError } from "../../spec/user-error.ts";
import { countCorrect, crossEntropy, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import { dataSetIn } from "../sources/classes.ts";
import type { Batch, Task, TaskData } from "../task.ts";

const length = 128;
/** What tiny Shakespeare is written with. */
const known = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const characters = known.length;

/** Pieces end to end; each character of a piece is followed by one to be told. */
function pieces(indices: Uint16Array): Uint16Array[] {
  const count = Math.floor((indices.length - 1) / length);
  return Array.from({ length: count }, (_, i) => indices.subarray(i * length, (i + 1) * length + 1));
}

const framesOf = (piece: Uint16Array): Float32Array => oneHot(piece.subarray(0, length), characters);

function batch(train: Uint16Array, size: number, random: Random): Batch {
  const starts = Array.from({ length: size }, () => random.int(train.length - length));
  const at = (step: number) => starts.map((start) => train[start + step]);
  const each = new Float32Array(size).fill(1 / (size * length));
  return {
    frames: Array.from({ length }, (_, t) => oneHot(at(t), characters)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, t) => {
        const next = at(t + 1);
        loss += crossEntropy(network, logits, oneHot(next, characters), each);
        correct += countCorrect(network, logits, next);
      });
      return { loss, correct, examples: size * length };
    },
  };
}

async function evaluate(runner: Runner, indices: Uint16Array) {
  const all = pieces(indices);
  let bits = 0;
  // A few at a time: the results of all would be large.
  for (let first = 0; first < all.length; first += 64) {
    const some = all.slice(first, first + 64);
    const results = await runner.run(some.map(framesOf));
    some.forEach((piece, i) => {
      for (let t = 0; t < length; t++)
        bits += bitsOf(results[i].subarray(t * characters, (t + 1) * characters), piece[t + 1]);
    });
  }
  return { bits: bits / (all.length * length) };
}

function bitsOf(logits: Float32Array, next: number): number {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - logits[next]), 0);
  return Math.log2(sum);
}

function dataOf({ name, hash, text, alphabet, splits }: Text): TaskData {
  const hint = "give tiny Shakespeare, as docs/data.md says";
  const stray = alphabet.find((character) => !known.includes(character));
  if (stray !== undefined)
    throw new UserError(
      `${name} has ${JSON.stringify(stray)} at character ${[...text].indexOf(stray) + 1}, which is not of the task's ${characters}`,
      hint,
    );
  if (alphabet.length !== characters)
    throw new UserError(`${name} has ${alphabet.length} different characters, the task is of ${characters}`, hint);
  return {
    name,
    hash,
    batch: (size, random) => batch(splits.train, size, random),
    calibration: () => pieces(splits.train.subarray(0, 300 * length + 1)).map(framesOf),
    evaluate: (runner, split) => evaluate(runner, splits[split]),
  };
}

export const task: Task = {
  summary: "tell the next character of Shakespeare",
  source: "A. Karpathy, char-rnn, 2015: tiny Shakespeare (public domain)",
  inputs: characters,
  outputs: characters,
  metrics: { bits: { unit: "bits a character", better: "lower", threshold: 2.7 } },
  budgetSeconds: 180,
  recipes: {
    gru: {
      blueprint: {
        inputs: characters,
        layers: [
          { cell: "gru", units: 96 },
          { cell: "dense", units: characters },
        ],
      },
      batch: 16,
      steps: 2000,
      validateEvery: 250,
      schedule: { kind: "cosine", rate: 5e-3, floor: 0.01 },
      clipNorm: 1,
    },
  },
  open: async (folder) => dataOf(await readText(join(dataSetIn(folder, "text"), "shakespeare.txt.gz"))),
};
