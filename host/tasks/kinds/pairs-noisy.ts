// The same recall from damage on both sides by units that decide by chance, less and less: what noise gains over a memory without it.
import { memory, pairsData, settled, type Trial } from "../sources/pairs.ts";
import type { Task } from "../task.ts";

const sizes = { xs: 140, ys: 108 };
/** Passes of a recall, of which the first 28 are warm. */
const passes = 40;
const trial: Trial = { stored: 3, x: 0.4, y: 0.4, times: 4 };
const data = pairsData("pairs-noisy", { sizes, passes, trial }, trial, async (recall, memories) => {
  const { both } = await recall(trial);
  return { gain: both - settled(sizes, memories(trial)), both };
});

export const task: Task = {
  summary:
    "pairs of patterns recalled by a memory whose units decide by chance at first: points over one without chance",
  source:
    "B. Kosko, Bidirectional associative memories, IEEE Trans. Systems, Man, and Cybernetics 18(1):49-60, 1988; with noise, the chances as in D. Ackley, G. Hinton, T. Sejnowski, A learning algorithm for Boltzmann machines, Cognitive Science 9(1), 1985",
  inputs: sizes.xs + sizes.ys,
  outputs: sizes.xs + sizes.ys,
  metrics: {
    gain: { unit: "points", better: "higher", threshold: 5, budget: 3 },
    both: { unit: "%", better: "higher", threshold: 73, budget: 3 },
  },
  budgetSeconds: 60,
  recipes: { bam: memory(sizes, "bam+stochastic") },
  open: async () => data,
};
