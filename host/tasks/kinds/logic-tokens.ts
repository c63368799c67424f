// The pairs of `logic` token by token, for a network that knows no trees: what its row has to be better than.
import { logicTokens, relations, tokens } from "../sources/logic.ts";
import type { Task } from "../task.ts";
import { task as trees } from "./logic.ts";

export const task: Task = {
  summary: "which of seven relations two statements of logic have, token by token without their trees",
  source: trees.source,
  inputs: 1,
  outputs: relations.length,
  labels: relations,
  metrics: trees.metrics,
  budgetSeconds: 300,
  recipes: {
    elman: {
      blueprint: {
        inputs: 1,
        layers: [
          { cell: "embedding", units: 25, sizes: { words: tokens.length } },
          { cell: "elman", units: 45 },
          { name: "out", cell: "dense", units: relations.length },
        ],
      },
      batch: 64,
      steps: 27000,
      validateEvery: 1000,
      schedule: {
        kind: "stages",
        stages: [
          { until: 0.5, rate: 2e-3 },
          { until: 1, rate: 2e-3, falls: true },
        ],
        floor: 0.01,
      },
      clipNorm: 2,
    },
  },
  open: async () => logicTokens(),
};
