// What is said of a candidate, as plain data: where it was judged, in this thread, another or on another machine, makes no difference.
import { UserError } from "../spec/user-error.ts";
import type { Candidates } from "./candidates.ts";
import { type Episode, integerStep, play } from "./episode.ts";

/** What a policy was worth, greater is better, NaN for nothing that can be said; `whole` if it came to the episode's end. */
export type Worth = { fitness: number; whole: boolean };

/** Without a worth there is one of two reasons. */
export type Verdict = Worth & {
  /** No format holds the weights: the candidate is none. */
  refused?: { what: string; hint: string };
  /** What its judge threw, which ends the run: without a hint it was no UserError. */
  threw?: { what: string; hint?: string };
};

/** Genes alone decide it. */
export type Judge = (genes: ArrayLike<number>) => Verdict;

/** Judges a generation, in the order of its candidates. */
export type Evaluate = (generation: readonly Float64Array[]) => Promise<Verdict[]>;

/** What a policy lives through, from a fresh start each; of several, the mean of what it was worth counts. */
export type Trial = () => Episode<Worth> | Episode<Worth>[];

/** Plays episodes in this thread. */
export function judgeOf(candidates: Candidates, trial: Trial): Judge {
  return (genes) => {
    let file: Uint8Array;
    try {
      file = candidates.file(candidates.layers(genes));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { ...nothing, refused: { what: error.message, hint: error.hint } };
    }
    try {
      const model = candidates.integers(file);
      const step = integerStep(model);
      const worths = [trial()].flat().map((episode) => {
        model.reset();
        return play(episode, step);
      });
      const fitness = worths.reduce((sum, worth) => sum + worth.fitness, 0) / worths.length;
      return { fitness, whole: worths.every(({ whole }) => whole) };
    } catch (error) {
      return threw(error as Error);
    }
  };
}

/** A generation in this thread, one candidate after the other. */
export const here =
  (judge: Judge): Evaluate =>
  async (generation) =>
    generation.map(judge);

/** The verdict of a judge that could give none. */
export const threw = (error: Error): Verdict => ({
  ...nothing,
  threw: { what: error.message, ...(error instanceof UserError && { hint: error.hint }) },
});

const nothing: Worth = { fitness: Number.NaN, whole: false };
