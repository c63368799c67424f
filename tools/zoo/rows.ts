// The zoo's rows: what docs/architectures.json holds, and the page made of it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Row = {
  architecture: string;
  task: string;
  metric: string;
  unit: string;
  better: "higher" | "lower";
  published: number | null;
  /** What is published was not re-read. */
  recalled?: true;
  threshold: number;
  /** Of integers, where it is not the same. */
  integerThreshold?: number;
  /** On the test set: the float network, the integers in V8, the same on the native board. */
  float: number;
  integer: number;
  board: number;
  /** `integer` also where what was lost against float is within its budget, `board` only where it equals V8. */
  passes: { float: boolean; integer: boolean; board: boolean };
  /** Of the largest module. */
  wasmBytes: number;
  weightBytes: number;
  ramBytes: number;
  /** On qemu-m4, for each frame. */
  instructionsPerStep: number;
  seedsTried: number;
  seed: number;
  trainingSeconds: number;
  /** Of weights that were evolved: evaluations of each seed, null for one that was not enough; and of how many it must be. */
  evolution?: { evaluations: (number | null)[]; most: number; wanted: number };
  /** Of figures that are medians: those of each seed. The model is the one whose integers have the median. */
  medians?: { seeds: number[]; float: number[]; integer: number[] };
  model: string;
};

/** Names of architectures in the order of the page, with what they are. */
export const architectures: Record<string, string> = {
  elman: "Elman's network",
  jordan: "Jordan's network",
  lstm: "Long short-term memory",
  ctc: "Connectionist temporal classification",
  gru: "Gated recurrent unit",
  indrnn: "Independently recurrent network",
  bidirectional: "Bidirectional network",
  rmlp: "Recurrent multilayer perceptron",
  mtrnn: "Multiple timescales network",
  esn: "Echo state network",
  lsm: "Liquid state machine",
  fir: "Finite impulse response (time-delay) network",
  fastgrnn: "FastGRNN",
  mingru: "Minimal gated unit (minGRU)",
  delta: "Delta execution",
  hopfield: "Hopfield network",
  bam: "Bidirectional associative memory",
  recursive: "Recursive network",
  rntn: "Recursive neural tensor network",
  "history-compressor": "Neural history compressor",
  ntm: "Neural Turing machine",
  dnc: "Differentiable neural computer",
  "dnc-sparse": "The same with sparse links",
  pushdown: "Neural network pushdown automaton",
  fitness: "Reinforcement by fitness",
  evolved: "Evolved topology",
};

export function readRows(root: string): Row[] {
  const path = join(root, "docs/architectures.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { rows: Row[] }).rows : [];
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
const count = (value: number): string => value.toLocaleString("en");

/** How many seeds of an evolution were enough, and when. */
export function seedsOf({ evaluations, most, wanted }: NonNullable<Row["evolution"]>): string {
  const solved = evaluations.filter((each) => each !== null);
  const bound = `at least ${wanted} wanted${solved.length >= wanted ? "" : ": missed"}`;
  const after = evaluations.map((each) => (each === null ? "–" : count(each))).join(", ");
  return `${solved.length} of ${evaluations.length} seeds solved within ${count(most)} evaluations (${bound}), after ${after}`;
}

/** docs/architectures.md. */
export function pageOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const integers = row.integerThreshold === undefined ? "" : `, integers ${short(row.integerThreshold)}`;
    const bound = `${row.better === "higher" ? "≥" : "≤"} ${short(row.threshold)} ${row.unit}${integers}`;
    const figure = (where: keyof Row["passes"]) => `${short(row[where])}${row.passes[where] ? "" : " (missed)"}`;
    return [
      row.architecture,
      row.task,
      row.metric,
      row.published === null ? "–" : `${short(row.published)}${row.recalled ? " (not re-read)" : ""}`,
      bound,
      figure("float"),
      figure("integer"),
      figure("board"),
      count(row.wasmBytes),
      count(row.weightBytes),
      count(row.ramBytes),
      count(row.instructionsPerStep),
      row.medians ? `${row.seed}, median of ${row.seedsTried}` : `${row.seed} of ${row.seedsTried}`,
      `${row.trainingSeconds} s`,
    ].join(" | ");
  });
  const evolved = new Set(
    rows.flatMap(({ architecture, task, evolution }) =>
      evolution ? [`*${architecture}* on *${task}*, by seed: ${seedsOf(evolution)}.`] : [],
    ),
  );
  const medians = rows.flatMap(({ architecture, task, medians }) =>
    medians
      ? [
          `*${architecture}* on *${task}*, seeds ${medians.seeds[0]} … ${medians.seeds.at(-1)}, of which figures are medians (the lesser of two): float ${medians.float.join(", ")}; integers ${medians.integer.join(", ")}.`,
        ]
      : [],
  );
  return `# Architectures

\`\`\`
 engram train TASK --cell ARCHITECTURE ─▶ .model ─▶ engram quantize ─▶ .engram ─▶ V8, native board, qemu-m4
\`\`\`

Written by \`npm run zoo\`: every row is trained from its recipe (\`host/tasks/kinds\`), the seed chosen on validation, and measured once on the test set.
*float* is the trained network, *V8* its integers, *native* the same integers on the native board over its line. \`engram evaluate models/architectures/… --on native\`
measures a row again, \`npm run zoo -- NAME\` trains it again. Instructions are those of a frame on qemu-m4, weights and RAM are bytes. Missing
rows of the plan have not been built. Published figures are those of the papers that \`engram tasks --json\` names, quoted from memory and not re-read.

| architecture | task | metric | published | threshold | float | V8 | native | wasm | weights | RAM | instructions | seed | training |
| --- | --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |
${lines.map((line) => `| ${line} |`).join("\n")}
${smallKeywords(rows)}${[...evolved, ...medians].map((line) => `\n${line}\n`).join("")}`;
}

// What a few kilobytes hear, beside a GRU three times as large and the paper's figures.
function smallKeywords(rows: readonly Row[]): string {
  const of = (name: string) => rows.find((row) => row.architecture === name && row.task === "keyword-clips");
  const [small, large] = [of("fastgrnn"), of("gru")];
  if (!small || !large) return "";
  const figure = ({ weightBytes, float, board }: Row) =>
    `${count(weightBytes)} bytes of weights, ${short(float)} % float, ${short(board)} % on the board`;
  return `
FastGRNN on keywords (four words and unknown, test clips of speakers not trained on): ${figure(small)}; GRU-64 on the same: ${figure(large)}.
The paper's FastGRNN, twelve classes of the same recordings: 92.1 % in 5.5 KB, its GRU 93.2 % in 248 KB (Kusupati et al. 2018, table 3).
`;
}
