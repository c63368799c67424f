// A genetic search over cells' topologies, in a steady state: one child at a time, which takes the place of the worst. J. Bayer, D. Wierstra,
// J. Togelius, J. Schmidhuber 2009, "Evolving memory cell structures for sequence learning", ICANN, LNCS 5769:755-764.
// Random numbers are keyed by seed and candidate, so the same seed and judge give the same search.
import { Random } from "../data/random.ts";
import { UserError } from "../spec/user-error.ts";
import { type CellGenome, canonical, cross, elman, lstm, mutate } from "./genome.ts";

/** What a genome was worth, greater is better; `failed` if it learnt nothing that could be judged. */
export type Judgement = { fitness: number; failed: boolean };
export type JudgedGenome<Worth extends Judgement = Judgement> = Worth & { genome: CellGenome };

export type TopologyOptions = {
  seed: number;
  /** Genomes that are judged in all, the first population's included. */
  candidates: number;
};

export const population = 12;
const tournament = 3;
const crossed = 0.25;
/** Draws without a genome that has not been judged before it is said that there is none. */
const mostDraws = 1000;

/**
 * @param judge nothing but the genome decides what it returns
 * @returns the last population, the best first; of equals the earlier
 * @throws UserError where all of a population failed
 */
export async function searchTopology<Worth extends Judgement>(
  { seed, candidates }: TopologyOptions,
  judge: (genome: CellGenome) => Promise<Worth>,
  onCandidate: (judged: JudgedGenome<Worth>, count: number) => void = () => {},
): Promise<JudgedGenome<Worth>[]> {
  const seen = new Set<string>();
  let living: JudgedGenome<Worth>[] = [];
  for (let count = 0; count < candidates; count++) {
    const genome = unseen(seed, count, seen, (random) =>
      count < population ? first(count, random) : child(living, random),
    );
    const judged = { genome, ...(await judge(genome)) };
    onCandidate(judged, count + 1);
    living = [...living, judged].sort((a, b) => b.fitness - a.fitness).slice(0, population);
    if (count >= Math.min(population, candidates) - 1 && living.every(({ failed }) => failed))
      throw new UserError(
        `all ${living.length} cells of the population failed: none has learnt enough to be judged`,
        "the budget is too small: give each more steps of training",
      );
  }
  return living;
}

// Elman's network and the LSTM, then mutants of both.
function first(count: number, random: Random): CellGenome {
  if (count < 2) return [elman, lstm][count];
  return count < 6 ? mutate(mutate(elman, random), random) : mutate(lstm, random);
}

function child(living: readonly JudgedGenome[], random: Random): CellGenome {
  const parent = () => {
    const drawn = Array.from({ length: tournament }, () => random.int(living.length));
    return living[Math.min(...drawn)].genome; // the best come first
  };
  const [a, b] = [parent(), parent()];
  return mutate(random.chance(crossed) ? cross(a, b, random) : a, random);
}

// The first draw that reads an input and is not among those judged.
function unseen(seed: number, count: number, seen: Set<string>, draw: (random: Random) => CellGenome): CellGenome {
  for (let attempt = 0; attempt < mostDraws; attempt++) {
    const genome = canonical(draw(new Random(seed, "topology", count, attempt)));
    const key = JSON.stringify(genome);
    if (seen.has(key) || !genome.nodes.some(([op]) => op === "lin")) continue;
    seen.add(key);
    return genome;
  }
  throw new UserError(
    `no genome was found that has not been judged among ${mostDraws} mutants`,
    "search with another seed",
  );
}
