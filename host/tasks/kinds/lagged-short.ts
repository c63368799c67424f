// A symbol decides what comes 22 steps later. By gradients that go back 5 steps an Elman network does not learn it; a history compressor
// does, and teaches it to an Elman network that is as small and learns as before: what ships has one level.
import { laggedData, symbols } from "../sources/lagged.ts";
import { foreteller, holding, level1, level2, side, streamsFor, taught, units } from "../sources/lagged-stages.ts";
import { inPieces } from "../sources/levels.ts";
import type { Task } from "../task.ts";

const lag = 20;
/** Steps through which gradients go back. */
const span = 5;
/** Of training with level 2 in mind: with those of both levels 18,000 sequences. */
const steps = { taught: 2000, alone: 4800 };

const data = laggedData({ lag, steps: span });

export const task: Task = {
  summary: `which of two symbols comes, decided by another ${lag + 2} steps before, with gradients of ${span} steps`,
  source:
    "J. Schmidhuber, Learning complex, extended sequences using the principle of history compression, Neural Computation 4(2):234-242, 1992",
  inputs: symbols.length,
  outputs: symbols.length,
  labels: symbols,
  metrics: { labels: { unit: "%", better: "higher", threshold: 99, budget: 0 } },
  budgetSeconds: 120,
  recipes: {
    "history-compressor": {
      blueprint: foreteller("level1", units.level1),
      seeds: 3,
      stages: [
        level1(lag),
        level2(lag),
        taught(
          lag,
          { steps: steps.taught, span },
          {
            "level1.W": "level1.W",
            "level1.U": "level1.U",
            "level1.b": "level1.b",
            "out.W": "out.W",
            "out.b": "out.b",
          },
        ),
      ],
      batch: side,
      steps: 0,
      validateEvery: 1,
      schedule: { kind: "constant", rate: 4e-3 },
      clipNorm: 1,
    },
    // The same network and rates without anyone who teaches: 33,000 sequences.
    elman: {
      blueprint: foreteller("level1", units.level1),
      seeds: 3,
      batch: side,
      steps: steps.alone,
      validateEvery: steps.alone / 8,
      schedule: { kind: "cosine", rate: 4e-3, floor: 0.05 },
      clipNorm: 1,
      initialize: holding,
    },
  },
  open: async () => ({ ...data, batch: inPieces(streamsFor("alone", lag, steps.alone * span), span, symbols.length) }),
};
