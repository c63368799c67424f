// espeak-ng (GPL-3) as JavaScript, package text2wav: robotic, but with 24 very different voices. Installed only by users.
import { createRequire } from "node:module";
import { Notices } from "../../data/notices.ts";
import { decodeSound } from "../../data/sound.ts";
import { optionalPackage } from "../optional.ts";
import type { Synthesizer } from "../synthesizer.ts";

type Text2Wav = (text: string, options: { voice: string; speed: number }) => Promise<Uint8Array>;

const accents = ["en", "en-us", "en-gb-scotland"];
const variants = ["m1", "m2", "m3", "m4", "m7", "f1", "f2", "f4"];
const wordsPerMinute = 160;

export const synthesizer: Synthesizer = {
  voices: accents.flatMap((accent) => variants.map((variant) => `${accent}+${variant}`)),
  async open() {
    const text2wav: Text2Wav = createRequire(import.meta.url)(optionalPackage("text2wav", "the synthesizer espeak"));
    return async (text, voice, slowness) => {
      const speed = Math.round(wordsPerMinute / slowness);
      const wav = await withoutWarnings(() => text2wav(text, { voice, speed }));
      return decodeSound(wav, "espeak", new Notices(), 16000);
    };
  },
};

// The package tries to fetch its wasm, warns, then reads it from disk, for every text anew.
async function withoutWarnings<T>(work: () => Promise<T>): Promise<T> {
  const { warn, error } = console;
  Object.assign(console, { warn: () => {}, error: () => {} });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, error });
  }
}
