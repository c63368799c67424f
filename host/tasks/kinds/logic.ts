// How two statements of propositional logic relate, told from their trees, which come as a stream.
import { leaves, logicData, relations } from "../sources/logic.ts";
import type { Task } from "../task.ts";

const width = 25;
const compared = 45;

export const task: Task = {
  summary: "which of seven relations two statements of logic have, by their trees",
  source:
    "S. R. Bowman, C. Potts, C. D. Manning, Recursive neural networks can learn logical semantics, 3rd Workshop on Continuous Vector Space Models, 2015",
  inputs: 1,
  outputs: relations.length,
  labels: relations,
  metrics: {
    accuracy: { unit: "%", better: "higher", threshold: 92, budget: 1 },
    longer: { unit: "%", better: "higher", threshold: 82, budget: 1 },
  },
  budgetSeconds: 300,
  recipes: {
    recursive: {
      blueprint: {
        inputs: 1,
        layers: [
          {
            cell: "recursive+compares",
            units: relations.length,
            // No pair of up to 12 connectives takes more than 12 entries.
            sizes: {
              words: leaves.length,
              width,
              squared: width * width,
              depth: 12,
              compared,
              crossed: compared * width,
            },
          },
        ],
      },
      batch: 16,
      accumulate: 4,
      steps: 15000,
      validateEvery: 1000,
      schedule: {
        kind: "stages",
        stages: [
          { until: 0.5, rate: 3e-3 },
          { until: 1, rate: 3e-3, falls: true },
        ],
        floor: 0.01,
      },
      clipNorm: 8,
      initialize(_, parameter, values, random) {
        const within = (most: number) => () => random.uniform(-most, most);
        const inner = within(1 / Math.sqrt(2 * width));
        const first = { E: () => 0.3 * random.normal(), Wl: inner, Wr: inner, T: within(1 / (2 * width)) }[parameter];
        if (first) for (let i = 0; i < values.length; i++) values[i] = first();
      },
    },
  },
  open: async () => logicData(),
};
