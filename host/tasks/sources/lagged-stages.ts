// How a history compressor learns streams with a lag: its levels, and the network that is taught by both.

import { Random } from "../../data/random.ts";
import type { FloatModel } from "../../model/float-model.ts";
import { greatest, oneHot } from "../../train/loss.ts";
import { floatRunner, type Runner } from "../runner.ts";
import type { Recipe, Stage, TaskData } from "../task.ts";
import { isLabel, streamsOf, symbols, windowOf } from "./lagged.ts";
import { inPieces, statesOf, surprisesOf } from "./levels.ts";

const count = symbols.length;
/** Streams that are learnt side by side. */
export const side = 32;
/** Units of level 1 and 2. */
export const units = { level1: 32, level2: 8 };
/** Symbols of a stream of level 1, and steps through which its gradients go back, as few as the paper's. */
const first = { symbols: 2400, span: 3 };
/** Blocks of a stream whose surprises level 2 learns, and how often it goes through them. */
const second = { blocks: 25, passes: 60, span: 3, steps: 1620 };
/** Blocks of a stream of validation. */
const validated = 3;

/** Streams from anywhere in a block, of so many symbols and one to foretell. */
export function streamsFor(what: string, lag: number, steps: number): Uint8Array[] {
  const random = new Random(1, "lagged", lag, what);
  return Array.from({ length: side }, () => windowOf(steps + 1, lag, random));
}

/** A network that foretells symbols: a recurrent layer and a read-out. */
export const foreteller = (name: string, hidden: number, outputs = count): Recipe["blueprint"] => ({
  inputs: count,
  layers: [
    { name, cell: "elman", units: hidden },
    { name: "out", cell: "dense", units: outputs },
  ],
});

/** Half of the units begin as such that hold what they have. */
export function holding(_: string, parameter: string, values: Float32Array): void {
  if (parameter !== "U") return;
  const size = units.level1;
  for (let i = 0; i < values.length; i++) {
    const [row, column] = [Math.floor(i / size), i % size];
    const holds = row < size / 2;
    values[i] = holds && row === column ? 1.3 : values[i] * (holds ? 0.09 : 0.3);
  }
}

/** Level 1: the next symbol, from what is near. */
export const level1 = (lag: number, gives?: Stage["gives"]): Stage => ({
  name: "level1",
  recipe: {
    blueprint: foreteller("level1", units.level1),
    batch: side,
    steps: first.symbols / first.span,
    validateEvery: first.symbols / first.span / 4,
    schedule: { kind: "constant", rate: 5e-3 },
    clipNorm: 1,
    initialize: holding,
  },
  metrics: { surprises: { unit: "% of the steps", better: "lower", threshold: 50 } },
  data: async (data) => ({
    ...data,
    batch: inPieces(streamsFor("level 1", lag, first.symbols), first.span, count),
    async evaluate(runner) {
      const streams = streamsOf(lag, "val of levels", side, validated);
      const surprises = await surprisesOf(runner, streams, count);
      return { surprises: (100 * surprises.flat().length) / (side * streams[0].length) };
    },
  }),
  gives,
});

/** Level 2: the next symbol that level 1 does not foretell, from those before. */
export const level2 = (lag: number, gives?: Stage["gives"]): Stage => ({
  name: "level2",
  recipe: {
    blueprint: foreteller("level2", units.level2),
    batch: side,
    steps: second.steps,
    validateEvery: second.steps / 6,
    schedule: { kind: "constant", rate: 1e-2 },
    clipNorm: 1,
  },
  metrics: { labels: { unit: "%", better: "higher", threshold: 99 } },
  async data(data, [first]) {
    const heard = async (what: string, blocks: number): Promise<Uint8Array[]> => {
      const streams = streamsOf(lag, what, side, blocks);
      const surprises = await surprisesOf(floatRunner(first.layers), streams, count);
      return streams.map((stream, i) => Uint8Array.from(surprises[i], (step) => stream[step]));
    };
    const validation = await heard("val of levels", validated);
    return {
      ...data,
      batch: inPieces(await heard("level 2", second.blocks), second.span, count),
      evaluate: async (runner) => ({ labels: await labelsAmong(runner, validation) }),
    };
  },
  gives,
});

// Of the labels among the surprises, in %, those that level 2 expected.
async function labelsAmong(runner: Runner, heard: readonly Uint8Array[]): Promise<number> {
  const results = await runner.run(heard.map((stream) => oneHot(stream, count)));
  let [labels, right] = [0, 0];
  heard.forEach((stream, i) => {
    stream.forEach((symbol, k) => {
      if (k === 0 || !isLabel(symbol)) return;
      labels++;
      if (greatest(results[i], (k - 1) * count, count) === symbol) right++;
    });
  });
  return (100 * right) / Math.max(1, labels);
}

/** Level 1 again: it learns the next symbol, and to say what level 2 has in mind, which it must keep in mind to say. */
export const taught = (
  lag: number,
  { steps, span }: { steps: number; span: number },
  gives: Stage["gives"],
): Stage => ({
  name: "taught",
  from: "level1",
  recipe: {
    blueprint: foreteller("level1", units.level1, count + units.level2),
    batch: side,
    steps,
    validateEvery: steps / 8,
    schedule: { kind: "cosine", rate: 4e-3, floor: 0.05 },
    clipNorm: 1,
  },
  metrics: { labels: { unit: "%", better: "higher", threshold: 99 } },
  async data(data, [first, second]: readonly FloatModel[]): Promise<TaskData> {
    const streams = streamsFor("taught", lag, steps * span);
    const surprises = await surprisesOf(floatRunner(first.layers), streams, count);
    const states = await statesOf(second, streams, surprises, count);
    return {
      ...data,
      batch: inPieces(streams, span, count, { states, units: units.level2, weight: 10 }),
      evaluate: async (runner, split) => data.evaluate(foretelling(runner), split),
    };
  },
  gives,
});

// The symbols alone of what it says.
const foretelling = (runner: Runner): Runner => ({
  ...runner,
  outputs: count,
  async run(sequences) {
    const results = await runner.run(sequences);
    return results.map((result) => result.filter((_, i) => i % runner.outputs < count));
  },
});
