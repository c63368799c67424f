// Files of a model's states: what `engram state save` writes, and what restores them.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Session } from "../link/session.ts";
import type { FileKind } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";

/** What stands in the file. */
export type Saved = { engram: "state"; model: string; states: string; sha256: string };

export const stateFile: FileKind = {
  name: "file of states",
  begins: (head) => head.startsWith('{"engram":"state"'),
};

export const hashOf = (states: Uint8Array): string => createHash("sha256").update(states).digest("hex");

/** @throws UserError for a file that is none, or damaged */
export function readStates(file: string): Saved {
  const text = readFileSync(file, "utf8");
  let saved: Saved | undefined;
  try {
    saved = JSON.parse(text) as Saved;
  } catch {
    // said below
  }
  if (saved?.engram !== "state" || !/^[0-9a-f]{64}$/.test(saved.model) || typeof saved.states !== "string")
    throw new UserError(`${file} holds no states`, "give a file that `engram state save` wrote");
  const states = Buffer.from(saved.states, "base64");
  if (states.toString("base64") !== saved.states || hashOf(states) !== saved.sha256)
    throw new UserError(`${file} is damaged: its checksum does not match`, "copy it again, or save the states again");
  return saved;
}

/** Gives the board's model these states. UserError if they are of another model. @returns their bytes */
export async function restore(session: Session, saved: Saved, file: string): Promise<number> {
  const { sha256 } = await session.status();
  const states = Buffer.from(saved.states, "base64");
  const { length } = await session.saveStates();
  if (saved.model === sha256 && states.length !== length)
    throw new UserError(
      `${file} holds ${states.length} bytes of states; the board's model has ${length}`,
      "give a file that `engram state save` wrote with this model",
    );
  await session.restoreStates(states, saved.model);
  return states.length;
}
