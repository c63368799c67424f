// Data sets: folders of labelled recordings, joined, with labels and splits settled.
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../spec/user-error.ts";
import type { Clip, Found, Reader, Split } from "./clip.ts";
import { compare } from "./listing.ts";
import type { Notices } from "./notices.ts";
import { assignSplits } from "./split.ts";

/** Recordings of one or more folders, every clip with its split. Clips are in the order of folders, then of paths. */
export type DataSet = {
  name: string;
  /** SHA-256 of every clip's and noise's relative path, bytes, label and split as found: it does not read the sound. */
  hash: string;
  clips: Clip[];
  noises: string[];
};

/**
 * Reads and joins folders.
 * @param labels what a model shall tell apart, in any order; words outside them become `unknown` if that is one of them,
 *   and are left out if not. Without it every label stays.
 * @throws UserError if a folder is missing, is not a folder, or holds no sound
 */
export async function readDataSets(
  folders: readonly string[],
  notices: Notices,
  labels?: readonly string[],
): Promise<DataSet> {
  if (folders.length === 0) throw new UserError("no folder of recordings is given", "Add --data DIR.");
  const readers = await loadReaders();
  const hash = createHash("sha256");
  const clips: Clip[] = [];
  const noises: string[] = [];
  for (const folder of folders) {
    const found = readFolder(folder, readers, notices);
    hash.update(fingerprint(folder, found));
    const settled = assignSplits(found.clips, folder, notices);
    for (const clip of settled) clips.push({ ...clip, path: join(folder, clip.path) });
    for (const path of found.noises) noises.push(join(folder, path));
  }
  return {
    name: folders.map((folder) => basename(resolve(folder))).join("+"),
    hash: hash.digest("hex"),
    clips: labels ? chooseLabels(clips, labels) : clips,
    noises,
  };
}

/**
 * Refuses a data set in which a split has too few clips of a label.
 * @param labels those that need clips (leave out `silence`, which noise can make)
 * @throws UserError naming the label, its clips and the least
 */
export function requireClips(dataSet: DataSet, labels: readonly string[], split: Split, least: number): void {
  for (const label of labels) {
    const count = dataSet.clips.filter((clip) => clip.label === label && clip.split === split).length;
    if (count >= least) continue;
    const known = [...new Set(dataSet.clips.map((clip) => clip.word))].sort().slice(0, 40).join(", ");
    throw new UserError(
      `label "${label}" has ${count} ${split} clips in ${dataSet.name}, and needs at least ${least}`,
      count ? "Record more of it, or leave it out of --words." : `Words there: ${known || "none"}.`,
    );
  }
}

function chooseLabels(clips: Clip[], labels: readonly string[]): Clip[] {
  const wanted = new Set(labels);
  const choose = ({ label, word }: Clip) => {
    if (wanted.has(label) && label !== "unknown") return label;
    if (wanted.has(word)) return word;
    return wanted.has("unknown") && label !== "silence" ? "unknown" : undefined;
  };
  return clips.flatMap((clip) => {
    const label = choose(clip);
    return label === undefined ? [] : [{ ...clip, label }];
  });
}

async function loadReaders(): Promise<Reader[]> {
  const place = new URL("./readers/", import.meta.url);
  const files = readdirSync(place).filter((file) => /(?<!\.d)\.[jt]s$/.test(file));
  const modules = await Promise.all(files.sort().map((file) => import(new URL(file, place).href)));
  return modules.map((module) => (module as { reader: Reader }).reader);
}

function readFolder(folder: string, readers: Reader[], notices: Notices): Found {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats) throw new UserError(`the folder ${folder} does not exist`, "Check the path given with --data.");
  if (!stats.isDirectory())
    throw new UserError(`${folder} is not a folder`, "Give the folder that holds the recordings.");
  const sure = readers.map((reader) => reader.detect(folder));
  const found = readers[sure.indexOf(Math.max(...sure) as 0 | 1 | 2)].read(folder, notices);
  if (found.clips.length + found.noises.length === 0)
    throw new UserError(
      `${folder} holds no recordings`,
      "It should hold a folder for each label with wav or FLAC files in it.",
    );
  found.clips.sort((a, b) => compare(a.path, b.path));
  found.noises.sort(compare);
  return found;
}

function fingerprint(folder: string, { clips, noises }: Found): string {
  const bytes = (path: string) => statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0;
  const rows = clips.map((clip) => [clip.path, bytes(clip.path), clip.label, clip.word, clip.split ?? ""]);
  for (const path of noises) rows.push([path, bytes(path), "", "", ""]);
  return rows.map((row) => `${row.join("\t")}\n`).join("");
}
