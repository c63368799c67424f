// What a sequence task is: where its data comes from, what is measured, what the paper published, and how each architecture is
// trained on it. A file kinds/NAME.ts that exports `task` is one; registry.ts finds it there.
import type { Network } from "../autodiff/network.ts";
import type { Node } from "../autodiff/tape.ts";
import type { Blueprint } from "../compile/blueprint.ts";
import type { Random } from "../data/random.ts";
import type { Genome } from "../evolve/candidates.ts";
import type { Search } from "../evolve/evolution.ts";
import type { Trial } from "../evolve/judge.ts";
import type { Decoding, FloatModel } from "../model/float-model.ts";
import type { FrontEnd } from "../spec/frontend.ts";
import type { Lesson, ReadOut } from "../train/reservoir.ts";
import type { Schedule } from "../train/schedule.ts";
import type { Outcome } from "../train/train.ts";
import type { Runner } from "./runner.ts";

export type Metric = {
  /** `%`, `MSE` …: what `threshold` and values are in. */
  unit: string;
  better: "higher" | "lower";
  /** From the paper; absent where it gives none. By architecture where it gives more than one. */
  published?: number | Record<string, number>;
  /** What is published was quoted from memory, and not looked up again. */
  recalled?: true;
  threshold: number;
  /** What integers must reach, where that is not the same. */
  integerThreshold?: number;
  /** What reaches the threshold without learning, where that is all that it is: "the most frequent class alone". */
  baseline?: string;
  /** What integers may lose against float, in the unit; absent: 0.5 of `%`, else 2 % of the float's value. */
  budget?: number;
};

/** What was published of an architecture, a name of the task's recipes. */
export const publishedOf = ({ published }: Metric, architecture: string): number | undefined =>
  typeof published === "object" ? published[architecture] : published;

/** Whether a value is at its threshold or better. */
export const meets = (value: number, { better, threshold }: Pick<Metric, "better" | "threshold">): boolean =>
  better === "higher" ? value >= threshold : value <= threshold;

/** A value of which the greater is the better. */
export const upward = (value: number, { better }: Pick<Metric, "better">): number =>
  better === "higher" ? value : -value;

/** What integers have to meet. */
export const ofIntegers = (metric: Metric): Metric => ({
  ...metric,
  threshold: metric.integerThreshold ?? metric.threshold,
});

/** Values by metric. */
export type Scores = Record<string, number>;

/** Scores, and what lies behind them. */
export type Examination = {
  scores: Scores;
  /** What takes no learning reaches on the same sequences, in the first metric's unit: it stands in place of its threshold. */
  baseline?: number;
  /** Of classes: [true][decided], counts, in the order of the labels. */
  confusion?: number[][];
  /** What is to be said of the model, found by its results. */
  warnings?: readonly string[];
  /** Of values that are predicted: the root of the mean squared error in their own unit, and that of the baseline. */
  values?: { name: string; error: number; baseline: number }[];
};

/** Sequences to learn from, all of a length. */
export type Batch = {
  /** Step by step, [batch][inputs]. */
  frames: Float32Array[];
  /** Steps of each sequence, where some are shorter: backward layers begin there. */
  lengths?: ArrayLike<number>;
  /** The sequences go on where those of the step before ended: from its states, which give no gradients (truncated backpropagation). */
  continues?: boolean;
  /** Adds the gradients of the loss to the results' nodes, one for each step. */
  loss(network: Network, results: readonly Node[]): Outcome;
};

/** A task's data, read or made. */
export type TaskData = {
  name: string;
  /** SHA-256 of what was read, or of what made it. */
  hash: string;
  /**
   * Of a training step; nothing but its arguments decides it.
   * @param progress of the training, 0 … 1: easier at first
   * @param step its number, for sequences that are learnt piece by piece
   */
  batch(size: number, random: Random, progress?: number, step?: number): Batch;
  /** First values of the read-out's bias, where the data suggests them: how frequent each result is. */
  outputBias?: Float32Array;
  /** Frames of sequences whose ranges decide formats, [steps][inputs] each: of training data. */
  calibration(): Float32Array[];
  /** What a network is shown whose read-out is solved for (a recipe's `readOut`). */
  lesson?: Lesson;
  /** What a policy is worth that is evolved (a recipe's `evolve`): nothing but its results decides it. */
  fitness?: Trial;
  /** Choices are made on `val`, figures on `test`. */
  evaluate(runner: Runner, split: "val" | "test"): Promise<Scores>;
  /** The same with what lies behind it, where there is more than scores. */
  examine?(runner: Runner, split: "val" | "test"): Promise<Examination>;
  /** Of users' own data: how it is read, which a model keeps. */
  facts?: Record<string, unknown>;
};

/** How an architecture is trained: every number of it. */
export type Recipe = {
  blueprint: Blueprint;
  /** Seeds that the zoo tries, from 1; the best on validation is taken. 1 if absent. */
  seeds?: number;
  /** Seeds of the zoo whose median, of an even number the worse of two, is its figure, where none is to be chosen. */
  medianOf?: number[];
  batch: number;
  /** Batches of a step, whose gradients are added up: where sequences that can be together in one are few. 1 if absent. */
  accumulate?: number;
  /** Steps in all, and between validations. */
  steps: number;
  validateEvery: number;
  schedule: Schedule;
  clipNorm: number;
  weightDecay?: number;
  /** What part of the schedule's rate a parameter is trained at, by its name in the cell. 1 where absent. */
  rates?: Record<string, number>;
  /** No training by gradients: this is solved for on the lesson of the data, for the float network and again for the integers. */
  readOut?: ReadOut;
  /**
   * No training by gradients: weights are evolved by the fitness of the data, as the integers of a board. `steps` are then evaluations,
   * an entry of the history has `validateEvery` of them.
   */
  evolve?: Search &
    Genome & {
      /** Of the seeds that the zoo tries so many must come to `enough`. */
      seedsSolved: number;
    };
  /** No training: what the network holds it learns from its own frames, on the board too. */
  untrained?: true;
  /** No training of the network as a whole: its parts are trained one after the other, each as a network of its own, and put together. */
  stages?: Stage[];
  /** Ends when the first metric of a validation is this or better. */
  enough?: number;
  /** Ends after so many validations without a better one. */
  patience?: number;
  /** Part of a layer's inputs that are dropped while training, by layer. */
  dropout?: Record<string, number>;
  /** Products read matrices rounded to int8 rows from this part of the training on; validations and the model have them so always. */
  roundFrom?: number;
  /** Changes a parameter's first values. */
  initialize?(layer: string, parameter: string, values: Float32Array, random: Random): void;
  /** Brings a parameter back into its bounds after each step. */
  constrain?(layer: string, parameter: string, values: Float32Array): void;
  /** Before each step of training, `progress` from 0 to 1: sets the network's hooks (between, feedback, layers' after) as it needs. */
  prepare?(network: Network, progress: number, random: Random): void;
  /** What is added to the loss, its gradient added to the parameters' gradients. */
  penalty?(network: Network, progress: number): number;
};

/** A part of a network that is trained by itself (host/tasks/stages.ts). */
export type Stage = {
  name: string;
  /** The stage before whose parameters it begins with, by the names of layers and parameters; where it has more rows, they are the first. */
  from?: string;
  recipe: Recipe;
  /** The first one chooses among its checkpoints. */
  metrics: Record<string, Metric>;
  /** What it learns from. @param before the models of the stages before it */
  data(data: TaskData, before: readonly FloatModel[]): Promise<TaskData>;
  /** Where its parameters go, LAYER.PARAMETER of its own to LAYER.PARAMETER of the whole; of a longer one the first rows. */
  gives?: Record<string, string>;
};

export type Task = {
  summary: string;
  /** Authors, title, venue, year. */
  source: string;
  inputs: number;
  outputs: number;
  /** Names of the outputs where they are classes or symbols. */
  labels?: string[];
  /** Of sequences that are sound: what makes their frames, and what detects labels; models then take sound. */
  hearing?: { frontEnd: FrontEnd; decoding: Decoding };
  /** The first one chooses among checkpoints. */
  metrics: Record<string, Metric>;
  /** Seconds that training may take on one core. */
  budgetSeconds: number;
  /** By architecture, the name of a zoo row. */
  recipes: Record<string, Recipe>;
  /** @param folder of real data sets (their names are the task's own); UserError where it lacks what the task reads */
  open(folder: string | undefined): Promise<TaskData>;
};
