// Bach's chorales (Boulanger-Lewandowski, Bengio, Vincent 2012, arXiv:1206.6392): each step the notes that sound, as 88
// inputs of 0 or 1, the keys of a piano (MIDI 21 to 108). What is to be predicted, the next step, is the task's to make.
import { UserError } from "../../spec/user-error.ts";
import type { Notices } from "../notices.ts";
import { jsonLinesOf } from "./json-lines.ts";
import { nameOf } from "./read.ts";
import type { FoundSequence, SequenceSet } from "./sequence-set.ts";
import { settle } from "./settle.ts";
import { splitIn } from "./value.ts";

export const LOWEST_NOTE = 21;
export const HIGHEST_NOTE = 108;
const NOTES = HIGHEST_NOTE - LOWEST_NOTE + 1;
const COLUMNS = Array.from({ length: NOTES }, (_, n) => `note ${LOWEST_NOTE + n}`);

/** Reads NDJSON whose x lists the notes of each step. @throws UserError for a note that no piano has */
export async function readChorales(path: string, notices: Notices): Promise<SequenceSet> {
  const found: FoundSequence[] = [];
  for await (const { row, origin } of jsonLinesOf(path)) {
    if (!Array.isArray(row.x) || row.x.length === 0)
      throw new UserError(`${origin} has no steps in x`, 'A line should look like {"x": [[60, 64], [67]]}.');
    const x = new Float32Array(row.x.length * NOTES);
    row.x.forEach((notes: unknown, t) => {
      for (const note of notesOf(notes, `${origin}: step ${t + 1}`)) x[t * NOTES + note - LOWEST_NOTE] = 1;
    });
    const split = splitIn(row.split, origin);
    found.push({ x, steps: row.x.length, inputs: NOTES, columns: COLUMNS, ...(split && { split }), origin });
  }
  return settle(nameOf([path]), found, notices);
}

function notesOf(notes: unknown, where: string): number[] {
  if (!Array.isArray(notes))
    throw new UserError(`${where} is ${JSON.stringify(notes)}, expected a list of notes`, "A rest is [].");
  for (const note of notes)
    if (!Number.isInteger(note) || note < LOWEST_NOTE || note > HIGHEST_NOTE)
      throw new UserError(
        `${where} holds note ${JSON.stringify(note)}, expected ${LOWEST_NOTE} to ${HIGHEST_NOTE}`,
        "Notes are MIDI numbers, 60 is middle C.",
      );
  return notes;
}
