// From what readers found to a set to train on: the same width everywhere, labels in order, splits, and nothing of train
// among what validates and tests.
import { createHash } from "node:crypto";
import { near, UserError } from "../../spec/user-error.ts";
import type { Split } from "../clip.ts";
import { compare } from "../listing.ts";
import type { Notices } from "../notices.ts";
import { holdOut, type Shares } from "./hold-out.ts";
import type { FoundSequence, SequenceSet } from "./sequence-set.ts";
import { cutSeries } from "./series.ts";

export type SettleOptions = Shares & {
  /** The classes and their order, such as those of a trained model; absent: those of the data. */
  labels?: readonly string[];
};

/** @throws UserError for no sequences, widths that differ, labels missing or unknown, or a test set that is all in train */
export function settle(
  name: string,
  found: FoundSequence[],
  notices: Notices,
  options: SettleOptions = {},
): SequenceSet {
  if (found.length === 0)
    throw new UserError(`${name} holds no sequences`, "Check that it is the right file or folder.");
  requireOneWidth(found);
  const labels = labelsOf(found, options.labels);
  const index = new Map(labels?.map((label, n) => [label, n]));
  const hash = hashOf(found);
  const parts = cutSeries(found, options, notices);
  const keys = parts.map(({ x }) => createHash("sha256").update(bytesOf(x)).digest("base64"));
  const splits = holdOut(parts, keys, options, name, notices);
  noteLeaks(parts, keys, splits, name, notices);
  const { inputs, columns } = found[0];
  const sequences = parts.map(({ x, steps, label, targets, group, origin }, n) => ({
    x,
    steps,
    split: splits[n],
    ...(label !== undefined && { label: index.get(label)! }),
    ...(targets && { targets }),
    ...(group !== undefined && { group }),
    origin,
  }));
  return { name, hash, inputs, ...(columns && { columns }), ...(labels && { labels }), sequences };
}

/**
 * Refuses a set that no classifier can learn from.
 * @throws UserError for no labels, a single one, or one without sequences to train on
 */
export function requireClasses({ name, labels, sequences }: SequenceSet): void {
  if (!labels)
    throw new UserError(`${name} has no labels`, "Name the column that holds them with --label, or predict instead.");
  if (labels.length < 2)
    throw new UserError(`${name} has the one class "${labels[0]}"`, "Add sequences of another one.");
  for (const [index, label] of labels.entries()) {
    const members = sequences.filter((sequence) => sequence.label === index);
    if (members.some(({ split }) => split === "train")) continue;
    const [first] = members;
    throw new UserError(
      `class "${label}" has no training sequences in ${name}${first ? `, but ${members.length} in other splits (${first.origin})` : ""}`,
      first?.group === undefined ? "Add some, or leave the class out." : "Add some, or leave the column of groups out.",
    );
  }
}

function requireOneWidth(found: readonly FoundSequence[]): void {
  const [first] = found;
  for (const sequence of found) {
    const { inputs, outputs, columns, origin } = sequence;
    if (inputs !== first.inputs)
      throw new UserError(
        `${origin} has ${inputs} inputs a step, expected ${first.inputs} as in ${first.origin}`,
        "All sequences need the same inputs.",
      );
    if (outputs !== first.outputs)
      throw new UserError(
        `${origin} has ${outputs ?? "no"} targets a step, expected ${first.outputs ?? "none"} as in ${first.origin}`,
        "All sequences need the same targets.",
      );
    if (columns && first.columns && columns !== first.columns && columns.join() !== first.columns.join())
      throw new UserError(
        `${origin} has the inputs ${columns.join(", ")}, expected ${first.columns.join(", ")} as in ${first.origin}`,
        "Give all files the same columns in the same order.",
      );
  }
}

function labelsOf(found: readonly FoundSequence[], given: readonly string[] | undefined): string[] | undefined {
  const labelled = found.find(({ label }) => label !== undefined);
  if (!labelled) return undefined;
  const bare = found.find(({ label }) => label === undefined);
  if (bare)
    throw new UserError(
      `${bare.origin} has no label, others have one (${labelled.origin})`,
      "Label it or leave it out.",
    );
  const names = [...new Set(found.map(({ label }) => label!))];
  if (!given)
    return names.sort(names.every((name) => /^-?\d{1,15}$/.test(name)) ? (a, b) => Number(a) - Number(b) : compare);
  const unknown = found.find(({ label }) => !given.includes(label!));
  if (unknown) {
    const likely = near(unknown.label!, given);
    throw new UserError(
      `${unknown.origin}: label "${unknown.label}" is unknown${likely === undefined ? "" : `; did you mean "${likely}"`}`,
      `Known are ${given.join(", ")}.`,
    );
  }
  return [...given];
}

function hashOf(found: readonly FoundSequence[]): string {
  const hash = createHash("sha256");
  for (const { x, steps, inputs, label, group, split, targets, outputs } of found) {
    hash.update(`${JSON.stringify([steps, inputs, outputs ?? 0, label ?? null, group ?? null, split ?? null])}\n`);
    hash.update(bytesOf(x));
    if (targets) hash.update(bytesOf(targets));
  }
  return hash.digest("hex");
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

// The division keeps equal sequences together, so what is found here is the data's own, or that of groups which share them.
function noteLeaks(
  found: readonly FoundSequence[],
  keys: readonly string[],
  splits: readonly Split[],
  name: string,
  notices: Notices,
): void {
  const trained = new Map<string, number>();
  const groups = new Set<string>();
  found.forEach(({ group }, n) => {
    if (splits[n] !== "train") return;
    trained.set(keys[n], n);
    if (group !== undefined) groups.add(group);
  });
  const held = [...found.keys()].filter((n) => splits[n] !== "train");
  const leaked = held.filter((n) => trained.has(keys[n]));
  if (trained.size > 0 && leaked.length > 0 && leaked.length === held.length)
    throw new UserError(
      `all ${held.length} sequences of val and test in ${name} are in train, too: ${found[held[0]].origin} is ${found[trained.get(keys[held[0]])!].origin}`,
      "Test on sequences that training does not see.",
    );
  for (const n of leaked)
    notices.note(`${splits[n]} sequence also in train`, `${found[n].origin} is ${found[trained.get(keys[n])!].origin}`);
  for (const n of held) {
    const { group } = found[n];
    if (group !== undefined && groups.has(group))
      notices.note(`group in train and in ${splits[n]}, as the data gives it`, group);
  }
}
