// The verbs by their place: a file verbs/NAME.ts that exports `verb` is `engram NAME`.
import { readdirSync } from "node:fs";
import type { Verb } from "./verb.ts";

const place = new URL("./verbs/", import.meta.url);
const extension = import.meta.url.slice(import.meta.url.lastIndexOf(".")); // .ts in the source tree, .js in the package

/** Names of all verbs, sorted. */
export function verbNames(): string[] {
  return readdirSync(place)
    .filter((file) => file.endsWith(extension) && !file.includes(".d."))
    .map((file) => file.slice(0, -extension.length))
    .sort();
}

/** The verb of that name, one of `verbNames()`. */
export async function loadVerb(name: string): Promise<Verb> {
  const { verb } = (await import(new URL(name + extension, place).href)) as { verb: Verb };
  return verb;
}
