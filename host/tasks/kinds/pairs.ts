// Pairs of patterns by which one is recalled from the other, however damaged: three pairs of 140 and 108 units, as in Kosko's figure 2.
import { createHash } from "node:crypto";
import type { Runner } from "../runner.ts";
import { calibrationOf, memoriesOf, memory, recallsOf, type Trial } from "../sources/pairs.ts";
import type { Task, TaskData } from "../task.ts";

const sizes = { xs: 140, ys: 108 };
/** Passes of a recall; most end in three. */
const passes = 10;
const trials: Record<string, Trial> = {
  exact: { stored: 3, x: 0.3, times: 4 },
  both: { stored: 3, x: 0.4, y: 0.4, times: 4 },
};
const counts = { val: 240, test: 1000 };

const data: TaskData = {
  name: "pairs",
  hash: createHash("sha256").update(JSON.stringify({ sizes, passes, trials, counts })).digest("hex"),
  batch() {
    throw new Error("nothing is trained");
  },
  calibration: () => calibrationOf(sizes, trials.both, passes),
  async evaluate(runner: Runner, split: "val" | "test") {
    const of = (trial: Trial) =>
      recallsOf((sequences) => runner.run(sequences), memoriesOf(sizes, trial, counts[split], split), passes);
    return { exact: (await of(trials.exact)).both, both: (await of(trials.both)).both };
  },
};

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
