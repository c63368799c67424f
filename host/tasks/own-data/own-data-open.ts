// Opens users' own sequences: to train on, or again for a model that was trained on them.
import type { Notices } from "../../data/notices.ts";
import { findAll, nameOf } from "../../data/sequences/read.ts";
import type { FoundSequence, SequenceSet } from "../../data/sequences/sequence-set.ts";
import { settle } from "../../data/sequences/settle.ts";
import type { Training } from "../../model/float-model.ts";
import { UserError } from "../../spec/user-error.ts";
import { factsIn, type Opened, type OwnTask, type Reading, type SequenceFacts } from "./own-data.ts";
import { ownClasses } from "./own-data-classes.ts";
import { ownValues } from "./own-data-values.ts";

/**
 * Reads and divides files and folders to train on.
 * @throws UserError for what is wrong in them, and for what cannot be learnt or tested
 */
export async function openOwn(
  kind: OwnTask,
  paths: readonly string[],
  reading: Reading,
  notices: Notices,
): Promise<Opened> {
  const found = await findAll(paths, notices, reading.naming);
  return taskOf(kind, settle(nameOf(paths), found, notices, { seed: reading.splitSeed }), reading, notices);
}

/**
 * Reads the data of a trained model again: divided as it was for the training, where it is the same.
 * @param split what is wanted of other data, which has to call it so itself; absent: other data will not do
 * @throws UserError for data of another kind than the model's, or that has changed
 */
export async function reopenOwn(
  training: Training,
  labels: readonly string[],
  paths: readonly string[],
  notices: Notices,
  split?: "val" | "test",
): Promise<Opened> {
  const kind = training.task as OwnTask;
  const facts = factsIn(training);
  const name = nameOf(paths);
  const found = await findAll(paths, notices, facts.naming);
  requireSameInputs(found, facts);
  const options = kind === "classify" ? { labels } : {};
  const whole = settleWhole(name, found, options);
  if (whole.hash === training.data.hash)
    return taskOf(kind, settle(name, found, notices, { ...options, seed: facts.splitSeed }), facts, notices, facts);
  const [then, now] = [training.data.hash, whole.hash].map((hash) => hash.slice(0, 12));
  const what =
    name === training.data.name
      ? `${name} has changed since the model was trained on it (SHA-256 ${now}…, then ${then}…)`
      : `${name} is not the data that the model was trained on, ${training.data.name} (SHA-256 ${now}…, not ${then}…)`;
  if (split === undefined) throw new UserError(what, "Give that data, or train again on this.");
  if (!whole.sequences.some((sequence) => sequence.split === split))
    throw new UserError(
      `${what}, and no sequence of it says that it is for ${split}`,
      `To measure on new data, call the file ${split}.csv, or say ${split} in a column split.`,
    );
  notices.note(`other data than the model was trained on; what it calls ${split} is measured`, name);
  return taskOf(kind, whole, facts, notices, facts);
}

// Without anything held out.
const settleWhole = (name: string, found: FoundSequence[], options: { labels?: readonly string[] }): SequenceSet =>
  settle(name, found, { note() {} } as unknown as Notices, { ...options, val: 0, test: 0 });

function taskOf(kind: OwnTask, set: SequenceSet, reading: Reading, notices: Notices, trained?: SequenceFacts): Opened {
  return (kind === "classify" ? ownClasses : ownValues)(set, reading, notices, trained);
}

function requireSameInputs(found: readonly FoundSequence[], { columns, normalization: { mean } }: SequenceFacts): void {
  for (const { inputs, columns: names, origin } of found) {
    if (inputs !== mean.length)
      throw new UserError(
        `${origin} has ${inputs} inputs a step, the model takes ${mean.length}`,
        columns ? `It was trained on ${columns.join(", ")}.` : "Give data like that which it was trained on.",
      );
    if (names && columns && names.join() !== columns.join())
      throw new UserError(
        `${origin} has the inputs ${names.join(", ")}, the model was trained on ${columns.join(", ")}`,
        "Give the columns the same names and order.",
      );
  }
}
