// C twins in tests: compiles firmware sources and a filter with the system's compiler, sanitizers on where it has them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../host/compile/assembly.ts";

/** Runs the program on `input` and gives what it writes. Throws if it fails or a sanitizer reports. */
export type Program = (input: Uint8Array) => Buffer;

/** Undefined if this machine has no C compiler. Sources are paths from the root of the repository. */
export function compileProgram(sources: string[]): Program | undefined {
  const root = packageRoot();
  if (spawnSync("cc", ["--version"]).status !== 0) return undefined;
  if (!existsSync(join(root, "build", "generated", "errors.h"))) throw new Error("run `npm run generate` first");
  const folder = mkdtempSync(join(tmpdir(), "engram-"));
  process.on("exit", () => rmSync(folder, { recursive: true }));
  const program = join(folder, "program");
  const arguments_ = [
    ...["-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-Ibuild/generated", "-Ifirmware/core"],
    ...[...sources, "-o", program],
  ];
  const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  if (spawnSync("cc", [...sanitizers, ...arguments_], { cwd: root }).status !== 0) {
    const { status, stderr } = spawnSync("cc", arguments_, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  }
  return (input) => {
    const { status, stdout, stderr } = spawnSync(program, { input, maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`exit code ${status}\n${stderr}`);
    return stdout;
  };
}
