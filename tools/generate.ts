// Writes what is generated from host/spec into build/generated: one file in tools/generate/ for each output.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** A generated file: where it lies below build/generated, and its text. */
export type Generated = { path: string; text: string };

const folder = new URL("./generate/", import.meta.url);
const target = new URL("../build/generated/", import.meta.url);
mkdirSync(target, { recursive: true });
for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
  const { generated } = (await import(new URL(file, folder).href)) as { generated: Generated[] };
  for (const { path, text } of generated) writeIfChanged(new URL(path, target), text);
}

// An unchanged file keeps its time, so that CMake does not build everything again.
function writeIfChanged(url: URL, text: string): void {
  let old: string | undefined;
  try {
    old = readFileSync(url, "utf8");
  } catch {}
  if (old !== text) writeFileSync(url, text);
}
