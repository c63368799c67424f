// Learning rates by step.
import { sinTurns } from "../data/reproducible-math.ts";

/**
 * `warmUp`: part of all steps over which the rate rises from 0. `cosine` then falls to `floor` of the peak.
 * `stages`: a rate up to each part of all steps; one that `falls` does so as a cosine does.
 */
export type Schedule =
  | { kind: "constant" | "cosine"; rate: number; warmUp?: number; floor?: number }
  | { kind: "stages"; stages: { until: number; rate: number; falls?: boolean }[]; floor?: number };

/** The rate of a step, 0 ≤ step < steps. */
export function rateAt(schedule: Schedule, step: number, steps: number): number {
  const { floor = 0.003 } = schedule;
  if (schedule.kind === "stages") {
    const { stages } = schedule;
    const found = stages.findIndex(({ until }) => step < until * steps);
    const { until, rate, falls } = stages[found < 0 ? stages.length - 1 : found];
    const from = found > 0 ? stages[found - 1].until : 0;
    return falls ? rate * fallen((step / steps - from) / (until - from), floor) : rate;
  }
  const { kind, rate, warmUp = 0 } = schedule;
  const rise = warmUp > 0 ? Math.min(1, (step + 1) / (warmUp * steps)) : 1;
  return kind === "constant" ? rate * rise : rate * rise * fallen(step / steps, floor);
}

// From 1 to `floor`, as a cosine.
function fallen(progress: number, floor: number): number {
  const half = 0.5 + 0.5 * sinTurns(0.25 + 0.5 * progress); // (1 + cos(π · progress)) / 2
  return half * (1 - floor) + floor;
}
