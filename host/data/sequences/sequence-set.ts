// Sequences of numbers, as training takes them and as readers find them.
import type { Split } from "../clip.ts";
import type { Notices } from "../notices.ts";

/** Steps of numbers, with what is known of them. Every array has a buffer of its own, so that it may be transferred. */
export type Sequence = {
  x: Float32Array; // [steps][inputs]
  steps: number;
  split: Split;
  /** Class of the whole sequence, an index into the set's labels. */
  label?: number;
  targets?: Float32Array; // [steps][outputs]
  /** Person, writer, speaker: where the reader divides, no group is in two splits. */
  group?: string;
  /** `file:line` or `file[index]`, for messages. */
  origin: string;
};

export type SequenceSet = {
  name: string;
  /** SHA-256 of numbers, labels, groups and splits as found, in their order; neither of paths nor of what was held out. */
  hash: string;
  inputs: number;
  /** Names of the inputs, where the data gives them. */
  columns?: string[];
  /** Classes: numbers in their order, else by code units. */
  labels?: string[];
  sequences: Sequence[];
};

/** What a reader finds: labels by name, splits only where the data gives them. */
export type FoundSequence = Omit<Sequence, "split" | "label"> & {
  inputs: number;
  columns?: string[];
  outputs?: number;
  label?: string;
  split?: Split;
};

/** Columns (CSV) or keys (NDJSON) that are named otherwise than `docs/data.md` says. */
export type Naming = {
  sequence?: string;
  label?: string;
  group?: string;
  targets?: readonly string[];
  /** The only inputs; absent: every column that has no other part. */
  inputs?: readonly string[];
};

/** A format: one file in readers/, found by its place. */
export type SequenceReader = {
  /** The names among those of a folder's files that `read` takes. */
  choose(names: readonly string[]): string[];
  /** @throws UserError that names file, place and value */
  read(path: string, naming: Naming, notices: Notices): AsyncIterable<FoundSequence>;
};
