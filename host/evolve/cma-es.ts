// Evolution strategy with covariance matrix adaptation: candidates are drawn from a normal distribution that the better half of them
// moves, stretches and turns. N. Hansen, A. Ostermeier 2001, "Completely derandomized self-adaptation in evolution strategies",
// Evolutionary Computation 9(2); constants as in N. Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv:1604.00772, table 1.
//   x_k = m + σ B D z_k    m' = m + σ Σ w_i y_i:λ    p_σ, p_c: paths of m    C' = (1 − c1 − cμ) C + c1 p_c p_cᵀ + cμ Σ w_i y yᵀ
import type { Random } from "../data/random.ts";
import { exp2, ln } from "../data/reproducible-math.ts";
import { UserError } from "../spec/user-error.ts";
import { type Eigen, eigen } from "./eigen.ts";

/** All that a generation depends on; JSON keeps it to the bit. */
export type CmaState = {
  /** That were told. */
  generation: number;
  sigma: number;
  mean: number[];
  /** [n][n], row by row. */
  covariance: number[];
  pathSigma: number[];
  pathC: number[];
};

/** More would take seconds a generation. */
export const mostGenes = 200;
/** Eigenvalues stay above it. */
const leastVariance = 1e-20;

export class CmaEs {
  readonly #lambda: number;
  readonly #constants: Constants;
  readonly #eigen: Eigen;
  readonly #axes: Float64Array; // D, roots of the eigenvalues
  readonly #state: CmaState;
  #steps: Float64Array[] = []; // y of the candidates that were asked for

  /**
   * @param lambda candidates of a generation
   * @throws UserError for fewer than 4, and for more genes than can be followed
   */
  constructor(lambda: number, state: CmaState) {
    const n = state.mean.length;
    if (!(Number.isInteger(lambda) && lambda >= 4))
      throw new UserError(
        `a generation of CMA-ES has ${lambda} candidates`,
        "give lambda 4 or more, such as 4 + 3 ln(weights)",
      );
    if (n > mostGenes)
      throw new UserError(`CMA-ES takes up to ${mostGenes} weights, the network has ${n}`, "give it fewer units");
    this.#lambda = lambda;
    this.#constants = constantsOf(n, lambda);
    this.#state = state;
    this.#eigen = eigen(Float64Array.from(state.covariance), n);
    this.#axes = this.#eigen.values.map((value) => Math.sqrt(Math.max(value, leastVariance)));
  }

  /** The state of a beginning: around zero, without any direction. */
  static start(n: number, sigma: number): CmaState {
    const zeros = () => new Array<number>(n).fill(0);
    const covariance = new Array<number>(n * n).fill(0);
    for (let i = 0; i < n; i++) covariance[i * n + i] = 1;
    return { generation: 0, sigma, mean: zeros(), covariance, pathSigma: zeros(), pathC: zeros() };
  }

  /** Deviation of the candidates along their longest axis. */
  get spread(): number {
    return this.#state.sigma * Math.max(...this.#axes);
  }

  /** The candidates of this generation. */
  ask(random: Random): Float64Array[] {
    const { mean, sigma } = this.#state;
    const n = mean.length;
    const { vectors } = this.#eigen;
    this.#steps = Array.from({ length: this.#lambda }, () => {
      const scaled = this.#axes.map((axis) => axis * random.normal());
      return Float64Array.from({ length: n }, (_, i) => {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += vectors[i * n + k] * scaled[k];
        return sum;
      });
    });
    return this.#steps.map((y) => y.map((value, i) => mean[i] + sigma * value));
  }

  /**
   * @param fitness of the candidates in the order of `ask`, greater is better
   * @returns the state of the next generation
   * @throws UserError if none has a fitness
   */
  tell(fitness: ArrayLike<number>): CmaState {
    const { mu, weights, muEffective, cSigma, dSigma, cC, c1, cMu, expected } = this.#constants;
    const { generation, sigma, mean, covariance, pathSigma, pathC } = this.#state;
    const n = mean.length;
    const best = ranked(fitness)
      .slice(0, mu)
      .map((i) => this.#steps[i]);
    const step = sums(n, (i) => best.reduce((sum, y, k) => sum + weights[k] * y[i], 0));
    const white = this.#whitened(step);
    const grownSigma = Math.sqrt(cSigma * (2 - cSigma) * muEffective);
    const nextSigma = sums(n, (i) => (1 - cSigma) * pathSigma[i] + grownSigma * white[i]);
    const length = Math.sqrt(nextSigma.reduce((sum, value) => sum + value * value, 0));
    // A path that is long because it has just begun does not stretch C.
    const settled = Math.sqrt(1 - power(1 - cSigma, 2 * (generation + 1)));
    const stalls = length / settled < (1.4 + 2 / (n + 1)) * expected ? 1 : 0;
    const grownC = stalls * Math.sqrt(cC * (2 - cC) * muEffective);
    const nextC = sums(n, (i) => (1 - cC) * pathC[i] + grownC * step[i]);
    const kept = 1 - c1 - cMu + (1 - stalls) * c1 * cC * (2 - cC);
    const next = covariance.map((value, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      let spreadOut = 0;
      for (let k = 0; k < mu; k++) spreadOut += weights[k] * (best[k][i] * best[k][j]);
      return kept * value + c1 * (nextC[i] * nextC[j]) + cMu * spreadOut;
    });
    return {
      generation: generation + 1,
      sigma: sigma * exp2(((cSigma / dSigma) * (length / expected - 1)) / Math.LN2),
      mean: mean.map((value, i) => value + sigma * step[i]),
      covariance: next,
      pathSigma: nextSigma,
      pathC: nextC,
    };
  }

  // C^(−1/2) y = B D⁻¹ Bᵀ y
  #whitened(y: readonly number[]): number[] {
    const n = y.length;
    const { vectors } = this.#eigen;
    const along = sums(n, (k) => y.reduce((sum, value, i) => sum + vectors[i * n + k] * value, 0) / this.#axes[k]);
    return sums(n, (i) => along.reduce((sum, value, k) => sum + vectors[i * n + k] * value, 0));
  }
}

/**
 * Indices of candidates from the best to the worst: of equals the earlier first, those without a fitness (NaN) last.
 * @throws UserError if none has one
 */
export function ranked(fitness: ArrayLike<number>): number[] {
  const all = Array.from(fitness, (value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
  const isNumber = (i: number): number => (Number.isNaN(fitness[i]) ? 0 : 1);
  if (!all.some((_, i) => isNumber(i)))
    throw new UserError("no candidate of a generation has a fitness: all are NaN", "look for it in the fitness");
  return all
    .map((_, i) => i)
    .sort((a, b) => isNumber(b) - isNumber(a) || (all[a] === all[b] ? a - b : all[b] > all[a] ? 1 : -1));
}

type Constants = ReturnType<typeof constantsOf>;

function constantsOf(n: number, lambda: number) {
  const mu = Math.floor(lambda / 2);
  const raw = Array.from({ length: mu }, (_, i) => ln(mu + 0.5) - ln(i + 1));
  const all = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / all);
  const muEffective = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const cSigma = (muEffective + 2) / (n + muEffective + 5);
  const c1 = 2 / ((n + 1.3) * (n + 1.3) + muEffective);
  return {
    mu,
    weights,
    muEffective,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEffective - 1) / (n + 1)) - 1) + cSigma,
    cC: (4 + muEffective / n) / (n + 4 + (2 * muEffective) / n),
    c1,
    cMu: Math.min(1 - c1, (2 * (muEffective - 2 + 1 / muEffective)) / ((n + 2) * (n + 2) + muEffective)),
    /** Mean length of a normal vector. */
    expected: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

const sums = (n: number, of: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => of(i));

// base^exponent, 0 < base < 1.
const power = (base: number, exponent: number): number => exp2(Math.max(-1000, (exponent * ln(base)) / Math.LN2));
