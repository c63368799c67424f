// `npm run topology -- [SEED] [FILE]`: searches for a cell that learns a^n b^n sooner than the LSTM does, by topology, and writes it to
// assembly/cells/evolved.ts. Some 25 minutes on two cores; `npm run zoo -- anbn` then trains it from seeds that the search has not used.
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cellSource } from "../host/evolve/genome-cell.ts";
import { type JudgedGenome, searchTopology } from "../host/evolve/topology.ts";
import { numbersFrom } from "../host/tasks/sources/counting.ts";
import type { TopologyWorth } from "../host/tasks/topology-fitness.ts";
import { TopologyJudge } from "../host/tasks/topology-judge.ts";

const seed = Number(process.argv[2] ?? 1);
const candidates = 1624;
/** Seeds from which candidates are trained: of a brood's 16 all from the first, the best two from all of the last. */
const rungs = [4, 8, 16, 32].map((count) => numbersFrom(1, count));
/** The best of the last population are trained from others, lest one wins by luck. The zoo's are far beyond them. */
const otherSeeds = numbersFrom(33, 64);
const finalists = 8;

const begun = performance.now();
const judge = new TopologyJudge({ task: "anbn", cell: "lstm" }, availableParallelism());
const living = await searchTopology(
  { seed, candidates, rungs: rungs.length },
  (genomes, rung) => judge.judge(genomes, rungs[rung]),
  ([best], count) => console.log(`${count}, ${seconds()} s: ${said(best)}`),
);
const genomes = living.slice(0, finalists).map(({ genome }) => genome);
const last = (await judge.judge(genomes, otherSeeds)).map((worth, i) => ({ ...worth, genome: genomes[i] }));
await judge.close();
for (const finalist of last) console.log(`finalist: ${said(finalist)}`);
const winner = last.reduce((best, each) => (each.fitness > best.fitness ? each : best));
const { genome, fitness, trials } = winner;
const counted = trials.map(({ value }) => value);
const notes = [
  "A memory cell that was searched for: what learns to count in 300 steps (a^n b^n, host/tasks/kinds/anbn.ts). The search is that of",
  'J. Bayer, D. Wierstra, J. Togelius, J. Schmidhuber 2009, "Evolving memory cell structures for sequence learning", ICANN.',
  `Written by \`npm run topology -- ${seed}\`, the best of ${candidates} candidates: fitness ${fitness.toFixed(2)} over the seeds by which the last eight were compared,`,
  `${otherSeeds[0]} … ${otherSeeds.at(-1)}, of which its integers count to`,
  `${counted.slice(0, 32).join(" ")}`,
  `${counted.slice(32).join(" ")}.`,
  JSON.stringify(genome),
];
const path = join(fileURLToPath(new URL("../", import.meta.url)), "assembly/cells/evolved.ts");
writeFileSync(process.argv[3] ?? path, cellSource(genome, notes));
console.log(`${seconds()} s; ${process.argv[3] ?? "assembly/cells/evolved.ts"} is ${said(winner)}`);

function seconds(): number {
  return Math.round((performance.now() - begun) / 1000);
}

function said({ fitness, trials, genome }: JudgedGenome<TopologyWorth>): string {
  const counted = trials.map(({ value }) => value).sort((a, b) => a - b);
  const median = counted[Math.floor((counted.length - 1) / 2)];
  return `fitness ${fitness.toFixed(2)}, median ${median} of ${counted.length} seeds, ${genome.nodes.length} nodes ${JSON.stringify(genome)}`;
}
