// The context-sensitive language a^n b^n c^n: name the legal successors at each step. Learnt from n = 1 … 10, counted on from there.
import { createHash } from "node:crypto";
import { penalizeAbsolute } from "../../train/absolute.ts";
import { binaryCrossEntropy, oneHot } from "../../train/loss.ts";
import { addNoise } from "../../train/op-noise.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Task, TaskData } from "../task.ts";

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

/** The symbols of a string but its end. */
function stringOf(n: number): number[] {
  return [3, ...[0, 1, 2].flatMap((symbol) => new Array<number>(n).fill(symbol))];
}

const frameOf = (n: number): Float32Array => oneHot(stringOf(n), count);

/** By step, 1 for each symbol that may come next: in the a's, a and b. */
function successors(n: number): Float32Array {
  const string = [...stringOf(n), 3];
  const legal = oneHot(string.slice(1), count);
  for (let step = 1; step <= n; step++) legal.set([1, 1, 0, 0], step * count);
  return legal;
}

// All strings that are trained, one in each row, again and again where there are more rows.
function batch(size: number): Batch {
  const numbers = Array.from({ length: size }, (_, row) => 1 + (row % trained));
  const strings = numbers.map(frameOf);
  const legal = numbers.map(successors);
  const steps = 3 * Math.max(...numbers) + 1;
  const total = numbers.reduce((sum, n) => sum + 3 * n + 1, 0);
  const at = (rows: Float32Array[], step: number) => {
    const frame = new Float32Array(size * count);
    for (const [row, values] of rows.entries())
      frame.set(values.subarray(step * count, (step + 1) * count), row * count);
    return frame;
  };
  return {
    frames: Array.from({ length: steps }, (_, step) => at(strings, step)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, step) => {
        const weights = Float32Array.from(numbers, (n) => (step <= 3 * n ? 1 / total : 0));
        const targets = at(legal, step);
        loss += binaryCrossEntropy(network, logits, targets, weights);
        network.read(logits).forEach((logit, i) => {
          if (weights[Math.floor(i / count)] > 0 && logit > 0 === targets[i] > 0) correct++;
        });
      });
      return { loss, correct, examples: total * count };
    },
  };
}

/** Of strings of these numbers: the first that is not right at every step, and how far from 0 the closest logit is. */
async function judge(runner: Runner, numbers: readonly number[]): Promise<{ wrong?: number; margin: number }> {
  const results = await runner.run(numbers.map(frameOf));
  const wrong = numbers.find((n, i) => {
    const legal = successors(n);
    return results[i].some((logit, k) => logit > 0 !== legal[k] > 0);
  });
  const margin = results.reduce(
    (least, logits) => logits.reduce((so, x) => Math.min(so, Math.abs(x)), least),
    Infinity,
  );
  return { wrong, margin };
}

const numbersFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

/** The greatest n up to which every string is right. */
async function countedTo(runner: Runner): Promise<number> {
  const together = 20;
  for (let from = 1; from <= most; from += together) {
    const { wrong } = await judge(runner, numbersFrom(from, together));
    if (wrong !== undefined) return wrong - 1;
  }
  return most;
}

// Where all are right, a fraction is added that grows with the margin: it shrinks from n to n where a counter leaks.
async function countedOfValidation(runner: Runner): Promise<number> {
  const { wrong, margin } = await judge(runner, numbersFrom(trained + 1, validated - trained));
  return wrong === undefined ? validated + margin / (1 + margin) : wrong - 1;
}

const data: TaskData = {
  name: "a^n b^n c^n",
  hash: createHash("sha256").update(JSON.stringify({ symbols, trained, validated, most })).digest("hex"),
  batch,
  calibration: () => [...Array.from({ length: trained }, (_, i) => frameOf(i + 1)), frameOf(calibrated)],
  evaluate: async (runner, split) => ({
    counted: await (split === "val" ? countedOfValidation(runner) : countedTo(runner)),
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
