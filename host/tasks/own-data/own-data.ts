// Users' own sequences as a task like the registered ones: classes of whole sequences, or values to be predicted. What a
// model keeps of the data (names of columns, the seed of the split, normalisation) reads it again for quantize and evaluate.
import type { Split } from "../../data/clip.ts";
import type { Normalization } from "../../data/sequences/normalization.ts";
import type { Naming, SequenceSet } from "../../data/sequences/sequence-set.ts";
import { UserError } from "../../spec/user-error.ts";
import type { Recipe, Task, TaskData } from "../task.ts";

/** What can be asked of sequences; names of tasks as models keep them. */
export const ownTasks = ["classify", "predict"] as const;
export type OwnTask = (typeof ownTasks)[number];
export const isOwn = (task: string): task is OwnTask => (ownTasks as readonly string[]).includes(task);

/** How files are read and divided. */
export type Reading = {
  naming: Naming;
  /** Chooses among equally good divisions into train, val and test. Not the training's: one test for all seeds. */
  splitSeed: number;
  /** Steps that what is predicted is trained on at a time. */
  window: number;
};

/** What a model keeps of the sequences that it was trained on: no paths, none of their numbers but means and deviations. */
export type SequenceFacts = Reading & {
  /** Names of the inputs, where the data gives them. */
  columns?: string[];
  /** Of the inputs, measured on train. */
  normalization: Normalization;
  /** What is predicted: `ahead` is 1 for the next step's inputs, 0 for targets of the step itself. */
  targets?: { names: string[]; normalization: Normalization; ahead: 0 | 1 };
  parts: Record<Split, { sequences: number; steps: number; groups?: number }>;
};

export type Opened = { task: Task; data: TaskData };

/** What a model keeps of its sequences. @throws UserError where it keeps nothing, or not that */
export function factsIn({ task, sequences }: { task?: unknown; sequences?: unknown } = {}): SequenceFacts {
  const { normalization, naming, splitSeed, parts } = (sequences ?? {}) as Partial<SequenceFacts>;
  const sound = [normalization?.mean, normalization?.deviation].every(
    (values) => Array.isArray(values) && values.every(Number.isFinite),
  );
  if (!sound || !naming || !parts || !Number.isInteger(splitSeed))
    throw new UserError(`the model does not say how its sequences are read for ${task}`, "train it again");
  return sequences as SequenceFacts;
}

/** Sequences, steps and groups in each part. */
export function partsOf({ sequences }: SequenceSet): SequenceFacts["parts"] {
  const of = (split: Split) => {
    const members = sequences.filter((sequence) => sequence.split === split);
    const groups = new Set(members.flatMap(({ group }) => (group === undefined ? [] : [group]))).size;
    const steps = members.reduce((sum, member) => sum + member.steps, 0);
    return { sequences: members.length, steps, ...(groups > 0 && { groups }) };
  };
  return { train: of("train"), val: of("val"), test: of("test") };
}

/** A GRU, which lends its numbers to every other cell. */
export function recipesOf(inputs: number, outputs: number): Record<string, Recipe> {
  return {
    gru: {
      blueprint: {
        inputs,
        layers: [
          { cell: "gru", units: 32 },
          { cell: "dense", units: outputs },
        ],
      },
      batch: 32,
      steps: 2000,
      validateEvery: 50,
      schedule: { kind: "cosine", rate: 5e-3, floor: 0.01 },
      clipNorm: 1,
    },
  };
}
