// The context-free language a^n b^n: name the legal successors at each step. So few steps of training that a cell must learn soon, which
// is what topologies are searched for (tools/topology.ts).
import { createHash } from "node:crypto";
import { Counting, numbersFrom } from "../sources/counting.ts";
import type { Recipe, Task, TaskData } from "../task.ts";

/** `|` begins and ends a string. */
const symbols = ["a", "b", "|"];
const count = symbols.length;
const trained = 10;
/** No counter is tried further, and formats have room up to here. */
const most = 60;

const language = new Counting(symbols);

// The longest string alone: shorter ones would begin again beside it from states that no string begins with.
const data: TaskData = {
  name: "a^n b^n",
  hash: createHash("sha256").update(JSON.stringify({ symbols, trained, most })).digest("hex"),
  batch: (size) => language.batch(size, trained),
  calibration: () => [language.frameOf(most)],
  evaluate: async (runner) => ({ counted: await language.countedTo(runner, most) }),
};

/** Far from those that the search trains from; so many that the median of another two dozen is about the same. */
const heldOut = numbersFrom(401, 24);

/** All cells learn in the same way. */
const learning = (cell: string): Recipe => ({
  blueprint: {
    inputs: count,
    layers: [
      { name: "counter", cell, units: 4 },
      { name: "out", cell: "dense", units: count },
    ],
  },
  medianOf: heldOut,
  batch: trained,
  steps: 300,
  validateEvery: 300,
  schedule: {
    kind: "stages",
    stages: [
      { until: 2 / 3, rate: 3e-2 },
      { until: 1, rate: 8e-3 },
    ],
  },
  clipNorm: count, // 1 of the mean over the symbols, of which the loss is the sum
});

export const task: Task = {
  summary: "name the legal successors in strings a^n b^n, trained on n = 1 … 10 for 300 steps",
  source:
    "J. Bayer, D. Wierstra, J. Togelius, J. Schmidhuber, Evolving memory cell structures for sequence learning, ICANN 2009, LNCS 5769:755-764; the language: F. Gers, J. Schmidhuber, LSTM recurrent networks learn simple context-free and context-sensitive languages, IEEE Trans. Neural Networks 12(6):1333-1340, 2001",
  inputs: count,
  outputs: count,
  labels: symbols,
  metrics: {
    counted: { unit: "a's", better: "higher", threshold: 8, budget: 2 },
  },
  budgetSeconds: 600,
  recipes: { evolved: learning("evolved"), lstm: learning("lstm"), elman: learning("elman") },
  open: async () => data,
};
