// The same recall from damage on both sides by units that decide by chance, less and less: what noise gains over a memory without it.
import { createHash } from "node:crypto";
import type { Runner } from "../runner.ts";
import { calibrationOf, memoriesOf, memory, recallsOf, settled, type Trial } from "../sources/pairs.ts";
import type { Task, TaskData } from "../task.ts";

const sizes = { xs: 140, ys: 108 };
/** Passes of a recall, of which the first 28 are warm. */
const passes = 40;
const trial: Trial = { stored: 3, x: 0.4, y: 0.4, times: 4 };
const counts = { val: 240, test: 1000 };

const data: TaskData = {
  name: "pairs-noisy",
  hash: createHash("sha256").update(JSON.stringify({ sizes, passes, trial, counts })).digest("hex"),
  batch() {
    throw new Error("nothing is trained");
  },
  calibration: () => calibrationOf(sizes, trial, passes),
  async evaluate(runner: Runner, split: "val" | "test") {
    const memories = memoriesOf(sizes, trial, counts[split], split);
    const { both } = await recallsOf((sequences) => runner.run(sequences), memories, passes);
    return { gain: both - settled(sizes, memories), both };
  },
};

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
