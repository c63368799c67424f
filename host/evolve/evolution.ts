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
import type { Evaluate, Verdict } from "./judge.ts";

/** What a task gives the loop. */
export type World = {
  /** Wherever that is done. */
  evaluate: Evaluate;
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
 * @param signal ends the run; the checkpoint then holds all generations that were done, as it does after an error
 * @returns undefined if the signal came
 * @throws UserError for a fitness that throws, for a generation without any, and what `evaluate` throws
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
    const stopped = rejectsOn(signal);
    while (state.evaluations < most && !reached()) {
      await setImmediate();
      try {
        signal?.throwIfAborted();
        await Promise.race([this.#generation(), stopped]);
      } catch (error) {
        if (signal?.aborted || state.evaluations > 0) this.#save();
        if (signal?.aborted) return undefined;
        throw error;
      }
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

  // Changes the state at its end: what throws before leaves that of the generation before.
  async #generation(): Promise<void> {
    const state = this.#state;
    const { lambda, seed } = this.options;
    const { strategy, restarts } = this.#strategy();
    const drawn = strategy.ask(new Random(seed, "evolve", state.generation));
    const verdicts = await this.world.evaluate(drawn);
    refuseThrown(verdicts, state.generation);
    const fitness = verdicts.map((verdict) => verdict.fitness);
    const refused = verdicts.find((verdict) => verdict.refused)?.refused;
    if (refused && fitness.every((value) => Number.isNaN(value))) throw new UserError(refused.what, refused.hint);
    const [first] = ranked(fitness);
    const genes = [...drawn[first]];
    const validation = verdicts[first].whole ? await this.world.validate(this.#fileOf(genes)) : undefined;
    this.#keep({ genes, fitness: fitness[first], validation });
    state.strategy = strategy.tell(fitness);
    state.restarts = restarts;
    state.evaluations += lambda;
    state.generation++;
    state.failed += fitness.filter((value) => Number.isNaN(value)).length;
  }

  // The search as it stands, or a new one.
  #strategy(): { strategy: CmaEs; restarts: number } {
    const { strategy: kept, restarts } = this.#state;
    const { lambda, sigma, restartAfter } = this.options;
    const strategy = new CmaEs(lambda, kept);
    const young = kept.generation * lambda < restartAfter;
    if (young && strategy.spread >= spreads.least && strategy.spread <= spreads.most) return { strategy, restarts };
    return { strategy: new CmaEs(lambda, CmaEs.start(this.candidates.genes, sigma)), restarts: restarts + 1 };
  }

  #fileOf(genes: ArrayLike<number>): Uint8Array {
    return this.candidates.file(this.candidates.layers(genes));
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

function refuseThrown(verdicts: readonly Verdict[], generation: number): void {
  const i = verdicts.findIndex(({ threw }) => threw);
  if (i < 0) return;
  const { what, hint } = verdicts[i].threw!;
  if (hint !== undefined) throw new UserError(what, hint);
  throw new UserError(
    `the fitness of candidate ${i} in generation ${generation} threw: ${what}`,
    "look for it in the task's fitness",
  );
}

/** A promise that a signal rejects: what waits for other machines is left at once. */
function rejectsOn(signal: AbortSignal | undefined): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => {}); // it may come while nobody waits
  return stopped;
}
