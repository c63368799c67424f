// Compiled cells by name: those that ship lie in build/cells, a user's own is compiled when it is named by its path.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { meant, UserError } from "../spec/user-error.ts";
import { packageRoot } from "./assembly.ts";
import type { CompiledCell } from "./cell.ts";

const folder = (): string => join(packageRoot(), "build", "cells");

/** The name of the file for a cell with the given options: `lstm`, `lstm+peepholes`. */
function fileName(name: string, options: Record<string, boolean>): string {
  return [name, ...Object.keys(options).filter((option) => options[option])].join("+");
}

/** Names of the cells that ship. */
export function cellNames(): string[] {
  const names = readdirSync(folder()).filter((file) => file.endsWith(".json") && !file.includes("+"));
  return names.map((file) => file.replace(/\.json$/, "")).sort();
}

/** A cell's name or path, then its options: of `lstm+peepholes`, of `./my-cell.ts+deep`. */
export function partsOf(wanted: string): [name: string, ...options: string[]] {
  const [, path, options] = /^(.*\.ts)(?:\+([^/]*))?$/.exec(wanted) ?? [];
  if (!path) return wanted.split("+") as [string, ...string[]];
  return options ? [path, ...options.split("+")] : [path];
}

/** Whether that is a source of the user's own: has a slash or ends in .ts, before its options. */
export function isPath(wanted: string): boolean {
  const [name] = partsOf(wanted);
  return name.includes("/") || name.endsWith(".ts");
}

/**
 * Loads a cell by name, or compiles it if the name is a path, whose options may stand behind it.
 * @throws UserError for a name that does not ship, a source that is no cell, and an option that it does not declare
 */
export async function loadCell(name: string, options: Record<string, boolean> = {}): Promise<CompiledCell> {
  if (isPath(name)) {
    const { compileCell } = await import("./compile.ts");
    const [path, ...chosen] = partsOf(name);
    const cell = await compileCell(path, { ...options, ...Object.fromEntries(chosen.map((option) => [option, true])) });
    const known = Object.keys(cell.options);
    const stray = chosen.find((option) => !known.includes(option));
    if (stray === undefined) return cell;
    throw new UserError(`${path} declares no option ${stray}`, meant(stray, known), { usage: true });
  }
  const path = join(folder(), fileName(name, options));
  if (!existsSync(`${path}.json`)) {
    const hint = existsSync(join(folder(), `${name}.json`))
      ? "its options do not go together: leave one out"
      : `${meant(name, cellNames())}; or give the path of your own .ts file`;
    throw new UserError(`there is no cell ${fileName(name, options)}`, hint, { usage: true });
  }
  return {
    ...(JSON.parse(readFileSync(`${path}.json`, "utf8")) as Omit<CompiledCell, "wasm">),
    wasm: new Uint8Array(readFileSync(`${path}.wasm`)),
  };
}

/** What the source of a cell that ships says at its head, line by line: its paper and equations. */
export function cellNotes(name: string): string[] {
  const path = join(folder(), `${name}.txt`);
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}

/** Writes a compiled cell as two files, NAME.wasm and NAME.json, into a folder. */
export function writeCell(cell: CompiledCell, target: string): void {
  const { wasm, ...facts } = cell;
  const path = join(target, fileName(cell.name, cell.options));
  writeFileSync(`${path}.wasm`, wasm);
  writeFileSync(`${path}.json`, `${JSON.stringify(facts, null, 1)}\n`);
}
