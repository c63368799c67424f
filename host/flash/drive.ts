// Firmware by a drive: copied in pieces that are on the board before the next, then what the board says by its drive. It cannot be
// read back: a boot ROM's drive vanishes, DAPLink's comes back empty or with the reason why not.
import { closeSync, existsSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../spec/user-error.ts";
import { type Drive, textOf } from "./drives.ts";
import type { Progress } from "./progress.ts";

export type CopyOptions = {
  onProgress?: Progress;
  signal?: AbortSignal;
  /** How long the board may take after the copy. */
  patienceMs?: number;
};

const pieceBytes = 16384;
const lookMs = 100;

/** Copies, and gives what that proves. UserError if the board did not take it. */
export async function copyToDrive(
  drive: Drive,
  name: string,
  bytes: Uint8Array,
  { onProgress, signal, patienceMs = 30_000 }: CopyOptions = {},
): Promise<string> {
  const path = join(drive.path, name);
  const whole = await write(drive, path, bytes, onProgress, signal);
  const until = Date.now() + patienceMs;
  return drive.by === "uf2" ? bootDriveLeft(drive, until, whole) : daplinkTook(drive, path, until);
}

/** Whether the system took the last piece without an error: a boot ROM may go when it has the last block. */
async function write(
  drive: Drive,
  path: string,
  bytes: Uint8Array,
  onProgress: CopyOptions["onProgress"],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  let [file, done]: [number | undefined, number] = [undefined, 0];
  try {
    file = openSync(path, "w");
    while (done < bytes.length) {
      signal?.throwIfAborted();
      const piece = bytes.subarray(done, done + pieceBytes);
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
      fdatasyncSync(file);
      done += piece.length;
      onProgress?.(done, bytes.length, "flashing");
      await new Promise((resolve) => setImmediate(resolve));
    }
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (!code || signal?.aborted) throw cause;
    const isLast = bytes.length - done <= pieceBytes;
    if (isLast && drive.by === "uf2" && !isThere(drive)) return false;
    throw notTaken(drive, done, bytes.length, code, cause);
  } finally {
    if (file !== undefined) closeQuietly(file);
    if (signal?.aborted) rmSync(path, { force: true });
  }
}

function notTaken(drive: Drive, done: number, all: number, code: string, cause: unknown): UserError {
  const count = (bytes: number): string => bytes.toLocaleString("en");
  if (code === "ENOSPC")
    return new UserError(`the image does not fit on the drive ${drive.path}`, "check that it is for this board", {
      cause,
    });
  if (code === "EACCES" || code === "EROFS" || code === "EPERM")
    return new UserError(`the drive ${drive.path} cannot be written by you (${code})`, "mount it for writing", {
      cause,
    });
  return new UserError(
    `the drive ${drive.path} is gone after ${count(done)} of ${count(all)} bytes (${code})`,
    "plug the board in, have it show its drive again, and flash again: its boot loader cannot be lost this way",
    { cause },
  );
}

async function bootDriveLeft(drive: Drive, until: number, whole: boolean): Promise<string> {
  if (await waitFor(() => !isThere(drive), until))
    return `the boot loader took ${whole ? "the whole file" : "its last block"} and started the board; its flash cannot be read back`;
  throw new UserError(
    `the board at ${drive.path} has the file and did not start`,
    "check that the image is for this chip, then flash again",
  );
}

async function daplinkTook(drive: Drive, path: string, until: number): Promise<string> {
  if (!(await waitFor(() => !existsSync(path), until)))
    throw new UserError(`the board at ${drive.path} has not taken the file`, "unplug it, plug it in, then flash again");
  if (!(await waitFor(() => isThere(drive), until))) return "nothing: its drive has not come back";
  const failure = textOf(join(drive.path, "FAIL.TXT")).trim();
  if (!failure) return "the board says by its drive that it took the file; its flash cannot be read back";
  throw new UserError(
    `the board at ${drive.path} refuses the image: ${failure.split(/\r?\n/).join("; ")}`,
    "unplug it, plug it in, then flash again",
  );
}

const isThere = ({ path, by }: Drive): boolean => existsSync(join(path, by === "uf2" ? "INFO_UF2.TXT" : "DETAILS.TXT"));

async function waitFor(holds: () => boolean, until: number): Promise<boolean> {
  while (!holds()) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  return true;
}

function closeQuietly(file: number): void {
  try {
    closeSync(file);
  } catch {} // with its drive the file is gone
}
