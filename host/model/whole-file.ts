// Files that are there whole or not at all: written beside, flushed, renamed.
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../spec/user-error.ts";

/** What long work asks before it begins. @throws UserError or the system's error if a file cannot be written there */
export function checkPlace(path: string): void {
  accessSync(dirname(path), constants.W_OK);
  checkKind(path);
}

/** Writes a file in place of whatever has its name. @throws UserError if the disk does not take it */
export function writeWhole(path: string, bytes: Uint8Array): void {
  checkKind(path);
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
    const why = code === "ENOSPC" ? "the disk is full" : code;
    throw new UserError(`${path} cannot be written (${why})`, "check the folder, its permissions and the space left", {
      cause,
    });
  }
}

function checkKind(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw new UserError(`${path} is no file that can be replaced`, "choose another name");
}
