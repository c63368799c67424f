// Compiles the cells that ship, each in every combination of its options, into build/cells.
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
  const names = [...text.matchAll(/option\("([^"]+)"\)/g)].map((match) => match[1]);
  for (let choice = 0; choice < 1 << names.length; choice++) {
    const options = Object.fromEntries(names.map((name, i) => [name, (choice & (1 << i)) !== 0]));
    const cell = await compileCell(source + file, options);
    writeCell(cell, target);
    console.log(`${file} ${JSON.stringify(options)}: ${cell.wasm.length} bytes`);
  }
}
