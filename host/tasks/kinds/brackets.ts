// Dyck-2 strings: which bracket may close now. Depth has no bound, so a state of a fixed size cannot hold it: a stack can.
import { bracketsData, symbols } from "../sources/brackets.ts";
import type { Recipe, Task } from "../task.ts";

/** Brackets that close: what is asked. */
const closing = symbols.slice(2);

/** A fifth of the rate once strings have been as long as they get for a while. */
const schedule = (rate: number): Recipe["schedule"] => ({
  kind: "stages",
  stages: [
    { until: 0.7, rate },
    { until: 1, rate: rate / 5 },
  ],
});

export const task: Task = {
  summary: "which bracket may close, of two kinds that nest: trained on strings of 2-50, asked on 52-100 and 200",
  source:
    "M. Suzgun, S. Gehrmann, Y. Belinkov, S. Shieber, Memory-augmented recurrent neural networks can learn generalized Dyck languages, arXiv:1911.03329, 2019; the network: G. Z. Sun, C. L. Giles, H. H. Chen, Y. C. Lee, The neural network pushdown automaton: model, stack and learning simulations, UMIACS-TR-93-77, 1993",
  inputs: symbols.length,
  outputs: closing.length,
  labels: closing,
  // Of strings, not of steps: one wrong step is a wrong string. Integers may lose none.
  metrics: {
    strings: { unit: "%", better: "higher", threshold: 99, budget: 0 },
    long: { unit: "%", better: "higher", threshold: 97, budget: 0 },
  },
  budgetSeconds: 300,
  recipes: {
    pushdown: {
      blueprint: {
        inputs: symbols.length,
        layers: [{ cell: "pushdown", units: closing.length, sizes: { hidden: 8, width: 3, entries: 96 } }],
      },
      seeds: 5,
      batch: 24,
      steps: 1500,
      validateEvery: 100,
      schedule: schedule(1e-2),
      clipNorm: 1,
      // What is pushed must be what is popped; with rows rounded afterwards slivers are left, and a seventh of the long strings is lost.
      roundFrom: 0.5,
      // More is pushed than popped at first: what is not on the stack teaches nothing.
      initialize(_, parameter, values) {
        if (parameter === "bu") values.fill(-1);
      },
    },
    elman: {
      blueprint: {
        inputs: symbols.length,
        layers: [
          { cell: "elman", units: 32 },
          { name: "out", cell: "dense", units: closing.length },
        ],
      },
      seeds: 3,
      batch: 24,
      steps: 8000,
      validateEvery: 400,
      schedule: schedule(3e-3),
      clipNorm: 1,
    },
  },
  open: async () => bracketsData,
};
