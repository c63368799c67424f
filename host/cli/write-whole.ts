// Files that are whole or not there: written beside, then renamed, so that a killed process leaves the old one.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Writes a file. If that fails, what stood there before still does; the error is the operating system's. */
export function writeWhole(path: string, content: Uint8Array | string): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    const file = openSync(beside, "w");
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}
