// The Arduino library as a user gets it, and its sketches as programs of this machine (shim/).
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../host/compile/assembly.ts";
import { writeArduinoLibrary } from "../../tools/arduino.ts";

const run = promisify(execFile);
const shim = join(packageRoot(), "test", "arduino", "shim");
export const folder = mkdtempSync(join(tmpdir(), "engram-arduino-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export const has = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;

/** Writes the library. @returns its folder */
export function library(): string {
  const out = join(folder, "Engram");
  writeArduinoLibrary(out);
  return out;
}

const below = (place: string): string[] =>
  readdirSync(place, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.c(pp)?$/.test(name))
    .map((name) => join(place, name));

/** Compiles all of the library's sources as a builder of Arduino does, in the oldest C++ of its cores. @returns objects */
export async function compileAll(
  lib: string,
  name: string,
  compiler: { c: string; cpp: string; options: string[] },
): Promise<string[]> {
  const objects = join(folder, name);
  mkdirSync(objects, { recursive: true });
  const queue = below(join(lib, "src"));
  const made: string[] = [];
  const worker = async () => {
    for (let path = queue.shift(); path; path = queue.shift()) {
      const c = path.endsWith(".c");
      const out = join(objects, `${basename(path)}.o`);
      const language = c ? ["-std=gnu11"] : ["-std=gnu++11", `-I${shim}`, "-Wall", "-Wextra", "-Werror"];
      await run(c ? compiler.c : compiler.cpp, [
        ...[...compiler.options, "-Os", ...language, `-I${join(lib, "src")}`],
        ...["-c", path, "-o", out],
      ]);
      made.push(out);
    }
  };
  await Promise.all([worker(), worker()]);
  return made;
}

/** Links an example with the shim to a program. */
export async function sketch(lib: string, name: string, objects: string[]): Promise<string> {
  const place = join(lib, "examples", name);
  const program = join(folder, name.toLowerCase());
  const cpp = ["-std=gnu++11", `-I${shim}`, `-I${join(lib, "src")}`, "-Wall", "-Wextra", "-Werror", "-Os"];
  const own: string[] = [];
  for (const path of below(place)) {
    const out = join(folder, `${name}-${basename(path)}.o`);
    await run("cc", ["-Os", "-std=gnu11", "-c", path, "-o", out]);
    own.push(out);
  }
  // Arduino puts Arduino.h before a sketch.
  await run("c++", [
    ...[...cpp, "-include", "Arduino.h", "-x", "c++", join(place, `${name}.ino`), "-x", "c++"],
    ...[join(shim, "shim.cpp"), "-x", "none", ...objects, ...own, "-o", program],
  ]);
  return program;
}
