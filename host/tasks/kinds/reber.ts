// Reber grammar: predict the next symbol; a string is accepted when every successor had probability above 0.3.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Task, TaskData } from "../task.ts";

const symbols = ["B", "T", "S", "X", "V", "P", "E"];
const indices = (text: string): number[] => [...text].map((symbol) => symbols.indexOf(symbol));

/** Symbol and next state of each branch out of a state; the string ends with E after state 6. */
const branches: [symbol: string, to: number][][] = [
  [["B", 1]],
  [
    ["T", 2],
    ["P", 3],
  ],
  [
    ["S", 2],
    ["X", 4],
  ],
  [
    ["T", 3],
    ["V", 5],
  ],
  [
    ["X", 3],
    ["S", 6],
  ],
  [
    ["P", 4],
    ["V", 6],
  ],
  [["E", 7]],
];

function grammatical(random: Random): number[] {
  const found: string[] = [];
  for (let state = 0; state < 7; ) {
    const [symbol, to] = random.pick(branches[state]);
    found.push(symbol);
    state = to;
  }
  return indices(found.join(""));
}

function isGrammatical(string: readonly number[]): boolean {
  let state = 0;
  for (const symbol of string) {
    const branch = branches[state]?.find(([name]) => name === symbols[symbol]);
    if (!branch) return false;
    state = branch[1];
  }
  return state === 7;
}

// Half are random between B and E, half grammatical but for one inner letter: harder than the paper's, which were all random.
function ungrammatical(random: Random): number[] {
  const inner = indices("TSXVP");
  for (;;) {
    const length = 3 + random.int(9);
    const changed = grammatical(random);
    changed[1 + random.int(changed.length - 2)] = random.pick(inner);
    const string = random.chance(0.5) ? [0, ...Array.from({ length }, () => random.pick(inner)), 6] : changed;
    if (!isGrammatical(string)) return string;
  }
}

const frameOf = (string: readonly number[]): Float32Array => oneHot(string.slice(0, -1), symbols.length);

function accepts(string: readonly number[], logits: Float32Array): boolean {
  const count = symbols.length;
  return string.slice(1).every((next, step) => {
    const row = logits.subarray(step * count, (step + 1) * count);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - row[next]), 0);
    return 1 / sum > 0.3;
  });
}

function batch(size: number, random: Random): Batch {
  const strings = Array.from({ length: size }, () => grammatical(random));
  const longest = Math.max(...strings.map(({ length }) => length)) - 1;
  const count = symbols.length;
  const classesAt = (step: number) => strings.map((string) => string[Math.min(step, string.length - 1)]);
  const total = strings.reduce((sum, { length }) => sum + length - 1, 0);
  return {
    frames: Array.from({ length: longest }, (_, step) => oneHot(classesAt(step), count)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, step) => {
        const weights = Float32Array.from(strings, ({ length }) => (step < length - 1 ? 1 / total : 0));
        loss += crossEntropy(network, logits, oneHot(classesAt(step + 1), count), weights);
        correct += countCorrect(network, logits, classesAt(step + 1));
      });
      return { loss, correct, examples: longest * size };
    },
  };
}

// Validation is smaller, of another seed.
async function evaluate(runner: Runner, split: "val" | "test") {
  const random = new Random(split === "val" ? 1 : 2, "reber", split);
  const count = split === "val" ? 2000 : 20000;
  const percent = async (strings: number[][], wanted: boolean) => {
    const logits = await runner.run(strings.map(frameOf));
    return (100 * strings.filter((string, i) => accepts(string, logits[i]) === wanted).length) / count;
  };
  const accepted = await percent(
    Array.from({ length: count }, () => grammatical(random)),
    true,
  );
  const rejected = await percent(
    Array.from({ length: count }, () => ungrammatical(random)),
    false,
  );
  return { right: Math.min(accepted, rejected), accepted, rejected };
}

const data: TaskData = {
  name: "Reber grammar",
  hash: createHash("sha256").update(JSON.stringify(branches)).digest("hex"),
  batch,
  calibration: () => {
    const random = new Random(3, "reber", "calibration");
    return Array.from({ length: 400 }, () => frameOf(grammatical(random)));
  },
  evaluate,
};

export const task: Task = {
  summary: "predict the next symbol of strings of a small grammar, and accept no others",
  source:
    "A. Cleeremans, D. Servan-Schreiber, J. L. McClelland, Finite state automata and simple recurrent networks, Neural Computation 1(3):372-381, 1989",
  inputs: symbols.length,
  outputs: symbols.length,
  labels: symbols,
  metrics: {
    right: { unit: "%", better: "higher", threshold: 100 },
    accepted: { unit: "%", better: "higher", published: 100, threshold: 100 },
    rejected: { unit: "%", better: "higher", published: 100, threshold: 100 },
  },
  budgetSeconds: 120,
  recipes: {
    elman: {
      blueprint: {
        inputs: symbols.length,
        layers: [
          { cell: "elman", units: 8 },
          { cell: "dense", units: symbols.length },
        ],
      },
      batch: 64,
      steps: 3500,
      validateEvery: 500,
      schedule: { kind: "cosine", rate: 1e-2, floor: 1e-3 },
      clipNorm: 1,
    },
  },
  open: async () => data,
};
