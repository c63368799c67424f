// What a cell of a file may hold: a number that a 32-bit float can, a split's name.
import { UserError } from "../../spec/user-error.ts";
import type { Split } from "../clip.ts";

const SPLITS = new Map<string, Split>([
  ["train", "train"],
  ["val", "val"],
  ["validation", "val"],
  ["test", "test"],
]);

/** The split of a name, whatever its case. */
export function splitNamed(name: string): Split | undefined {
  return SPLITS.get(name.toLowerCase());
}

/** The split that a cell names; none if it is empty. */
export function splitIn(cell: unknown, where: string): Split | undefined {
  if (cell === undefined || cell === null || cell === "") return undefined;
  const split = splitNamed(String(cell));
  if (split) return split;
  throw new UserError(`${where}: split "${cell}" is not train, val or test`, "Correct it, or leave it empty.");
}

/**
 * The number that a cell holds.
 * @param where tells file, line and column; called only to complain
 * @param column its name, where that could be given to an option
 */
export function numberIn(cell: unknown, where: () => string, column?: string): number {
  const value = typeof cell === "string" ? numberOfText(cell) : typeof cell === "number" ? cell : Number.NaN;
  if (Number.isFinite(Math.fround(value))) return value;
  const found = JSON.stringify(typeof cell === "number" ? String(cell) : (cell ?? null));
  throw new UserError(
    `${where()} holds ${found === '""' ? "nothing" : found}, not a finite number`,
    Number.isFinite(value)
      ? "Scale the column: a 32-bit float ends at 3.4e38."
      : `${wordOf(cell, column)}Fill it in or leave the sequence out; --inputs names the columns to read; a decimal point is a point.`,
  );
}

// What is a word may say something about the whole sequence.
function wordOf(cell: unknown, column: string | undefined): string {
  const isWord = typeof cell === "string" && /^\p{L}{2}/u.test(cell) && !/^(nan|inf)/i.test(cell);
  return isWord && column !== undefined
    ? `Is it the class? Then --label ${column}; the person or place: --group ${column}. Else: `
    : "";
}

// Number() takes more than decimal numbers: nothing, 0x10, 0b1.
function numberOfText(text: string): number {
  return text === "" || /[xob]/i.test(text) ? Number.NaN : Number(text);
}
