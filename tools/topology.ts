// `npm run topology -- [SEED]`: searches for a cell that learns a^n b^n sooner than the LSTM does, by topology, and writes it to
// assembly/cells/evolved.ts. Some minutes; `npm run zoo -- evolved` then trains it from seeds that the search has not used.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CellGenome } from "../host/evolve/genome.ts";
import { cellSource } from "../host/evolve/genome-cell.ts";
import { type JudgedGenome, searchTopology } from "../host/evolve/topology.ts";
import { task } from "../host/tasks/kinds/anbn.ts";
import { numbersFrom } from "../host/tasks/sources/counting.ts";
import { type TopologyWorth, topologyFitness } from "../host/tasks/topology-fitness.ts";

const seed = Number(process.argv[2] ?? 1);
const candidates = 60;
/** Seeds from which each candidate is trained, and the finalists, lest one wins by luck. The zoo's begin beyond them. */
const [seeds, moreSeeds] = [numbersFrom(1, 8), numbersFrom(1, 32)];
const finalists = 4;

const data = await task.open(undefined);
const judge = (of: readonly number[]) => (genome: CellGenome) =>
  topologyFitness(task, data, task.recipes.lstm, genome, of);
const begun = performance.now();
const living = await searchTopology({ seed, candidates }, judge(seeds), (judged, count) =>
  console.log(`${count}: ${said(judged)}`),
);
const last: JudgedGenome<TopologyWorth>[] = [];
for (const { genome } of living.slice(0, finalists)) {
  last.push({ genome, ...(await judge(moreSeeds)(genome)) });
  console.log(`finalist: ${said(last[last.length - 1])}`);
}
const winner = last.reduce((best, each) => (each.fitness > best.fitness ? each : best));
const { genome, fitness, trials } = winner;
const counted = trials.map(({ value }) => value).join(" ");
const notes = [
  "A memory cell that was searched for: what learns to count in 300 steps (a^n b^n, host/tasks/kinds/anbn.ts). The search is that of",
  'J. Bayer, D. Wierstra, J. Togelius, J. Schmidhuber 2009, "Evolving memory cell structures for sequence learning", ICANN.',
  `Written by \`npm run topology -- ${seed}\`, the best of ${candidates} candidates: fitness ${fitness.toFixed(2)}; of seeds 1 … ${trials.length} its integers count to`,
  `${counted}.`,
  JSON.stringify(genome),
];
const path = join(fileURLToPath(new URL("../", import.meta.url)), "assembly/cells/evolved.ts");
writeFileSync(process.argv[3] ?? path, cellSource(genome, notes));
const seconds = Math.round((performance.now() - begun) / 1000);
console.log(`${seconds} s; assembly/cells/evolved.ts is ${said(winner)}`);

function said({ fitness, trials, genome }: JudgedGenome<TopologyWorth>): string {
  return `fitness ${fitness.toFixed(2)}, counts to ${trials.map(({ value }) => value).join(" ")}, ${genome.nodes.length} nodes`;
}
