// A series of sequences, each to be repeated directly after it was shown: more vectors than a memory has places, so that they must be used
// again. A. Graves et al. 2016, "Hybrid computing using a neural network with dynamic external memory", Nature 538:471-476, Extended Data,
// dynamic memory allocation. The first vector of each sequence is flagged: a feed-forward controller cannot know where one begins.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import type { TaskData } from "../task.ts";
import { askedBatch, askedErrors, type Question } from "./asked-bits.ts";

export const bits = 6;
/** After the bits: it is being shown, it is asked for, it is the first of its sequence. */
const [SHOWN, ASKED, FIRST] = [bits, bits + 1, bits + 2];
export const inputs = bits + 3;
const counts = { val: 200, test: 1000, calibration: 100 };
/** Parts of the training up to which there are so many sequences of such a length. */
const stages = [
  { until: 0.1, sequences: 2, length: 3 },
  { until: 0.2, sequences: 2, length: 4 },
  { until: 0.3, sequences: 2, length: 5 },
  { until: 0.45, sequences: 3, length: 5 },
  { until: 1, sequences: 4, length: 5 },
];
const last = stages[stages.length - 1];

/** `sequences` of `length` vectors, in 2 · length steps each. */
export function seriesQuestion(sequences: number, length: number, random: Random): Question {
  const steps = 2 * sequences * length;
  const question = {
    frames: new Float32Array(steps * inputs),
    targets: new Float32Array(steps * bits),
    asked: new Uint8Array(steps),
  };
  for (let sequence = 0; sequence < sequences; sequence++)
    for (let vector = 0; vector < length; vector++) {
      const shown = 2 * sequence * length + vector;
      const asked = shown + length;
      question.frames[shown * inputs + SHOWN] = 1;
      if (vector === 0) question.frames[shown * inputs + FIRST] = 1;
      question.frames[asked * inputs + ASKED] = 1;
      question.asked[asked] = 1;
      for (let bit = 0; bit < bits; bit++) {
        const value = random.int(2);
        question.frames[shown * inputs + bit] = value;
        question.targets[asked * bits + bit] = value;
      }
    }
  return question;
}

function made(what: keyof typeof counts): Question[] {
  const random = new Random(1, "series", what);
  return Array.from({ length: counts[what] }, () => seriesQuestion(last.sequences, last.length, random));
}

/** `bitError` in % of the bits, `right` in % of the series: all their bits right. */
export const seriesData: TaskData = {
  name: "series",
  hash: createHash("sha256").update(JSON.stringify({ bits, stages, counts })).digest("hex"),
  batch(size, random, progress = 1) {
    const { sequences, length } = stages.find(({ until }) => progress < until) ?? last;
    // Else what was learnt of shorter ones is lost.
    const shorter = random.chance(0.3) ? 1 + random.int(length - 1) : length;
    return askedBatch(Array.from({ length: size }, () => seriesQuestion(sequences, shorter, random)));
  },
  calibration: () => made("calibration").map(({ frames }) => frames),
  async evaluate(runner, split) {
    const { bitError, sequenceError } = await askedErrors(runner, made(split));
    return { bitError, right: 100 - sequenceError };
  },
};
