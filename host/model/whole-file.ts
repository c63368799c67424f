// Files as a whole: read, and there whole or not at all: written beside, flushed, renamed.
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../spec/user-error.ts";

/** A kind of file that is written again and again: what people call it, and whether one that is there begins like it. */
export type FileKind = { name: string; begins(head: string): boolean };

const looked = 1000;

/**
 * What work asks before it begins: a file may be made there, or one of its kind replaced; what else is there stays.
 * @param inputs files that the work reads
 * @throws UserError or the system's error if no file may be written there
 */
export function checkPlace(path: string, { name, begins }: FileKind, inputs: readonly string[] = []): void {
  if (path === "" || /[/\\]$/.test(path))
    throw new UserError(`"${path}" names no file to write`, "give a file's name", { usage: true });
  accessSync(dirname(path), constants.W_OK);
  checkKind(path);
  const there = statSync(path, { throwIfNoEntry: false });
  if (!there || there.size === 0) return;
  if (!begins(headOf(path)))
    throw new UserError(`${path} is there already and is no ${name}`, "choose another name with --out");
  const isRead = inputs.map((input) => statSync(input)).some(({ dev, ino }) => dev === there.dev && ino === there.ino);
  if (isRead) throw new UserError(`${path} is what is read, and would be replaced`, "choose another name with --out");
}

/** The bytes of a file. @throws UserError if there is none, else the system's error */
export function readWhole(path: string): Uint8Array {
  const there = statSync(path, { throwIfNoEntry: false });
  if (!there) throw new UserError(`${path} does not exist`, "check the path");
  if (there.isDirectory()) throw new UserError(`${path} is a folder`, "give a file");
  return new Uint8Array(readFileSync(path));
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

function headOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(looked);
    return head.toString("latin1", 0, readSync(file, head, 0, looked, 0));
  } finally {
    closeSync(file);
  }
}

function checkKind(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) throw new UserError(`${path} is no file that can be replaced`, "choose another name");
}
