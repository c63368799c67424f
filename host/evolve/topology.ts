// A genetic search over cells' topologies: broods of children, the best of which take the places of the worst of a population. J. Bayer,
// D. Wierstra, J. Togelius, J. Schmidhuber 2009, "Evolving memory cell structures for sequence learning", ICANN, LNCS 5769:755-764. Most of a
// brood are given up after a few trials, by successive halving: K. Jamieson, A. Talwalkar 2016, "Non-stochastic best arm identification and
// hyperparameter optimization", AISTATS. Random numbers are keyed by seed and candidate, so the same seed and judge give the same search.
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
  /** How often a brood is judged, each time the better half of it more thoroughly. */
  rungs: number;
};

/**
 * Worths in the order of the genomes, which alone decide them.
 * @param rung from 0, the least thorough
 */
export type JudgeGenomes<Worth extends Judgement> = (genomes: readonly CellGenome[], rung: number) => Promise<Worth[]>;

export const population = 24;
export const brood = 16;
const tournament = 3;
const crossed = 0.25;
/** Draws without a genome that has not been judged before it is said that there is none. */
const mostDraws = 1000;

/**
 * @param onBrood is told the population, the best first, and how many candidates have been judged
 * @returns the last population, judged on the last rung; of equals the earlier is the better
 * @throws UserError where all of a population failed
 */
export async function searchTopology<Worth extends Judgement>(
  { seed, candidates, rungs }: TopologyOptions,
  judge: JudgeGenomes<Worth>,
  onBrood: (living: readonly JudgedGenome<Worth>[], count: number) => void = () => {},
): Promise<JudgedGenome<Worth>[]> {
  const seen = new Set<string>();
  let living: JudgedGenome<Worth>[] = [];
  for (let count = 0; count < candidates; ) {
    const begins = count === 0;
    const size = Math.min(begins ? population : brood, candidates - count);
    const genomes = Array.from({ length: size }, (_, i) =>
      unseen(seed, count + i, seen, (random) => (begins ? first(i, random) : child(living, random))),
    );
    const best = await halved(genomes, judge, begins ? rungs - 1 : 0, rungs);
    living = ranked([...living, ...best]).slice(0, population);
    count += size;
    onBrood(living, count);
    if (living.every(({ failed }) => failed))
      throw new UserError(
        `all ${living.length} cells of the population failed: none has learnt enough to be judged`,
        "the budget is too small: give each more steps of training",
      );
  }
  return living;
}

// Those that are left on the last rung.
async function halved<Worth extends Judgement>(
  genomes: readonly CellGenome[],
  judge: JudgeGenomes<Worth>,
  rung: number,
  rungs: number,
): Promise<JudgedGenome<Worth>[]> {
  const worths = await judge(genomes, rung);
  const judged = ranked(genomes.map((genome, i) => ({ genome, ...worths[i] })));
  if (rung === rungs - 1) return judged;
  const half = judged.slice(0, Math.ceil(judged.length / 2)).map(({ genome }) => genome);
  return halved(half, judge, rung + 1, rungs);
}

const ranked = <Judged extends Judgement>(judged: Judged[]): Judged[] => judged.sort((a, b) => b.fitness - a.fitness);

// Elman's network and the LSTM, then mutants of both.
function first(i: number, random: Random): CellGenome {
  if (i < 2) return [elman, lstm][i];
  return i % 3 === 0 ? mutate(mutate(elman, random), random) : mutate(lstm, random);
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
