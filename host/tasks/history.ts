// What a network did not foretell of a stream of symbols is the stream in short: who runs the same network fills in the rest. J.
// Schmidhuber 1992, "Learning complex, extended sequences using the principle of history compression", Neural Computation 4(2):234-242.
// Exact only by arithmetic that is the same to the last bit on both sides, as that of integers is.
import type { Episode } from "../evolve/episode.ts";
import { UserError } from "../spec/user-error.ts";
import { greatest, oneHot } from "../train/loss.ts";
import { playing, type Runner } from "./runner.ts";

/** What is foretold with more than this is no news. */
export const limit = Math.fround(0.9);
/** Symbols that a surprise can name in a byte. */
const mostSymbols = 256;
/** Steps over which most symbols being news means that nothing was learnt. */
const judged = 1000;

export type Surprise = { step: number; symbol: number };
export type History = {
  /** SHA-256 of the model's file: with another one it tells something else. */
  model: string;
  steps: number;
  surprises: Surprise[];
};

/** Symbols as frames, one-hot by step. @throws UserError for a symbol that is none, and for more symbols than a history names */
export function framesOf(stream: Uint8Array, symbols: number): Float32Array {
  if (symbols > mostSymbols)
    throw new UserError(
      `the model tells ${symbols} symbols apart`,
      `a history has up to ${mostSymbols}: give a model of fewer`,
    );
  const step = stream.findIndex((symbol) => symbol >= symbols);
  if (step >= 0)
    throw new UserError(
      `symbol ${stream[step]} in step ${step} is none of the model's ${symbols}`,
      `give symbols from 0 to ${symbols - 1}`,
    );
  return oneHot(stream, symbols);
}

/**
 * @param results [steps][symbols], what the model expects after each step of the stream
 * @param model its SHA-256
 */
export function historyOf(stream: Uint8Array, results: Float32Array, model: string): History {
  const symbols = results.length / stream.length;
  const surprises: Surprise[] = [];
  stream.forEach((symbol, step) => {
    const before = (step - 1) * symbols;
    if (step === 0 || results[before + symbol] <= limit || greatest(results, before, symbols) !== symbol)
      surprises.push({ step, symbol });
  });
  return { model, steps: stream.length, surprises };
}

/**
 * The stream again.
 * @param runner of the model that made the history
 * @param model SHA-256 of its file
 * @throws UserError for another model
 */
export async function reconstruct(history: History, runner: Runner, model: string): Promise<Uint8Array> {
  if (history.model !== model)
    throw new UserError(
      `the history was made by model ${history.model}, not by ${model}`,
      "give the file that it was made with",
    );
  return playing(runner)(retell(history, runner.outputs));
}

function* retell({ steps, surprises }: History, symbols: number): Episode<Uint8Array> {
  const listed = new Map(surprises.map(({ step, symbol }) => [step, symbol]));
  const stream = new Uint8Array(steps);
  let expected = new Float32Array(symbols);
  for (let step = 0; step < steps; step++) {
    stream[step] = listed.get(step) ?? greatest(expected, 0, symbols);
    expected = (yield framesOf(stream.subarray(step, step + 1), symbols)) as typeof expected;
  }
  return stream;
}

/** What is to be said of a model whose histories are hardly shorter than the streams. */
export function warningsOf(histories: readonly History[]): string[] {
  const longest = histories.filter(({ steps }) => steps >= judged);
  const dense = longest.some(({ surprises }) =>
    surprises.some(({ step }, i) => {
      const later = surprises[i + judged / 2];
      return later !== undefined && later.step < step + judged;
    }),
  );
  return dense ? [`level 1 predicts nothing, no compression: over half of ${judged} steps are surprises`] : [];
}
