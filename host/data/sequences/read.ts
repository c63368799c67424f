// Users' sequences: files and folders in any of the formats in readers/, joined.
import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../../spec/user-error.ts";
import { compare } from "../listing.ts";
import type { Notices } from "../notices.ts";
import type { FoundSequence, Naming, SequenceReader, SequenceSet } from "./sequence-set.ts";
import { type SettleOptions, settle } from "./settle.ts";

/**
 * Reads and joins files and folders, in the order given, those of a folder by name.
 * @throws UserError for a path that is missing or of no known format, and for what is wrong in a file
 */
export async function readSequences(
  paths: readonly string[],
  notices: Notices,
  options: SettleOptions & { naming?: Naming } = {},
): Promise<SequenceSet> {
  return settle(nameOf(paths), await findAll(paths, notices, options.naming), notices, options);
}

/** The sequences of files and folders as they are found: neither compared nor divided. */
export async function findAll(
  paths: readonly string[],
  notices: Notices,
  naming: Naming = {},
): Promise<FoundSequence[]> {
  if (paths.length === 0) throw new UserError("no file of sequences is given", "Add --data FILE.");
  const found: FoundSequence[] = [];
  for (const path of paths) for (const sequence of await findSequences(path, notices, naming)) found.push(sequence);
  return found;
}

/** The same of one file or folder. */
export async function findSequences(path: string, notices: Notices, naming: Naming = {}): Promise<FoundSequence[]> {
  const found: FoundSequence[] = [];
  for (const [file, reader] of filesOf(path, await loadReaders())) {
    const before = found.length;
    for await (const sequence of reader.read(file, naming, notices)) found.push(sequence);
    if (found.length === before)
      throw new UserError(`${file} holds no sequences`, "Leave it out, or check that it is the right file.");
  }
  return found;
}

/** What a set of these files is called. */
export function nameOf(paths: readonly string[]): string {
  return paths.map((path) => basename(resolve(path)).replace(/(\.(csv|ndjson|jsonl|npy))?(\.gz)?$/i, "")).join("+");
}

async function loadReaders(): Promise<SequenceReader[]> {
  const place = new URL("./readers/", import.meta.url);
  const files = readdirSync(place).filter((file) => /(?<!\.d)\.[jt]s$/.test(file));
  const modules = await Promise.all(files.sort().map((file) => import(new URL(file, place).href)));
  return modules.map((module) => (module as { reader: SequenceReader }).reader);
}

function filesOf(path: string, readers: readonly SequenceReader[]): [string, SequenceReader][] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new UserError(`${path} does not exist`, "Check the path given with --data.");
  const names = stats.isDirectory() ? readdirSync(path).filter((name) => !name.startsWith(".")) : [basename(path)];
  const files = readers.flatMap((reader) =>
    reader.choose(names).map((name): [string, SequenceReader] => [name, reader]),
  );
  if (files.length === 0)
    throw new UserError(
      stats.isDirectory() ? `${path} holds no files of sequences` : `${path} is not a file of sequences`,
      "Known are .csv, .ndjson, .jsonl and .npy, also with .gz; labels in a y.npy are read with their x.npy.",
    );
  files.sort(([a], [b]) => compare(a, b));
  return files.map(([name, reader]) => [stats.isDirectory() ? join(path, name) : path, reader]);
}
