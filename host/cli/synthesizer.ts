// A speech synthesizer: what a file in voices/ exports. Found by its place.
import { readdirSync } from "node:fs";
import type { Sound } from "../data/sound.ts";

/** Speaks text with a voice; `slowness` 1 is the voice's own rate, 2 takes twice as long. */
export type Speak = (text: string, voice: string, slowness: number) => Promise<Sound>;

export type Synthesizer = {
  /** Names that `Speak` takes. */
  voices: readonly string[];
  /** @throws UserError if the package is not installed */
  open(): Promise<Speak>;
};

const place = new URL("./voices/", import.meta.url);
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

export function synthesizerNames(): string[] {
  return readdirSync(place)
    .filter((file) => file.endsWith(extension) && !file.includes(".d."))
    .map((file) => file.slice(0, -extension.length))
    .sort();
}

/** The synthesizer of that name, one of `synthesizerNames()`. */
export async function loadSynthesizer(name: string): Promise<Synthesizer> {
  return ((await import(new URL(name + extension, place).href)) as { synthesizer: Synthesizer }).synthesizer;
}
