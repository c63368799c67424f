// Pairs of patterns by which one is recalled from the other, however damaged: three pairs of 140 and 108 units, as in Kosko's figure 2.
import { memory, pairsData, type Trial } from "../sources/pairs.ts";
import type { Task } from "../task.ts";

const sizes = { xs: 140, ys: 108 };
/** Passes of a recall; most end in three. */
const passes = 10;
const trials: Record<string, Trial> = {
  exact: { stored: 3, x: 0.3, times: 4 },
  both: { stored: 3, x: 0.4, y: 0.4, times: 4 },
};
const data = pairsData("pairs", { sizes, passes, trials }, trials.both, async (recall) => ({
  exact: (await recall(trials.exact)).both,
  both: (await recall(trials.both)).both,
}));

export const task: Task = {
  summary: `pairs of patterns, ${sizes.xs} and ${sizes.ys} units, of which either brings back the other`,
  source: "B. Kosko, Bidirectional associative memories, IEEE Trans. Systems, Man, and Cybernetics 18(1):49-60, 1988",
  inputs: sizes.xs + sizes.ys,
  outputs: sizes.xs + sizes.ys,
  metrics: {
    exact: { unit: "%", better: "higher", threshold: 99, budget: 0 },
    both: { unit: "%", better: "higher", threshold: 68, budget: 0 },
  },
  budgetSeconds: 60,
  recipes: { bam: memory(sizes) },
  open: async () => data,
};
