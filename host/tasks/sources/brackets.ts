// Dyck-2, brackets of two kinds that nest: at each step, which bracket may close now. M. Suzgun, S. Gehrmann, Y. Belinkov, S. Shieber 2019,
// "Memory-augmented recurrent neural networks can learn generalized Dyck languages", arXiv:1911.03329. Opening is always legal, and so it
// is not asked. Training knows no string as long as those that test.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { binaryCrossEntropy, oneHot } from "../../train/loss.ts";
import { isFull } from "../full-stack.ts";
import type { Batch, TaskData } from "../task.ts";

/** Of kind k, k opens and k + 2 closes. */
export const symbols = ["(", "[", ")", "]"];
const kinds = 2;
/** Pairs of brackets in a string, half its length: of training, of the test, and of the one far from training. */
const trained = { least: 1, most: 25 };
const tested = { least: 26, most: 50 };
const long = 100;

/**
 * A string of places in `symbols`. It opens with probability 1/2 where it may do both; at depth 0 it must, and it closes where it otherwise
 * could not end in time.
 */
export function bracketString(pairs: number, random: Random): number[] {
  const string: number[] = [];
  const open: number[] = [];
  for (let remaining = 2 * pairs; remaining > 0; remaining--) {
    const opens = open.length === 0 || (open.length < remaining && random.chance(0.5));
    if (opens) open.push(random.int(kinds));
    string.push(opens ? open[open.length - 1] : kinds + open.pop()!);
  }
  return string;
}

/** By step, after its symbol: 1 for the bracket that may come next, ")" or "]"; none at depth 0. [steps][2] */
export function closersOf(string: readonly number[]): Float32Array {
  const open: number[] = [];
  const closers = new Float32Array(string.length * kinds);
  string.forEach((symbol, step) => {
    if (symbol < kinds) open.push(symbol);
    else open.pop();
    if (open.length > 0) closers[step * kinds + open[open.length - 1]] = 1;
  });
  return closers;
}

/** One-hot by step. */
export const framesOf = (string: readonly number[]): Float32Array => oneHot(string, symbols.length);

/** Whether every step is right: a bracket may close where its logit is above 0. */
export function isRight(string: readonly number[], logits: Float32Array): boolean {
  return closersOf(string).every((closes, i) => logits[i] > 0 === closes > 0);
}

/** Pairs of the longest strings: 4, then 3 more at a time, the most after half of the training. */
const pairsAt = (progress: number): number => Math.min(trained.most, 4 + 3 * Math.floor(14 * progress));

export function batch(size: number, random: Random, progress = 1): Batch {
  const most = pairsAt(progress);
  const strings = Array.from({ length: size }, () => bracketString(trained.least + random.int(most), random));
  const closers = strings.map(closersOf);
  const total = strings.reduce((sum, { length }) => sum + length, 0);
  const longest = Math.max(...strings.map(({ length }) => length));
  return {
    // After its end a string has frames of zeros.
    frames: Array.from({ length: longest }, (_, step) => {
      const frame = new Float32Array(size * symbols.length);
      strings.forEach((string, row) => {
        if (step < string.length) frame[row * symbols.length + string[step]] = 1;
      });
      return frame;
    }),
    lengths: strings.map(({ length }) => length),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, step) => {
        const weights = Float32Array.from(strings, ({ length }) => (step < length ? 1 / (total * kinds) : 0));
        const targets = Float32Array.from(
          { length: size * kinds },
          (_, i) => closers[Math.floor(i / kinds)][step * kinds + (i % kinds)] ?? 0,
        );
        loss += binaryCrossEntropy(network, logits, targets, weights);
        network.read(logits).forEach((logit, i) => {
          if (weights[Math.floor(i / kinds)] > 0 && logit > 0 === targets[i] > 0) correct++;
        });
      });
      return { loss, correct, examples: total * kinds };
    },
  };
}

/** Strings that are asked: `strings` decides, `long` are those of 200. Validation has strings of 100 in place of 52 to 100. */
function made(split: "val" | "test" | "calibration"): { strings: number[][]; long: number[][] } {
  const random = new Random(1, "brackets", split);
  const count = { val: 200, test: 1000, calibration: 100 }[split];
  const pairs = () => (split === "test" ? tested.least + random.int(tested.most - tested.least + 1) : tested.most);
  const strings = Array.from({ length: count }, () => bracketString(pairs(), random));
  return { strings, long: Array.from({ length: count }, () => bracketString(long, random)) };
}

/** In % of the strings, every step right. What chooses among checkpoints, `strings` of validation, counts the long ones as well. */
export const bracketsData: TaskData = {
  name: "brackets",
  hash: createHash("sha256").update(JSON.stringify({ symbols, trained, tested, long })).digest("hex"),
  batch,
  calibration() {
    const { strings, long } = made("calibration");
    return [...strings, ...long].map(framesOf);
  },
  async evaluate(runner, split) {
    const asked = made(split);
    const right = async (strings: number[][]): Promise<number> => {
      try {
        const results = await runner.run(strings.map(framesOf));
        return strings.filter((string, i) => isRight(string, results[i])).length;
      } catch (error) {
        // A network that has not yet learnt to pop is none to choose.
        if (split === "val" && isFull(error)) return 0;
        throw error;
      }
    };
    const [some, longs] = [await right(asked.strings), await right(asked.long)];
    const [all, count] = split === "val" ? [some + longs, 2 * asked.strings.length] : [some, asked.strings.length];
    return { strings: (100 * all) / count, long: (100 * longs) / asked.long.length };
  },
};
