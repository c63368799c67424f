// Files that are the flash of an emulated board.
import { mkdir, stat, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../spec/user-error.ts";
import { takeLock } from "./lock.ts";

/**
 * Takes a flash file for one board, and gives what releases it. A new one takes no room on the disk, and reads as zeros until
 * the board erases it. UserError if it cannot be had.
 */
export async function takeFlashFile(path: string, bytes: number): Promise<() => void> {
  const size = await sizeOf(path, bytes).catch((cause) => {
    throw new UserError(`cannot open the flash file ${path}: ${cause.message}`, "give another", { cause });
  });
  if (size !== bytes) throw new UserError(`${path} is no flash file: ${size} bytes, not ${bytes}`, "give another");
  const unlock = takeLock(`${path}.lock`); // QEMU lets any number of programs write to the file of a parallel flash
  if (unlock) return unlock;
  throw new UserError(
    `the flash file ${path} is in use by another board`,
    "end the other program, or give another file",
  );
}

async function sizeOf(path: string, bytes: number): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "", { flag: "a" });
  const { size } = await stat(path);
  if (size > 0) return size;
  await truncate(path, bytes);
  return bytes;
}
