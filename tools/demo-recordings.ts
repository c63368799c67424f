// Makes the recordings of models/demo with the synthesizer Flite: words of the model that ships among others, over faint noise,
// and said.csv. Run it again after changing anything here: node --import tsx tools/demo-recordings.ts
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { synthesizer } from "../host/cli/voices/flite.ts";
import { add, gainTo, scale } from "../host/data/mixing.ts";
import { noise } from "../host/data/noise.ts";
import { Random } from "../host/data/random.ts";
import { toInt16 } from "../host/data/sound.ts";
import { encodeWav } from "../host/data/wav.ts";

const sampleRate = 16000;
const target = fileURLToPath(new URL("../models/demo/", import.meta.url));
const recordings = [
  { file: "rms.wav", voice: "rms", slowness: 1.2, words: ["yes", "window", "no", "up", "river", "down"] },
  { file: "slt.wav", voice: "slt", slowness: 1.2, words: ["no", "yes", "garden", "down", "up"] },
];
const labels = ["yes", "no", "up", "down"];

mkdirSync(target, { recursive: true });
const speak = await synthesizer.open();
const rows = ["file,second,label"];
for (const { file, voice, slowness, words } of recordings) {
  const background = noise(
    "pink",
    Math.round((0.5 + 1.5 * words.length) * sampleRate),
    sampleRate,
    new Random(1, file),
  );
  const sound = scale(background, gainTo(20, background));
  for (const [i, word] of words.entries()) {
    const second = 0.4 + 1.5 * i;
    const { samples } = await speak(word, voice, slowness);
    add(sound, samples, Math.round(second * sampleRate), gainTo(2500, samples));
    if (labels.includes(word)) rows.push(`${file},${second.toFixed(2)},${word}`);
  }
  writeFileSync(target + file, encodeWav(toInt16(sound), sampleRate));
}
writeFileSync(`${target}said.csv`, `${rows.join("\n")}\n`);
