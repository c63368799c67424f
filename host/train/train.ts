// The loop: material gives passes, the optimizer steps, validation chooses; stops when told, keeps a checkpoint, and says
// how far it is. Every random choice is keyed by seed and step, so a run depends on nothing but its options and data.
import { setImmediate } from "node:timers/promises";
import type { Network } from "../autodiff/network.ts";
import type { Epoch } from "../model/float-model.ts";
import { keepBounds } from "./bounds.ts";
import { type Checkpoint, noSums, readCheckpoint, type Sums, writeCheckpoint } from "./checkpoint.ts";
import { Optimizer, type OptimizerOptions } from "./optimizer.ts";
import { rateAt, type Schedule } from "./schedule.ts";

/** What one step has learnt from: the loss, and how many of the examples that were counted came out right. */
export type Outcome = { loss: number; correct: number; examples: number };

/** What a task gives the loop. */
export type Material = {
  stepsPerEpoch: number;
  /** `prepare` has work in this many epochs, the first ones; for the estimate of the time left. */
  preparations?: number;
  /** Makes what an epoch needs. Long work awaits now and then, and returns early if the signal is aborted. */
  prepare?(epoch: number, signal: AbortSignal | undefined): Promise<void>;
  /** Runs the passes of a step, forward and backward, which adds gradients to those that are there. */
  accumulate(network: Network, epoch: number, step: number): Outcome;
  /** A validation's figure, greater is better: mostly the fraction right, 0 … 1. Leaves no trace in the network but its states. */
  validate?(network: Network): number | Promise<number>;
  /** Brings parameters back into their bounds after a step; absent: those of their cells. */
  constrain?(network: Network): void;
  /** What the next step needs besides parameters, such as carried states. */
  save?(): Record<string, Float32Array>;
  load?(carried: Record<string, Float32Array>): void;
};

export type TrainOptions = {
  epochs: number;
  optimizer: OptimizerOptions;
  schedule: Schedule;
  /** Greatest norm of the gradient over all parameters. */
  clipNorm?: number;
  /** Ends after so many epochs without a better validation. */
  patience?: number;
  /** Ends after a validation that is at least this. */
  enough?: number;
  /** Where a checkpoint is kept, and what it must be of; without it none is written. */
  checkpoint?: { path: string; run: string };
};

export type Progress = {
  /** The running epoch, from 1. */
  epoch: number;
  epochs: number;
  /** Steps done in this epoch. */
  step: number;
  steps: number;
  /** Mean of this epoch's steps so far. */
  loss: number;
  /** Of this epoch's training examples. */
  accuracy: number;
  /** Of the last validation. */
  validation?: number;
  /** Absent until a step and, if there are validations, one of them have shown how long they take. */
  secondsLeft?: number;
};

export type TrainResult = {
  /** `diverged`: for the reason that is given; `aborted`: the signal came. */
  ended: "finished" | "early" | "aborted" | "diverged";
  /** Why a run diverged: the loss or a gradient was no number, or losses stayed far above the first. */
  reason?: string;
  /** Whole ones, and steps in all. */
  epoch: number;
  steps: number;
  /** The parameters with the best validation (of equals the later), those at the end without one. */
  parameters: Float32Array[][];
  validation?: number;
  /** One entry for each epoch that was finished, those before a stop included. */
  history: Epoch[];
};

/** A run has diverged when losses are so many times the first one, so often in a row. */
const diverged = { times: 10, steps: 20 };

/**
 * Trains a network in place.
 * @param network not yet stepped, since the optimizer lays out its memory here
 * @param signal ends the run within one step; the checkpoint then holds the last finished step
 */
export async function train(
  network: Network,
  material: Material,
  options: TrainOptions,
  onProgress: (progress: Progress) => void = () => {},
  signal?: AbortSignal,
): Promise<TrainResult> {
  const run = new Run(network, material, options);
  run.resume();
  return run.go(onProgress, signal);
}

class Run {
  readonly #optimizer: Optimizer;
  readonly #steps: number;
  readonly #clock = new Clock();
  #step = 0;
  #best: Checkpoint["best"];
  #history: Epoch[] = [];
  #sums: Sums = { ...noSums };
  /** The first step's loss, and how many of the last ones in a row were far above it. */
  #losses: NonNullable<Checkpoint["losses"]> = { above: 0 };
  #reason: string | undefined;

  constructor(
    readonly network: Network,
    readonly material: Material,
    readonly options: TrainOptions,
  ) {
    this.#optimizer = new Optimizer(network, options.optimizer);
    this.#steps = options.epochs * material.stepsPerEpoch;
  }

  resume(): void {
    const { checkpoint } = this.options;
    const kept = checkpoint && readCheckpoint(checkpoint.path, checkpoint.run);
    if (!kept) return;
    this.network.writeParameters(kept.parameters);
    this.#optimizer.write(kept.optimizer);
    this.material.load?.(kept.carried);
    this.#step = kept.step;
    this.#best = kept.best;
    this.#history = kept.history;
    this.#sums = { ...kept.sums };
    this.#losses = { ...(kept.losses ?? this.#losses) };
  }

  async go(onProgress: (progress: Progress) => void, signal?: AbortSignal): Promise<TrainResult> {
    const { material, options } = this;
    this.network.clearGradients();
    while (this.#step < this.#steps) {
      const epoch = Math.floor(this.#step / material.stepsPerEpoch);
      this.#clock.begin();
      await material.prepare?.(epoch, signal);
      this.#clock.done("preparation");
      const stopped = await this.#runEpoch(epoch, onProgress, signal);
      if (stopped) return this.#end(stopped);
      await this.#judge(epoch);
      this.#save();
      this.#clock.done("validation");
      if (this.#best && this.#best.accuracy >= (options.enough ?? Number.POSITIVE_INFINITY)) return this.#end("early");
      const waited = this.#best ? epoch - this.#best.epoch : 0;
      if (waited >= (options.patience ?? Number.POSITIVE_INFINITY)) return this.#end("early");
    }
    return this.#end("finished");
  }

  // The rest of an epoch's steps; why it stopped before its end, if it did.
  async #runEpoch(
    epoch: number,
    onProgress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<"aborted" | "diverged" | undefined> {
    const { material, options } = this;
    const { stepsPerEpoch } = material;
    const preparations = Math.min(options.epochs, material.preparations ?? 0) - epoch - 1;
    const last = this.#history.at(-1)?.validation;
    while (this.#step < (epoch + 1) * stepsPerEpoch) {
      await setImmediate();
      if (signal?.aborted) return "aborted";
      const { loss, correct, examples } = material.accumulate(this.network, epoch, this.#step % stepsPerEpoch);
      const rate = rateAt(options.schedule, this.#step, this.#steps);
      const norm = Number.isFinite(loss) ? this.#optimizer.step(rate, options.clipNorm) : Number.NaN;
      this.#reason = this.#divergence(loss, norm);
      if (this.#reason !== undefined) return "diverged";
      if (material.constrain) material.constrain(this.network);
      else keepBounds(this.network);
      this.#step++;
      this.#clock.done("step");
      const sums = this.#sums;
      sums.steps++;
      sums.loss += loss;
      sums.correct += correct;
      sums.examples += examples;
      onProgress({
        epoch: epoch + 1,
        epochs: options.epochs,
        step: this.#step - epoch * stepsPerEpoch,
        steps: stepsPerEpoch,
        ...means(sums),
        validation: last,
        secondsLeft: this.#clock.seconds({
          preparation: preparations,
          step: this.#steps - this.#step,
          validation: material.validate ? options.epochs - epoch : 0,
        }),
      });
    }
    return undefined;
  }

  #divergence(loss: number, norm: number): string | undefined {
    if (!Number.isFinite(loss)) return `the loss is ${loss}`;
    if (!Number.isFinite(norm)) return `the gradient's norm is ${norm}`;
    const losses = this.#losses;
    losses.first ??= loss;
    losses.above = loss > diverged.times * losses.first ? losses.above + 1 : 0;
    if (losses.above < diverged.steps) return undefined;
    const [now, first] = [loss, losses.first].map((value) => value.toPrecision(3));
    return `the loss is ${now}, and has been above ${diverged.times} times the first one, ${first}, for ${diverged.steps} steps`;
  }

  async #judge(epoch: number): Promise<void> {
    const validation = await this.material.validate?.(this.network);
    const rate = rateAt(this.options.schedule, this.#step - 1, this.#steps);
    this.#history.push({ epoch: epoch + 1, ...means(this.#sums), validation, rate });
    this.#sums = { ...noSums };
    if (validation === undefined || validation < (this.#best?.accuracy ?? Number.NEGATIVE_INFINITY)) return;
    this.#best = { accuracy: validation, epoch, parameters: this.network.readParameters() };
  }

  #save(): void {
    const { checkpoint } = this.options;
    if (!checkpoint) return;
    writeCheckpoint(checkpoint.path, {
      run: checkpoint.run,
      step: this.#step,
      parameters: this.network.readParameters(),
      optimizer: this.#optimizer.read(),
      best: this.#best,
      history: this.#history,
      sums: this.#sums,
      losses: this.#losses,
      carried: this.material.save?.() ?? {},
    });
  }

  // A diverged run keeps the checkpoint of the last epoch that was sound.
  #end(ended: TrainResult["ended"]): TrainResult {
    if (ended === "aborted") this.#save();
    return {
      ended,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      epoch: Math.floor(this.#step / this.material.stepsPerEpoch),
      steps: this.#step,
      parameters: this.#best?.parameters ?? this.network.readParameters(),
      validation: this.#best?.accuracy,
      history: this.#history,
    };
  }
}

const means = ({ steps, loss, correct, examples }: Sums): Pick<Epoch, "loss" | "accuracy"> => ({
  loss: loss / Math.max(1, steps),
  accuracy: correct / Math.max(1, examples),
});

type Work = "preparation" | "step" | "validation";

// How long each kind of work took until now, and so how long the rest of it will.
class Clock {
  #last = 0;
  #seen: Record<Work, { count: number; ms: number }> = {
    preparation: { count: 0, ms: 0 },
    step: { count: -1, ms: 0 }, // the first one compiles, and says nothing of others
    validation: { count: 0, ms: 0 },
  };

  begin(): void {
    this.#last = performance.now();
  }

  done(work: Work): void {
    const now = performance.now();
    const seen = this.#seen[work];
    if (++seen.count > 0) seen.ms += now - this.#last;
    this.#last = now;
  }

  /** Undefined before there was one of each kind that is left. */
  seconds(left: Record<Work, number>): number | undefined {
    let ms = 0;
    for (const [work, seen] of Object.entries(this.#seen) as [Work, { count: number; ms: number }][]) {
      if (left[work] <= 0) continue;
      if (seen.count < 1) return undefined;
      ms += (left[work] * seen.ms) / seen.count;
    }
    return ms / 1000;
  }
}
