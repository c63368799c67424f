// Files that say that a program is at work, with its process id: one at a time, and a process that is gone holds nothing.
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";

/** Takes the lock, and gives what releases it; undefined if a living process has it. */
export function takeLock(path: string): (() => void) | undefined {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") {
        if (syscall === "write") rmSync(path, { force: true }); // the disk is full: taken, and empty
        throw error;
      }
    }
    if (held(path)) return undefined;
    rmSync(path, { force: true });
  }
  return undefined;
}

function held(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    if (!pid) return Date.now() - statSync(path).mtimeMs < 1000; // just being written
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's process
  }
}
