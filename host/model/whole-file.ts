// Files that are there whole or not at all: written beside, flushed, renamed.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { UserError } from "../spec/user-error.ts";

/** Writes a file in place of whatever has its name. @throws UserError if the disk does not take it */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw new UserError(`${path} is no file that can be replaced`, "choose another name");
  const part = `${path}.${process.pid}.part`;
  try {
    const file = openSync(part, "w");
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (cause) {
    rmSync(part, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw new UserError(`${path} cannot be written (${code})`, "check the folder, its permissions and the space left", {
      cause,
    });
  }
}
