// Whether a board has room for a model: its RAM, and its slot for the file as that board gets it.
import { header, kinds } from "../spec/container.ts";
import { UserError } from "../spec/user-error.ts";
import { arrangedFor } from "./arrange.ts";

export type Room = {
  board: string;
  /** RAM of a model, and the length of its file. */
  ramBytes: number;
  slotBytes: number;
  /** Whether its kernels want matrices in pairs (docs/container.md), which pads them. */
  pairs?: boolean;
};

/** @throws UserError that says what the model takes and what the board has */
export function requireFit(file: Uint8Array, { board, ramBytes, slotBytes, pairs }: Room): void {
  const needed = header.read(file).ramBytes;
  const { length } = arrangedFor(file, pairs ? 1 << kinds.int8Pairs[0] : 0);
  const count = (bytes: number) => bytes.toLocaleString("en");
  const hint = "train it with fewer units, inputs or outputs";
  if (needed > ramBytes)
    throw new UserError(`the model needs ${count(needed)} bytes of RAM; ${board} gives ${count(ramBytes)}`, hint);
  if (length > slotBytes)
    throw new UserError(
      `the model takes ${count(length)} bytes on ${board}, which has room for ${count(slotBytes)}`,
      hint,
    );
}
