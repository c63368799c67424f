// Values with which a cell cannot work as its paper means it, by cell and parameter: its state would grow without end, or nothing would ever
// happen. `constrain` of a recipe, or host/train/bounds.ts, keeps trained ones within them.
import { UserError } from "../spec/user-error.ts";
import type { FloatLayer } from "./cell.ts";

export type Bound = {
  least: number;
  most: number;
  /** What is wanted, as errors say it. */
  wanted: string;
  hint: string;
};

/** The 32-bit floats next to 0 and to 1. */
const [aboveZero, belowOne] = [2 ** -149, 1 - 2 ** -24];

const ofDelta: Bound = {
  least: 0,
  most: Number.POSITIVE_INFINITY,
  wanted: "0 or more",
  hint: "what changes less than the threshold does not count; at 0 everything does",
};

const bounds: Record<string, Record<string, (steps: number) => Bound>> = {
  jordan: {
    mu: () => ({ least: 0, most: belowOne, wanted: "0 or more, below 1", hint: "at 1 the state grows at each step" }),
  },
  mtrnn: {
    rate: () => ({ least: aboveZero, most: 1, wanted: "1/τ, above 0 and at most 1", hint: "give τ of 1 or more" }),
  },
  lsm: {
    theta: () => ({
      least: aboveZero,
      most: Number.POSITIVE_INFINITY,
      wanted: "above 0",
      hint: "at a threshold of 0 or less a neuron at rest fires",
    }),
  },
  delta: { thetaX: () => ofDelta, thetaH: () => ofDelta },
  indrnn: {
    // Li et al. 2018, section 3.2: what a unit holds is then at most doubled.
    u: (steps) => {
      const most = Math.fround(2 ** (1 / steps));
      return {
        least: -most,
        most,
        wanted: `at most ${most.toPrecision(6)} in magnitude (${Number.isFinite(steps) ? `2^(1/T) of T = ${steps} steps` : "sequences have no end"})`,
        hint: "what a unit holds would be more than doubled in a sequence: clip |u| after each step of training",
      };
    },
  },
};

/** @param steps of the longest sequence; those of streams have no end. By parameter. */
export function boundsOf(cell: string, steps: number): Record<string, Bound> {
  return Object.fromEntries(Object.entries(bounds[cell] ?? {}).map(([name, bound]) => [name, bound(steps)]));
}

/**
 * @param what the layer, as errors call it
 * @param steps of the longest sequence, where that is known
 * @throws UserError for the first value that is out of bounds
 */
export function checkBounds({ cell, parameters }: FloatLayer, what: string, steps = 1): void {
  const known = boundsOf(cell.name, steps);
  cell.parameters.forEach(({ name }, i) => {
    const bound = known[name];
    if (!bound) return;
    const bad = parameters[i].findIndex((value) => !(value >= bound.least && value <= bound.most));
    if (bad >= 0)
      throw new UserError(
        `${name} of ${what} is ${parameters[i][bad]} at unit ${bad}, not ${bound.wanted}`,
        bound.hint,
      );
  });
}
