// A network that runs on from its own results: whether it stays where it was trained.
import type { FloatLayer } from "../compile/cell.ts";
import { UserError } from "../spec/user-error.ts";
import type { Lesson } from "../train/reservoir.ts";
import type { Runner } from "./runner.ts";

/** A run that goes so many times beyond the greatest value of the training has left it. */
const leaves = 10;

/** The same runner, which keeps the greatest |result| at the end of a sequence: first ones tell of the start alone. NaN once there was one. */
export function watched(runner: Runner): Runner & { readonly most: number } {
  let most = 0;
  return {
    ...runner,
    get most() {
      return most;
    },
    async run(sequences) {
      const results = await runner.run(sequences);
      for (const result of results)
        for (const value of result.subarray(-runner.outputs)) most = Math.max(most, Math.abs(value));
      return results;
    },
  };
}

/**
 * @param most the greatest |result| at the end of a validation's sequences
 * @throws UserError for a network that reads its own results and left the range of its lesson
 */
export function checkFreeRun(layers: readonly FloatLayer[], { sequences }: Lesson, most: number): void {
  if (!layers.some(({ pieces }) => pieces?.some(({ previous }) => previous))) return;
  const range = sequences.reduce((so, { targets }) => targets.reduce((a, b) => Math.max(a, Math.abs(b)), so), 0);
  if (most <= leaves * range) return;
  throw new UserError(
    `running on from its own results the network ends at ${most.toPrecision(3)}, and was trained on values up to ${range.toPrecision(3)}`,
    "lower the reservoir's spectral radius, or raise lambda",
  );
}
