// The loop: generations are drawn, judged in integers and told of; the best of one that came through its episode is validated; a search
// that is worn out begins anew. Random numbers are keyed by seed and generation, so a stopped run goes on to the same bytes.
import { setImmediate } from "node:timers/promises";
import type { FloatLayer } from "../compile/cell.ts";
import { Random } from "../data/random.ts";
import type { Epoch } from "../model/float-model.ts";
import { UserError } from "../spec/user-error.ts";
import type { Candidates } from "./candidates.ts";
import { readCheckpoint, type State, writeCheckpoint } from "./checkpoint.ts";
import { CmaEs, ranked } from "./cma-es.ts";
import { type Episode, integerStep, play } from "./episode.ts";

/** What a policy was worth, greater is better, NaN for nothing that can be said; `whole` if it came to the episode's end. */
export type Worth = { fitness: number; whole: boolean };

/** What a task gives the loop. */
export type World = {
  /** Nothing but the policy decides how it ends. */
  episode(): Episode<Worth>;
  /** A validation's figure, greater is better, of the integers in a file. */
  validate(file: Uint8Array): Promise<number>;
};

/** Numbers of the optimizer. */
export type Search = {
  /** Candidates of a generation. */
  lambda: number;
  /** Their first deviation in each gene, around zero. */
  sigma: number;
  /** Evaluations after which a search begins anew. */
  restartAfter: number;
};

export type EvolveOptions = Search & {
  seed: number;
  /** At most; each is one episode of a candidate. */
  evaluations: number;
  /** Evaluations of an entry of the history. */
  every: number;
  /** Ends after a validation that is at least this. */
  enough?: number;
  /** Where a checkpoint is kept, and what it must be of. */
  checkpoint?: { path: string; run: string };
};

export type EvolutionProgress = {
  evaluations: number;
  most: number;
  /** The best so far. */
  fitness: number;
  /** The best validation so far. */
  validation?: number;
  secondsLeft: number;
};

export type Evolved = {
  /** Whether a validation was enough. */
  reached: boolean;
  /** Of the best validation, or of the greatest fitness where nothing was validated above it. */
  layers: FloatLayer[];
  validation: number;
  fitness: number;
  /** That were done. */
  evaluations: number;
  restarts: number;
  /** Evaluations without a fitness. */
  failed: number;
  history: Epoch[];
};

/** A search whose candidates are nearer to each other, or further apart, is worn out. */
const spreads = { least: 1e-6, most: 1e3 };

/**
 * @param signal ends the run after a generation; the checkpoint then holds all that was done
 * @returns undefined if the signal came
 * @throws UserError for a fitness that throws, and for a generation without any
 */
export async function evolve(
  candidates: Candidates,
  world: World,
  options: EvolveOptions,
  onProgress: (progress: EvolutionProgress) => void = () => {},
  signal?: AbortSignal,
): Promise<Evolved | undefined> {
  return new Run(candidates, world, options).go(onProgress, signal);
}

class Run {
  readonly #state: State;
  /** Why the last candidate of which no file could be made was none. */
  #refusal: UserError | undefined;

  constructor(
    readonly candidates: Candidates,
    readonly world: World,
    readonly options: EvolveOptions,
  ) {
    const { checkpoint, sigma } = options;
    this.#state = (checkpoint && readCheckpoint(checkpoint)) ?? {
      evaluations: 0,
      generation: 0,
      restarts: 0,
      failed: 0,
      strategy: CmaEs.start(candidates.genes, sigma),
      history: [],
      sums: { generations: 0, fitness: 0 },
    };
  }

  async go(onProgress: (progress: EvolutionProgress) => void, signal?: AbortSignal): Promise<Evolved | undefined> {
    const state = this.#state;
    const { lambda, evaluations: most, every, enough = Number.POSITIVE_INFINITY } = this.options;
    const begun = { at: performance.now(), evaluations: state.evaluations };
    const reached = () => (state.best?.validation ?? Number.NEGATIVE_INFINITY) >= enough;
    while (state.evaluations < most && !reached()) {
      await setImmediate();
      if (signal?.aborted) {
        this.#save();
        return undefined;
      }
      await this.#generation();
      const whole = state.sums.generations * lambda >= every;
      if (whole || state.evaluations >= most || reached()) this.#enter();
      if (whole) this.#save();
      const each = (performance.now() - begun.at) / (state.evaluations - begun.evaluations);
      const { fitness, validation } = state.best!;
      const secondsLeft = ((most - state.evaluations) * each) / 1000;
      onProgress({ evaluations: state.evaluations, most, fitness, validation, secondsLeft });
    }
    return this.#end(reached());
  }

  async #generation(): Promise<void> {
    const state = this.#state;
    const { lambda, seed } = this.options;
    const strategy = this.#strategy();
    const drawn = strategy.ask(new Random(seed, "evolve", state.generation));
    const worths = drawn.map((genes, i) => this.#judge(genes, i));
    const fitness = worths.map((worth) => worth.fitness);
    if (this.#refusal && fitness.every((value) => Number.isNaN(value))) throw this.#refusal;
    const [first] = ranked(fitness);
    const genes = [...drawn[first]];
    const validation = worths[first].whole ? await this.world.validate(this.#fileOf(genes)!) : undefined;
    this.#keep({ genes, fitness: fitness[first], validation });
    state.strategy = strategy.tell(fitness);
    state.evaluations += lambda;
    state.generation++;
    state.failed += fitness.filter((value) => Number.isNaN(value)).length;
  }

  // The search as it stands, or a new one.
  #strategy(): CmaEs {
    const state = this.#state;
    const { lambda, sigma, restartAfter } = this.options;
    const strategy = new CmaEs(lambda, state.strategy);
    const young = state.strategy.generation * lambda < restartAfter;
    if (young && strategy.spread >= spreads.least && strategy.spread <= spreads.most) return strategy;
    state.restarts++;
    return new CmaEs(lambda, CmaEs.start(this.candidates.genes, sigma));
  }

  #judge(genes: Float64Array, i: number): Worth {
    const file = this.#fileOf(genes);
    if (!file) return { fitness: Number.NaN, whole: false };
    try {
      return play(this.world.episode(), integerStep(this.candidates.integers(file)));
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const { generation } = this.#state;
      throw new UserError(
        `the fitness of candidate ${i} in generation ${generation} threw: ${(cause as Error).message}`,
        "look for it in the task's fitness",
        { cause },
      );
    }
  }

  // Weights that no format holds make no candidate.
  #fileOf(genes: ArrayLike<number>): Uint8Array | undefined {
    try {
      return this.candidates.file(this.candidates.layers(genes));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#refusal = error;
      return undefined;
    }
  }

  // The better validation counts, then the greater fitness.
  #keep(found: NonNullable<State["best"]>): void {
    const { best, sums } = this.#state;
    const { fitness, validation = Number.NEGATIVE_INFINITY } = found;
    const before = best?.validation ?? Number.NEGATIVE_INFINITY;
    if (!best || validation > before || (validation === before && fitness > best.fitness)) this.#state.best = found;
    sums.generations++;
    sums.fitness += fitness;
    if (found.validation !== undefined) sums.validation = Math.max(found.validation, sums.validation ?? validation);
  }

  #enter(): void {
    const { sums, history, strategy } = this.#state;
    const fitness = sums.fitness / sums.generations;
    const { validation } = sums;
    history.push({ epoch: history.length + 1, loss: -fitness, fitness, accuracy: 0, validation, rate: strategy.sigma });
    this.#state.sums = { generations: 0, fitness: 0 };
  }

  #save(): void {
    const { checkpoint } = this.options;
    if (checkpoint) writeCheckpoint(checkpoint, this.#state);
  }

  async #end(reached: boolean): Promise<Evolved> {
    const { best, evaluations, restarts, failed, history } = this.#state;
    const layers = this.candidates.layers(best!.genes);
    const validation = best!.validation ?? (await this.world.validate(this.candidates.file(layers)));
    return { reached, layers, validation, fitness: best!.fitness, evaluations, restarts, failed, history };
  }
}
