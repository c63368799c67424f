// Runs `engram` from the sources as a user types it, without a terminal.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export type Ran = { code: number | null; out: string; error: string };

export function engram(args: string[], options: { cwd?: string; input?: string | Uint8Array } = {}): Ran {
  const tsx = import.meta.resolve("tsx");
  const main = join(root, "host/cli/main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, ...args], {
    cwd: options.cwd ?? root,
    input: options.input ?? "",
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  });
  return { code: status, out: stdout.toString(), error: stderr.toString() };
}

/** Words of a command line of which options with a value stand in others' place. */
export function replaced(words: readonly string[], options: readonly string[]): string[] {
  const kept = words.filter((word, i) => !options.includes(word) && !options.includes(words[i - 1]));
  return [...kept, ...options];
}

/** A folder that is gone when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "engram-test-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
