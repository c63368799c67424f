// Copying: random vectors of 8 bits, a delimiter, and then, while nothing comes in, the vectors again. A. Graves, G. Wayne, I. Danihelka
// 2014, "Neural Turing machines", arXiv:1410.5401, section 4.1.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import type { TaskData } from "../task.ts";
import { askedBatch, askedErrors, type Question } from "./asked-bits.ts";

export const bits = 8;
/** The bits, and the delimiter's channel. */
export const inputs = bits + 1;
const longest = 20;
const counts = { val: 100, test: 1000, calibration: 100 };

/** A sequence of `length` vectors in 2 · length + 1 steps. */
export function copyQuestion(length: number, random: Random): Question {
  const steps = 2 * length + 1;
  const question = {
    frames: new Float32Array(steps * inputs),
    targets: new Float32Array(steps * bits),
    asked: new Uint8Array(steps).fill(1, length + 1),
  };
  question.frames[length * inputs + bits] = 1;
  for (let vector = 0; vector < length; vector++)
    for (let bit = 0; bit < bits; bit++) {
      const value = random.int(2);
      question.frames[vector * inputs + bit] = value;
      question.targets[(length + 1 + vector) * bits + bit] = value;
    }
  return question;
}

function made(what: keyof typeof counts): Question[] {
  const random = new Random(1, "copying", what);
  const length = () => (what === "calibration" ? 1 + random.int(longest) : longest);
  return Array.from({ length: counts[what] }, () => copyQuestion(length(), random));
}

/** Lengths 1 … 20 from the start on, one in a batch: with short ones first, an LSTM learns to do without its memory. Asked are 20. */
export const copyingData: TaskData = {
  name: "copying",
  hash: createHash("sha256").update(JSON.stringify({ bits, longest, counts })).digest("hex"),
  batch(size, random) {
    const length = 1 + random.int(longest);
    return askedBatch(Array.from({ length: size }, () => copyQuestion(length, random)));
  },
  calibration: () => made("calibration").map(({ frames }) => frames),
  evaluate: (runner, split) => askedErrors(runner, made(split)),
};
