// Twice as many pairs of fewer units: six of 128 and 64, from x with a fifth of it flipped.
import { memory, pairsData, type Trial } from "../sources/pairs.ts";
import type { Task } from "../task.ts";

const sizes = { xs: 128, ys: 64 };
const trial: Trial = { stored: 6, x: 0.2, times: 2 };
const data = pairsData("pairs-many", { sizes, passes: 10, trial }, trial, async (recall) => ({
  associated: (await recall(trial)).y,
}));

export const task: Task = {
  summary: `the y of six pairs of patterns, ${sizes.xs} and ${sizes.ys} units, by a damaged x`,
  source: "B. Kosko, Bidirectional associative memories, IEEE Trans. Systems, Man, and Cybernetics 18(1):49-60, 1988",
  inputs: sizes.xs + sizes.ys,
  outputs: sizes.xs + sizes.ys,
  metrics: { associated: { unit: "%", better: "higher", threshold: 99, budget: 0 } },
  budgetSeconds: 60,
  recipes: { bam: memory(sizes) },
  open: async () => data,
};
