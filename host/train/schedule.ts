// Learning rates by step.
import { sinTurns } from "../data/reproducible-math.ts";

/** `warmUp`: part of all steps over which the rate rises from 0. `cosine` then falls to `floor` of the peak. */
export type Schedule = { kind: "constant" | "cosine"; rate: number; warmUp?: number; floor?: number };

/** The rate of a step, 0 ≤ step < steps. */
export function rateAt({ kind, rate, warmUp = 0, floor = 0.003 }: Schedule, step: number, steps: number): number {
  const rise = warmUp > 0 ? Math.min(1, (step + 1) / (warmUp * steps)) : 1;
  if (kind === "constant") return rate * rise;
  const half = 0.5 + 0.5 * sinTurns(0.25 + (0.5 * step) / steps); // (1 + cos(π · step / steps)) / 2
  return rate * rise * (half * (1 - floor) + floor);
}
