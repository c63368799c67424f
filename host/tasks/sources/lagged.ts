// Blocks without a break, in which a symbol decides what comes many steps later: a or x, then b1 … b20 again and again, a trigger t, and y
// after a, z after x. All but the first and the last of a block can be foretold from nearby. J. Schmidhuber 1992, "Learning complex,
// extended sequences using the principle of history compression", Neural Computation 4(2):234-242; there the lag is 20, and no trigger.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { TaskData } from "../task.ts";

const fillers = 20;
export const symbols = ["a", "x", ...Array.from({ length: fillers }, (_, i) => `b${i + 1}`), "t", "y", "z"];
const [FILLER, TRIGGER, LABEL] = [2, 2 + fillers, 3 + fillers];
const count = symbols.length;

/** Steps of a block. */
export const periodOf = (lag: number): number => lag + 3;

/** So many blocks, each with a or x, as places in `symbols`. */
export function blocksOf(blocks: number, lag: number, random: Random): Uint8Array {
  const period = periodOf(lag);
  const stream = new Uint8Array(blocks * period);
  for (let block = 0; block < blocks; block++) {
    const kind = random.int(2);
    const at = block * period;
    stream[at] = kind;
    for (let i = 0; i < lag; i++) stream[at + 1 + i] = FILLER + (i % fillers);
    stream[at + lag + 1] = TRIGGER;
    stream[at + lag + 2] = LABEL + kind;
  }
  return stream;
}

/** So many symbols of such a stream from anywhere in a block: from its beginning alone, a network would also learn how streams begin. */
export function windowOf(steps: number, lag: number, random: Random): Uint8Array {
  const period = periodOf(lag);
  const offset = random.int(period);
  return blocksOf(Math.ceil((offset + steps) / period), lag, random).slice(offset, offset + steps);
}

/** One-hot by step. */
export const framesOf = (stream: Uint8Array): Float32Array => oneHot(stream, count);

/**
 * Of the blocks' labels, how many are foretold at the trigger.
 * @param results [steps][symbols], what is expected after each step
 */
export function labelsRight(stream: Uint8Array, results: Float32Array): { labels: number; right: number } {
  let [labels, right] = [0, 0];
  for (let step = 0; step + 1 < stream.length; step++) {
    if (stream[step] !== TRIGGER) continue;
    labels++;
    if (greatest(results, step * count, count) === stream[step + 1]) right++;
  }
  return { labels, right };
}

/** Whether a symbol is y or z, which only the first of its block foretells. */
export const isLabel = (symbol: number): boolean => symbol >= LABEL;

/** Streams of so many blocks each, from a block's beginning. */
export function streamsOf(lag: number, what: string, streams: number, together: number): Uint8Array[] {
  const random = new Random(1, "lagged", lag, what);
  return Array.from({ length: streams }, () => blocksOf(together, lag, random));
}

export type Lagged = {
  lag: number;
  /** Of a training window. */
  steps: number;
  /** Blocks of each stream that is asked, one after the other from a network's first state. */
  together?: number;
  /** Blocks asked. */
  blocks?: { val: number; test: number };
};

/** Every next symbol is learnt; `labels` in % of the blocks is what counts. */
export function laggedData({ lag, steps, together = 8, blocks = { val: 256, test: 1000 } }: Lagged): TaskData {
  const made = (what: "val" | "test" | "calibration", streams: number) => streamsOf(lag, what, streams, together);
  return {
    name: `lag of ${lag}`,
    hash: createHash("sha256").update(JSON.stringify({ symbols, lag, steps, together, blocks })).digest("hex"),
    batch(size, random) {
      const windows = Array.from({ length: size }, () => windowOf(steps + 1, lag, random));
      const at = (step: number): number[] => windows.map((window) => window[step]);
      const weights = new Float32Array(size).fill(1 / (size * steps));
      return {
        frames: Array.from({ length: steps }, (_, step) => oneHot(at(step), count)),
        loss(network, results) {
          let [loss, correct, examples] = [0, 0, 0];
          results.forEach((logits, step) => {
            const [now, next] = [at(step), at(step + 1)];
            loss += crossEntropy(network, logits, oneHot(next, count), weights);
            const labels = next.map((symbol, row) => (now[row] === TRIGGER ? symbol : -1));
            correct += countCorrect(network, logits, labels);
            examples += labels.filter((label) => label >= 0).length;
          });
          return { loss, correct, examples };
        },
      };
    },
    calibration: () => made("calibration", 4).map(framesOf),
    evaluate: (runner, split) => evaluate(runner, made(split, Math.ceil(blocks[split] / together))),
  };
}

async function evaluate(runner: Runner, streams: readonly Uint8Array[]) {
  let [labels, right] = [0, 0];
  // One at a time: the results of all would be a hundred megabytes and more.
  for (const stream of streams) {
    const [results] = await runner.run([framesOf(stream)]);
    const found = labelsRight(stream, results);
    labels += found.labels;
    right += found.right;
  }
  return { labels: (100 * right) / labels };
}
