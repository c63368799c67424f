// Users' sequences with a label each: told apart by the result of the last step.
import type { Notices } from "../../data/notices.ts";
import { measureNormalization, normalize } from "../../data/sequences/normalization.ts";
import type { SequenceSet } from "../../data/sequences/sequence-set.ts";
import { requireClasses } from "../../data/sequences/settle.ts";
import { UserError } from "../../spec/user-error.ts";
import { classesOf } from "../sources/classes.ts";
import { type Opened, partsOf, type Reading, recipesOf, type SequenceFacts } from "./own-data.ts";

/** A longer one does not fit into memory with what training keeps of each step. */
const mostSteps = 4096;
/** Sequences of a class, so that each part can have one. */
const least = 3;
/** Of the target that goes to all classes alike: a small model that is never quite sure quantizes better. */
const smoothing = 0.05;

/** @param trained what a model was trained with, which measures; absent: to be trained */
export function ownClasses(set: SequenceSet, reading: Reading, notices: Notices, trained?: SequenceFacts): Opened {
  if (!trained) requireLearnable(set, notices);
  const labels = set.labels!;
  const normalization = trained?.normalization ?? measureNormalization(set);
  const { naming, splitSeed, window } = reading;
  const facts: SequenceFacts = trained ?? {
    naming,
    splitSeed,
    window,
    ...(set.columns && { columns: set.columns }),
    normalization,
    parts: partsOf(set),
  };
  const sequences = set.sequences.map((sequence) => ({ ...sequence, x: normalize(sequence.x, normalization) }));
  const known = classesOf({ ...set, sequences }, { classes: labels.map((label) => [label]), smoothing });
  const counts = labels.map((_, i) => sequences.filter(({ split, label }) => split === "train" && label === i).length);
  const usual = counts.indexOf(Math.max(...counts));
  const data = {
    ...known,
    facts,
    async examine(...[runner, split]: Parameters<NonNullable<typeof known.examine>>) {
      const found = await known.examine!(runner, split);
      const members = sequences.filter((sequence) => sequence.split === split);
      const baseline = (100 * members.filter(({ label }) => label === usual).length) / members.length;
      return { ...found, baseline };
    },
  };
  return {
    data,
    task: {
      summary: `tell ${labels.join(", ")}`,
      source: "sequences of the user",
      inputs: set.inputs,
      outputs: labels.length,
      labels,
      metrics: {
        accuracy: { unit: "%", better: "higher", threshold: 0, baseline: "always the most frequent class" },
      },
      budgetSeconds: 3600,
      recipes: recipesOf(set.inputs, labels.length),
      open: async () => data,
    },
  };
}

function requireLearnable(set: SequenceSet, notices: Notices): void {
  requireClasses(set);
  const { name, labels, sequences } = set;
  const long = sequences.find(({ steps }) => steps > mostSteps);
  if (long)
    throw new UserError(
      `${long.origin} has ${long.steps} steps, expected at most ${mostSteps} in a sequence with one label`,
      "Cut it into shorter ones with the same label and group, or keep every tenth step.",
    );
  for (const [index, label] of labels!.entries()) {
    const members = sequences.filter((sequence) => sequence.label === index);
    const tested = members.some(({ split }) => split === "test");
    if (!tested && members.length < least)
      throw new UserError(
        `class "${label}" has ${members.length === 1 ? "one sequence" : `${members.length} sequences`} in ${name}, too few to train, validate and test`,
        `Add some, ${least} at least, or leave the class out.`,
      );
    for (const split of ["val", "test"] as const)
      if (!members.some((member) => member.split === split))
        notices.note(`${split} has no sequences of a class, so its figure says little`, label);
  }
}
