// Files that are the flash of a board on this machine.
import { mkdirSync, statSync } from "node:fs";
import { stat, truncate, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UserError } from "../spec/user-error.ts";
import { cacheFolder } from "./build.ts";
import { takeLock } from "./lock.ts";

/** UserError if no flash file can be there: only engram's own folder is made, and only a file is replaced. */
export function checkFlashPlace(path: string): void {
  const folder = dirname(resolve(path));
  if (folder === resolve(cacheFolder())) mkdirSync(folder, { recursive: true });
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`there is no folder ${folder} for the flash file`, "make it first, or give another file");
  const there = statSync(path, { throwIfNoEntry: false });
  if (path === "" || (there && !there.isFile()))
    throw new UserError(`"${path}" is no flash file`, "give another, or remove it if it is not needed");
}

/**
 * Takes a flash file for one board, and gives what releases it. A new one takes no room on the disk, and reads as zeros until
 * the board erases it. UserError if it cannot be had.
 */
export async function takeFlashFile(path: string, bytes: number): Promise<() => void> {
  checkFlashPlace(path);
  const size = await sizeOf(path, bytes).catch((cause) => {
    throw new UserError(`cannot open the flash file ${path}: ${cause.message}`, "give another", { cause });
  });
  if (size !== bytes)
    throw new UserError(
      `${path} is no flash file of this board: ${size} bytes, not ${bytes}`,
      "give another, or remove it if it is not needed",
    );
  const unlock = takeLock(`${path}.lock`); // QEMU lets any number of programs write to the file of a parallel flash
  if (unlock) return unlock;
  throw new UserError(
    `the flash file ${path} is in use by another board`,
    "end the other program, or give another file",
  );
}

async function sizeOf(path: string, bytes: number): Promise<number> {
  await writeFile(path, "", { flag: "a" });
  const { size } = await stat(path);
  if (size > 0) return size;
  await truncate(path, bytes);
  return bytes;
}
