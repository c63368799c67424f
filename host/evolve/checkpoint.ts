// An evolution in the middle: everything that its next generation depends on, as JSON, which keeps 64-bit floats to the bit.
import { existsSync, readFileSync } from "node:fs";
import type { Epoch } from "../model/float-model.ts";
import { writeWhole } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";
import type { CmaState } from "./cma-es.ts";

/** All that the next generation depends on. */
export type State = {
  evaluations: number;
  generation: number;
  restarts: number;
  failed: number;
  strategy: CmaState;
  best?: { genes: number[]; fitness: number; validation?: number };
  history: Epoch[];
  /** Of the generations since the last entry of the history: fitness of their best. */
  sums: { generations: number; fitness: number; validation?: number };
};

const format = "engram evolution";

/** Where it lies, and what it is of. */
type Place = { path: string; run: string };

/** Writes beside and renames. */
export function writeCheckpoint({ path, run }: Place, state: State): void {
  writeWhole(path, Buffer.from(JSON.stringify({ format, run, state })));
}

/**
 * Reads the checkpoint of a run, if there is one.
 * @throws UserError if the file is damaged or belongs to another run
 */
export function readCheckpoint({ path, run }: Place): State | undefined {
  if (!existsSync(path)) return undefined;
  const restart = `remove ${path} to start anew`;
  let kept: { format?: unknown; run?: unknown; state: State };
  try {
    kept = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new UserError(`${path} is no checkpoint of an evolution, or damaged`, restart, { cause });
  }
  if (kept?.format !== format) throw new UserError(`${path} is no checkpoint of an evolution`, restart);
  if (kept.run !== run)
    throw new UserError(
      `${path} belongs to a training with other options or data`,
      `give the same options, or ${restart}`,
    );
  return kept.state;
}
