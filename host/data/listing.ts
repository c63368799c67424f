// What lies in a folder, in an order that does not depend on the machine.
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { SOUND_FILE } from "./sound.ts";

/** Names of the folders in a folder, sorted; hidden ones left out. */
export function subfolders(folder: string): string[] {
  return entries(folder, "folder");
}

/** Names of the sound files in a folder, sorted; none if there is no such folder. */
export function soundFiles(folder: string): string[] {
  return entries(folder, "file").filter((name) => SOUND_FILE.test(name));
}

function entries(folder: string, kind: "file" | "folder"): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const isKind = (entry: Dirent) => {
    const link = entry.isSymbolicLink();
    const seen = link ? statSync(join(folder, entry.name), { throwIfNoEntry: false }) : entry;
    return kind === "file" ? seen?.isFile() : seen?.isDirectory();
  };
  const visible = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
  return visible
    .filter(isKind)
    .map(({ name }) => name)
    .sort(compare);
}

/** Orders by code units: the same everywhere, whatever the locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
