// The context-sensitive language a^n b^n c^n: name the legal successors at each step. Learnt from n = 1 … 10, counted on from there.
import { createHash } from "node:crypto";
import { penalizeAbsolute } from "../../train/absolute.ts";
import { addNoise } from "../../train/op-noise.ts";
import type { Runner } from "../runner.ts";
import { Counting, numbersFrom } from "../sources/counting.ts";
import type { Task, TaskData } from "../task.ts";

/** `|` begins and ends a string. */
const symbols = ["a", "b", "c", "|"];
const count = symbols.length;
const trained = 10;
/** Validation knows the strings between those trained and this. */
const validated = 20;
/** No counter is tried further. */
const most = 500;
/** Formats give counters room up to here. Of a longer string only the input is used. */
const calibrated = 200;

const language = new Counting(symbols);

// Where all are right, a fraction is added that grows with the margin: it shrinks from n to n where a counter leaks.
async function countedOfValidation(runner: Runner): Promise<number> {
  const { wrong, margin } = await language.judge(runner, numbersFrom(trained + 1, validated - trained));
  return wrong === undefined ? validated + margin / (1 + margin) : wrong - 1;
}

const data: TaskData = {
  name: "a^n b^n c^n",
  hash: createHash("sha256").update(JSON.stringify({ symbols, trained, validated, most })).digest("hex"),
  batch: (size) => language.batch(size, trained),
  calibration: () => [...numbersFrom(1, trained), calibrated].map((n) => language.frameOf(n)),
  evaluate: async (runner, split) => ({
    counted: await (split === "val" ? countedOfValidation(runner) : language.countedTo(runner, most)),
  }),
};

const recurrent = ["Ui", "Uf", "Ug", "Uo"];

export const task: Task = {
  summary: "name the legal successors in strings a^n b^n c^n, trained on n = 1 … 10",
  source:
    "F. Gers, J. Schmidhuber, LSTM recurrent networks learn simple context-free and context-sensitive languages, IEEE Trans. Neural Networks 12(6):1333-1340, 2001",
  inputs: count,
  outputs: count,
  labels: symbols,
  metrics: {
    // The paper's best of ten networks. Integers need only reach it.
    counted: { unit: "a's", better: "higher", published: 52, threshold: 52, budget: most },
  },
  budgetSeconds: 120,
  recipes: {
    lstm: {
      blueprint: {
        inputs: count,
        layers: [
          { name: "counter", cell: "lstm+peepholes", units: 6, numbers: { states: { c: "int32" } } },
          { name: "out", cell: "dense", units: count },
        ],
      },
      seeds: 3,
      batch: trained,
      steps: 2500,
      validateEvery: 100,
      schedule: {
        kind: "stages",
        stages: [
          { until: 0.6, rate: 2e-2 },
          { until: 0.85, rate: 5e-3 },
          { until: 1, rate: 1.25e-3 },
        ],
      },
      clipNorm: 1,
      initialize(_, parameter, values, random) {
        if (parameter === "bf") values.fill(5);
        const deviation = recurrent.includes(parameter) ? 0.1 : 0.3;
        if (/^[WU]/.test(parameter)) for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
      },
      // Without noise and penalty a network counts hardly beyond what it was trained on: gates stay half open.
      prepare(network, _, random) {
        addNoise(network.layers[0], { recurrent: 0.5, multiplyAdd: 0.05 }, random);
      },
      penalty: (network) => penalizeAbsolute(network.layers[0], recurrent, 0.2),
    },
    elman: {
      blueprint: {
        inputs: count,
        layers: [
          { cell: "elman", units: 10 },
          { name: "out", cell: "dense", units: count },
        ],
      },
      seeds: 3,
      batch: trained,
      steps: 8000,
      validateEvery: 200,
      schedule: { kind: "constant", rate: 5e-3 },
      clipNorm: 1,
    },
  },
  open: async () => data,
};
