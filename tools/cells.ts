// Compiles the cells that ship, each in every combination of its options that does not take two of a group, into build/cells.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileCell } from "../host/compile/compile.ts";
import { writeCell } from "../host/compile/load.ts";

const source = fileURLToPath(new URL("../assembly/cells/", import.meta.url));
const target = fileURLToPath(new URL("../build/cells/", import.meta.url));
mkdirSync(target, { recursive: true });
for (const file of readdirSync(source).filter((name) => name.endsWith(".ts"))) {
  const text = readFileSync(source + file, "utf8");
  // What opens the source: what it is, its paper, its equations.
  const notes = /^(\/\/.*\n)*/.exec(text)![0].replace(/^\/\/ ?/gm, "");
  writeFileSync(target + file.replace(/ts$/, "txt"), notes);
  // Each option that is in no group is a group of its own.
  const groups = new Map<string, string[]>();
  for (const [, name, group = `alone ${name}`] of text.matchAll(/option\("([^"]+)"(?:, "([^"]+)")?\)/g))
    groups.set(group, [...(groups.get(group) ?? []), name]);
  const none: string[][] = [[]];
  const choices = [...groups.values()].reduce(
    (found, names) => found.flatMap((chosen) => [chosen, ...names.map((name) => [...chosen, name])]),
    none,
  );
  for (const chosen of choices) {
    const options = Object.fromEntries([...groups.values()].flat().map((name) => [name, chosen.includes(name)]));
    const cell = await compileCell(source + file, options);
    writeCell(cell, target);
    console.log(`${file} ${chosen.join("+")}: ${cell.wasm.length} bytes`);
  }
}
