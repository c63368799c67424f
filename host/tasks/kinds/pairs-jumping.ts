// The same six pairs, recalled by units that decide by chance at first, over links of which some are missing for a step now and then.
import { memory, pairsData, type Trial } from "../sources/pairs.ts";
import type { Task } from "../task.ts";

const sizes = { xs: 128, ys: 64 };
const trial: Trial = { stored: 6, x: 0.2, times: 2 };
/** Passes of a recall, of which the first 28 are warm. */
const passes = 40;
const heat = 24;
const data = pairsData("pairs-jumping", { sizes, passes, heat, trial }, trial, async (recall) => ({
  associated: (await recall(trial)).y,
}));

export const task: Task = {
  summary: "the y of six pairs of patterns by a damaged x, with units that decide by chance and links that come and go",
  source:
    "R. Rakkiyappan et al., Exponential stability for Markovian jumping stochastic BAM neural networks with mode-dependent probabilistic time-varying delays and impulse control, Complexity 20(3):39-65, 2015, which proves stability and measures no recall",
  inputs: sizes.xs + sizes.ys,
  outputs: sizes.xs + sizes.ys,
  metrics: { associated: { unit: "%", better: "higher", threshold: 97, budget: 1 } },
  budgetSeconds: 60,
  recipes: { bam: memory({ ...sizes, heat }, "bam+stochastic+jumping") },
  open: async () => data,
};
