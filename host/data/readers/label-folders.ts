// A folder a label, as most people keep recordings: LABEL/*.wav, or SPLIT/LABEL/*.wav with the splits train, val and test.
// `_background_noise_` holds noise. A clips.csv (columns file, label, and if known word, speaker, split) has the last word.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { UserError } from "../../spec/user-error.ts";
import type { Found, Reader, Split } from "../clip.ts";
import { soundFiles, subfolders } from "../listing.ts";
import type { Notices } from "../notices.ts";

const NOISE = "_background_noise_";
const SPLITS = new Map<string, Split>([
  ["train", "train"],
  ["val", "val"],
  ["validation", "val"],
  ["test", "test"],
]);

export const reader: Reader = {
  detect: () => 1,

  read(folder, notices) {
    const table = join(folder, "clips.csv");
    const clips = existsSync(table) ? readTable(folder, table, notices) : readTree(folder);
    return { clips, noises: soundFiles(join(folder, NOISE)).map((file) => `${NOISE}/${file}`) };
  },
};

function readTree(folder: string): Found["clips"] {
  const tops = subfolders(folder).filter((name) => name !== NOISE);
  if (!tops.includes("train") && !tops.includes("test")) return readLabels(folder, "");
  return tops.flatMap((top) => (SPLITS.has(top) ? readLabels(folder, `${top}/`, SPLITS.get(top)) : []));
}

function readLabels(folder: string, place: string, split?: Split): Found["clips"] {
  return subfolders(join(folder, place))
    .filter((label) => label !== NOISE)
    .flatMap((label) =>
      soundFiles(join(folder, place, label)).map((file) => ({
        path: `${place}${label}/${file}`,
        label,
        word: label,
        ...(split && { split }),
      })),
    );
}

function readTable(folder: string, table: string, notices: Notices): Found["clips"] {
  const there = new Set(readTree(folder).map((clip) => clip.path));
  const isThere = (file: string) => there.has(file) || existsSync(join(folder, file));
  return parseTable(table).flatMap((row, index) => {
    const where = `${table}, row ${index + 1}`;
    if (!row.file || !row.label)
      throw new UserError(`${where}: file or label is empty`, "Fill it in, or remove the row.");
    if (row.split && !SPLITS.has(row.split))
      throw new UserError(`${where}: split "${row.split}" is not train, val or test`, "Correct it, or leave it empty.");
    if (row.file.split(/[\\/]/).includes("..") || !isThere(row.file)) {
      notices.note(`named in ${table} but not there`, row.file);
      return [];
    }
    const { file: path, label, speaker } = row;
    const split = SPLITS.get(row.split ?? "");
    return [{ path, label, word: row.word || label, ...(speaker && { speaker }), ...(split && { split }) }];
  });
}

type Row = { file?: string; label?: string; word?: string; speaker?: string; split?: string };

function parseTable(table: string): Row[] {
  let rows: Row[];
  try {
    rows = parse(readFileSync(table), { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    throw new UserError(`${table} cannot be read: ${(cause as Error).message}`, "Check that line.", { cause });
  }
  if (rows.length > 0 && !("file" in rows[0] && "label" in rows[0]))
    throw new UserError(
      `${table} has no columns "file" and "label"`,
      "Its first line should be: file,label,word,speaker,split",
    );
  return rows;
}
