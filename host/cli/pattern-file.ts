// A pattern of ±1 in a text file, as people draw or write it: rows of # and ., or numbers.
import { readFileSync } from "node:fs";
import { UserError } from "../spec/user-error.ts";

export type PatternFile = {
  name: string;
  /** 1, −1, and 0 where nothing is known. */
  values: Int8Array;
  /** Values of each row, to draw it again. */
  rows: number[];
};

const letters: Record<string, number> = { "#": 1, ".": -1, "?": 0 };

/**
 * @param binary numbers are 0 and 1, for −1 and 1
 * @throws UserError with what is wrong, and where
 */
export function readPattern(name: string, binary = false): PatternFile {
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (cause) {
    throw new UserError(`cannot read ${name}: ${(cause as Error).message}`, "check its path", { cause });
  }
  const drawn = /^[#.?\s]+$/.test(text);
  const lines = text
    .split(/\r?\n/)
    .map((line) =>
      drawn || (binary && /^[01]+$/.test(line.trim())) ? [...line.replace(/\s/g, "")] : (line.match(/[^\s,;]+/g) ?? []),
    );
  const values = lines.flatMap((cells, i) =>
    cells.map((cell) => valueIn(cell, drawn, binary, `${name} line ${i + 1}`)),
  );
  if (values.length === 0) throw new UserError(`${name} holds no pattern`, "draw one with # and ., or write 1 and -1");
  return {
    name,
    values: Int8Array.from(values),
    rows: lines.map(({ length }) => length).filter((length) => length > 0),
  };
}

function valueIn(cell: string, drawn: boolean, binary: boolean, where: string): number {
  if (drawn) return letters[cell];
  if (cell === "?") return 0;
  const value = Number(cell);
  if (binary && (value === 0 || value === 1)) return 2 * value - 1;
  if (!binary && (value === 1 || value === -1)) return value;
  throw new UserError(
    `${where} has ${cell}, which is neither ${binary ? "0 nor 1" : "1 nor -1"}`,
    !binary && (value === 0 || cell === "true")
      ? "give --binary if 0 stands for -1"
      : "draw with # and . (? is not known), or write two numbers with blanks between them",
  );
}

/** Draws values in rows of such lengths, what is left over in one more. */
export function drawPattern(values: ArrayLike<number>, rows: readonly number[]): string[] {
  const all = Array.from(values, (value) => (value > 0 ? "#" : value < 0 ? "." : "?"));
  const lines: string[] = [];
  for (const row of [...rows, Number.POSITIVE_INFINITY]) {
    if (all.length > 0) lines.push(all.splice(0, row).join(""));
  }
  return lines;
}
