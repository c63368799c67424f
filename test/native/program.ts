// The native board's program for tests: the one in $ENGRAM_BOARD_PROGRAM (a sanitized build, say), else built here.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { test } from "uvu";
import { missingTools, nativeProgram } from "../../host/boards/build.ts";
import { childLink } from "../../host/link/child.ts";

const missing = process.env.ENGRAM_BOARD_PROGRAM ? undefined : await missingTools();
if (missing) console.log(`${missing.what}: the native board is not tested (${missing.hint})`);

/** Path of the program; undefined without CMake or a compiler. */
export const program = missing ? undefined : (process.env.ENGRAM_BOARD_PROGRAM ?? (await nativeProgram()));

/** `test`, or a skip where the program cannot be built; boards that are left running (by a failure, say) end with it. */
export const boardTest = (name: string, run: () => Promise<void>): void =>
  (program ? test : test.skip)(name, async () => {
    try {
      await run();
    } finally {
      for (const link of links.splice(0)) link.destroy();
    }
  });

/** A folder that is gone after the tests. */
export const folder = mkdtempSync(join(tmpdir(), "engram-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const links: Duplex[] = [];

/** Starts a board of its own. */
export function startBoard(...parameters: string[]): { link: Duplex; log: string[]; close: () => Promise<void> } {
  const log: string[] = [];
  const link = childLink(program!, parameters, (line) => log.push(line));
  links.push(link);
  link.on("error", () => {});
  return {
    link,
    log,
    close: () =>
      new Promise((resolve) => {
        if (link.closed) return resolve();
        link.once("close", () => resolve());
        link.destroy();
      }),
  };
}

/** Waits until `found` gives something; fails after half a minute. */
export async function until<T>(found: () => T | undefined | false): Promise<T> {
  for (let i = 0; i < 3000; i++) {
    const value = found();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("waited in vain");
}
