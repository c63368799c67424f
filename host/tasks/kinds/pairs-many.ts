// Twice as many pairs of fewer units: six of 128 and 64, from x with a fifth of it flipped.
import { createHash } from "node:crypto";
import type { Runner } from "../runner.ts";
import { calibrationOf, memoriesOf, memory, recallsOf, type Trial } from "../sources/pairs.ts";
import type { Task, TaskData } from "../task.ts";

const sizes = { xs: 128, ys: 64 };
const passes = 10;
const trial: Trial = { stored: 6, x: 0.2, times: 2 };
const counts = { val: 240, test: 1000 };

const data: TaskData = {
  name: "pairs-many",
  hash: createHash("sha256").update(JSON.stringify({ sizes, passes, trial, counts })).digest("hex"),
  batch() {
    throw new Error("nothing is trained");
  },
  calibration: () => calibrationOf(sizes, trial, passes),
  async evaluate(runner: Runner, split: "val" | "test") {
    const memories = memoriesOf(sizes, trial, counts[split], split);
    return { associated: (await recallsOf((sequences) => runner.run(sequences), memories, passes)).y };
  },
};

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
