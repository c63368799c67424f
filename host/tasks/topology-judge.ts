// Judges topologies on threads. What a genome did from a seed is remembered, so that being judged more thoroughly costs the seeds that are new.
import { Threads } from "../evolve/evaluators/threads.ts";
import type { CellGenome } from "../evolve/genome.ts";
import { type TopologyWorth, type Trial, worthOf } from "./topology-fitness.ts";

export type TopologyBrief = {
  /** One without data from outside. */
  task: string;
  /** Whose recipe it has, and whose place a genome takes. */
  cell: string;
};

/** What is asked of a thread. */
export type TopologyTrials = { genome: CellGenome; seeds: number[] };

/** Seeds that one thread tries, which compiles the cell for them. */
const together = 4;

const entry = new URL(
  `topology-thread${import.meta.url.slice(import.meta.url.lastIndexOf("."))}`, // .ts in the source tree, .js in the package
  import.meta.url,
);

export class TopologyJudge {
  readonly #threads: Threads<TopologyTrials, Trial[]>;
  readonly #brief: string;
  readonly #known = new Map<string, Map<number, Trial>>();

  constructor(brief: TopologyBrief, threads: number) {
    this.#brief = JSON.stringify(brief);
    this.#threads = new Threads(entry, threads);
  }

  /** Worths over these seeds, in the order of the genomes; how many threads there are makes no difference. */
  async judge(genomes: readonly CellGenome[], seeds: readonly number[]): Promise<TopologyWorth[]> {
    const asked = genomes.flatMap((genome) => {
      const fresh = seeds.filter((seed) => !this.#of(genome).has(seed));
      return Array.from({ length: Math.ceil(fresh.length / together) }, (_, i) => ({
        genome,
        seeds: fresh.slice(i * together, (i + 1) * together),
      }));
    });
    const told = await this.#threads.judge(this.#brief, asked);
    for (const [i, { genome, seeds }] of asked.entries())
      for (const [k, seed] of seeds.entries()) this.#of(genome).set(seed, told[i][k]);
    return genomes.map((genome) =>
      worthOf(
        genome,
        seeds.map((seed) => this.#of(genome).get(seed)!),
      ),
    );
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  #of(genome: CellGenome): Map<number, Trial> {
    const key = JSON.stringify(genome);
    const known = this.#known.get(key) ?? new Map<number, Trial>();
    this.#known.set(key, known);
    return known;
  }
}
