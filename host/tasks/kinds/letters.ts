// Elman's letters: a stream of words, each a consonant that says which vowel follows and how often. The next letter is predicted bit by
// bit. Vowels can be told, all of their bits; the consonant after them is random, and of it only that it is a consonant.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { binaryCrossEntropy } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Task, TaskData } from "../task.ts";

/** The paper's features (its table 1, from memory): consonant, vowel, interrupted, high, back, voiced. */
const letters: Record<string, readonly number[]> = {
  b: [1, 0, 1, 0, 0, 1],
  d: [1, 0, 1, 1, 0, 1],
  g: [1, 0, 1, 0, 1, 1],
  a: [0, 1, 0, 0, 1, 1],
  i: [0, 1, 0, 1, 0, 1],
  u: [0, 1, 0, 1, 1, 1],
};
const words = ["ba", "dii", "guuu"];
const bits = 6;
/** Of the stream that is learnt from, and of those that are judged. */
const count = 1000;
/** Letters that are read at a time in training, from the beginning of some word on. */
const length = 40;

type Stream = { text: string; starts: number[] };

function streamOf(what: "train" | "val" | "test"): Stream {
  const random = new Random(1, "letters", what);
  const chosen = Array.from({ length: count }, () => random.pick(words));
  let at = 0;
  const starts = chosen.map((word) => {
    at += word.length;
    return at - word.length;
  });
  return { text: chosen.join(""), starts };
}

const framesOf = (text: string): Float32Array => Float32Array.from([...text].flatMap((letter) => letters[letter]));

const training = streamOf("train");
const windows = training.starts.filter((start) => start + length < training.text.length);

function batch(size: number, random: Random): Batch {
  const chosen = Array.from({ length: size }, () => random.pick(windows));
  const at = (t: number) => framesOf(chosen.map((start) => training.text[start + t]).join(""));
  const weights = new Float32Array(size).fill(1 / (size * length));
  return {
    frames: Array.from({ length }, (_, t) => at(t)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, t) => {
        const targets = at(t + 1);
        loss += binaryCrossEntropy(network, logits, targets, weights);
        correct += network.read(logits).filter((logit, i) => logit > 0 === targets[i] > 0).length;
      });
      return { loss, correct, examples: size * length * bits };
    },
  };
}

async function evaluate(runner: Runner, split: "val" | "test") {
  const { text } = streamOf(split);
  const next = text.slice(1);
  const [logits] = await runner.run([framesOf(text.slice(0, -1))]);
  const isRight = (step: number, bit: number): boolean =>
    logits[step * bits + bit] > 0 === letters[next[step]][bit] > 0;
  const steps = [...next].map((_, step) => step);
  const ofVowels = steps.filter((step) => letters[next[step]][1] === 1);
  const vowels = ofVowels.filter((step) => letters.a.every((_, bit) => isRight(step, bit)));
  const consonants = steps.filter((step) => isRight(step, 0));
  return {
    vowels: (100 * vowels.length) / ofVowels.length,
    consonants: (100 * consonants.length) / steps.length,
  };
}

const data: TaskData = {
  name: "letters",
  hash: createHash("sha256").update(JSON.stringify({ letters, words, count, length })).digest("hex"),
  batch,
  calibration: () => [framesOf(training.text)],
  evaluate,
};

export const task: Task = {
  summary: "predict the next letter of words ba, dii, guuu in random order: vowels, and where a consonant comes",
  source: "J. L. Elman, Finding structure in time, Cognitive Science 14:179-211, 1990: structure in letter sequences",
  inputs: bits,
  outputs: bits,
  metrics: {
    vowels: { unit: "%", better: "higher", threshold: 100 },
    consonants: { unit: "%", better: "higher", threshold: 100 },
  },
  budgetSeconds: 60,
  recipes: {
    elman: {
      blueprint: {
        inputs: bits,
        layers: [
          { cell: "elman", units: 20 },
          { name: "out", cell: "dense", units: bits },
        ],
      },
      batch: 32,
      steps: 1500,
      validateEvery: 250,
      schedule: { kind: "cosine", rate: 5e-3, floor: 0.05 },
      clipNorm: 1,
    },
  },
  open: async () => data,
};
