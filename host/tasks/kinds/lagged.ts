// A symbol decides what comes 1,202 steps later, and all between is the same again and again: level 1 of a history compressor foretells
// that, and level 2, which hears only what is left, sees the two side by side. What it hears is also the whole stream in short.
import { framesOf, type History, historyOf, reconstruct, warningsOf } from "../history.ts";
import type { Runner } from "../runner.ts";
import { labelsRight, laggedData, streamsOf, symbols } from "../sources/lagged.ts";
import { foreteller, holding, level1, level2, side, streamsFor, units } from "../sources/lagged-stages.ts";
import { inPieces } from "../sources/levels.ts";
import type { Examination, Task, TaskData } from "../task.ts";

const lag = 1200;
/** Blocks of a stream that is asked: 100,000 symbols and more. */
const together = 84;
/** Streams that are asked: 1,008 blocks of the test. */
const asked = { val: 3, test: 12 };
/** Symbols that are reconstructed. */
const retold = { val: 10_000, test: 100_000 };
/** Blocks from which formats are learnt. */
const calibrated = 8;
/** Of the network without levels: as many blocks as level 2 knows, gradients of so many steps. */
const alone = { steps: 6000, span: 5 };

async function examine(runner: Runner, split: "val" | "test"): Promise<Examination> {
  let [labels, right, updates, steps, wrong] = [0, 0, 0, 0, 0];
  const histories: History[] = [];
  for (const [i, stream] of streamsOf(lag, split, asked[split], together).entries()) {
    const [results] = await runner.run([framesOf(stream, symbols.length)]);
    const found = labelsRight(stream, results);
    const history = historyOf(stream, results, runner.name);
    labels += found.labels;
    right += found.right;
    updates += history.surprises.length;
    steps += stream.length;
    histories.push(history);
    if (i > 0) continue;
    const whole = stream.slice(0, retold[split]);
    const again = await reconstruct(
      historyOf(whole, results.slice(0, whole.length * symbols.length), runner.name),
      runner,
      runner.name,
    );
    wrong = whole.filter((symbol, step) => symbol !== again[step]).length;
  }
  const scores = { labels: (100 * right) / labels, updates: (100 * updates) / steps, reconstructed: wrong };
  return { scores, warnings: warningsOf(histories) };
}

const data: TaskData = {
  ...laggedData({
    lag,
    steps: alone.span,
    together,
    blocks: { val: asked.val * together, test: asked.test * together },
  }),
  // One stream: level 2 would step at other times in another.
  calibration: () => streamsOf(lag, "calibration", 1, calibrated).map((stream) => framesOf(stream, symbols.length)),
  evaluate: async (runner, split) => (await examine(runner, split)).scores,
  examine,
};

export const task: Task = {
  summary: `which of two symbols comes, decided by another ${lag + 2} steps before, and the stream told by what was not foretold`,
  source:
    "J. Schmidhuber, Learning complex, extended sequences using the principle of history compression, Neural Computation 4(2):234-242, 1992; the lag: Netzwerkarchitekturen, Zielfunktionen und Kettenregel, habilitation thesis, TU München, 1993",
  inputs: symbols.length,
  outputs: symbols.length,
  labels: symbols,
  metrics: {
    labels: { unit: "%", better: "higher", threshold: 99, budget: 0 },
    // Integers may be surprised 1 % more often: of 3 or 4 in 1,203 steps.
    updates: { unit: "% of the steps", better: "lower", threshold: 0.5, budget: 0.003 },
    reconstructed: { unit: "wrong", better: "lower", threshold: 0, budget: 0 },
  },
  budgetSeconds: 180,
  recipes: {
    "history-compressor": {
      blueprint: {
        inputs: symbols.length,
        layers: [
          {
            name: "levels",
            cell: "chunker",
            units: symbols.length,
            sizes: { hidden: units.level1, chunks: units.level2 },
            // A probability as it is: what is foretold must be the same to the cell and to who reads its results.
            numbers: { formats: { seen: 15, p: 15, y: 15 } },
          },
        ],
      },
      seeds: 3,
      stages: [
        level1(lag, {
          "level1.W": "levels.W",
          "level1.U": "levels.U",
          "level1.b": "levels.b",
          "out.W": "levels.R",
          "out.b": "levels.c",
        }),
        level2(lag, {
          "level2.W": "levels.V",
          "level2.U": "levels.X",
          "level2.b": "levels.d",
          "out.W": "levels.S",
          "out.b": "levels.e",
        }),
      ],
      batch: side,
      steps: 0,
      validateEvery: 1,
      schedule: { kind: "constant", rate: 5e-3 },
      clipNorm: 1,
    },
    elman: {
      blueprint: foreteller("level1", units.level1),
      batch: side,
      steps: alone.steps,
      validateEvery: alone.steps,
      schedule: { kind: "cosine", rate: 4e-3, floor: 0.05 },
      clipNorm: 1,
      initialize: holding,
    },
  },
  open: async () => ({
    ...data,
    batch: inPieces(streamsFor("alone", lag, alone.steps * alone.span), alone.span, symbols.length),
  }),
};
