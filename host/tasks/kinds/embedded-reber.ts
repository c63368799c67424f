// The embedded Reber grammar: B, then T or P, a whole string of the Reber grammar, the same T or P again, and E. Every symbol but the one
// before the last follows from the few before it; that one was said at the beginning, and stays to be known however long the string is.
// In the paper (from memory) Elman's network never learnt it, its gradients reaching one step back; those through a whole string teach it.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const symbols = [..."BTSXVPE"];
/** By state of the inner grammar, the branches out of it: a symbol and the next state; the last state is the end. */
const branches = ["B1", "T2 P3", "S2 X4", "T3 V5", "X3 S6", "P4 V6", "E7"].map((out) => out.split(" "));
const counts = { val: 2000, test: 10000 };

function stringOf(random: Random): number[] {
  let inner = "";
  for (let state = 0; state < branches.length; ) {
    const [symbol, to] = random.pick(branches[state]);
    inner += symbol;
    state = Number(to);
  }
  const kept = random.pick(["T", "P"]);
  return [...`B${kept}${inner}${kept}E`].map((symbol) => symbols.indexOf(symbol));
}

const frameOf = (string: readonly number[]): Float32Array => oneHot(string.slice(0, -1), symbols.length);

function batch(size: number, random: Random): Batch {
  const strings = Array.from({ length: size }, () => stringOf(random));
  const longest = Math.max(...strings.map(({ length }) => length)) - 1;
  const total = strings.reduce((sum, { length }) => sum + length - 1, 0);
  const classesAt = (step: number) => strings.map((string) => string[Math.min(step, string.length - 1)]);
  return {
    frames: Array.from({ length: longest }, (_, step) => oneHot(classesAt(step), symbols.length)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, step) => {
        const weights = Float32Array.from(strings, ({ length }) => (step < length - 1 ? 1 / total : 0));
        const next = classesAt(step + 1);
        loss += crossEntropy(network, logits, oneHot(next, symbols.length), weights);
        const counted = next.map((symbol, row) => (weights[row] > 0 ? symbol : -1));
        correct += countCorrect(network, logits, counted);
      });
      return { loss, correct, examples: total };
    },
  };
}

function made(what: "val" | "test" | "calibration", count: number): number[][] {
  const random = new Random(1, "embedded reber", what);
  return Array.from({ length: count }, () => stringOf(random));
}

async function evaluate(runner: Runner, split: "val" | "test") {
  const strings = made(split, counts[split]);
  const results = await runner.run(strings.map(frameOf));
  const right = strings.filter((string, i) => {
    const asked = string.length - 2;
    return greatest(results[i], (asked - 1) * symbols.length, symbols.length) === string[asked];
  });
  return { recalled: (100 * right.length) / strings.length };
}

const data: TaskData = {
  name: "embedded Reber grammar",
  hash: createHash("sha256").update(JSON.stringify({ symbols, branches, counts })).digest("hex"),
  batch,
  calibration: () => made("calibration", 400).map(frameOf),
  evaluate,
};

// The same for both, so that neither fails for want of training.
const recipe = (cell: string, units: number): Recipe => ({
  blueprint: {
    inputs: symbols.length,
    layers: [
      { cell, units },
      { name: "out", cell: "dense", units: symbols.length },
    ],
  },
  seeds: 3,
  batch: 64,
  steps: 4000,
  validateEvery: 250,
  schedule: { kind: "cosine", rate: 1e-2, warmUp: 0.02, floor: 0.01 },
  clipNorm: 1,
});

export const task: Task = {
  summary: "recall at the end of a string of a grammar which symbol came second",
  source:
    "S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural Computation 9(8):1735-1780, 1997, experiment 1; the grammar of A. Cleeremans, D. Servan-Schreiber, J. L. McClelland, Neural Computation 1(3):372-381, 1989",
  inputs: symbols.length,
  outputs: symbols.length,
  labels: symbols,
  metrics: { recalled: { unit: "%", better: "higher", threshold: 99 } },
  budgetSeconds: 120,
  recipes: { lstm: recipe("lstm", 8), elman: recipe("elman", 16) },
  open: async () => data,
};
