// Background noise for data sets that bring none, and for negatives: white, pink and brown, from a seed.
import type { DataSet } from "./data-set.ts";
import { gainTo, scale } from "./mixing.ts";
import type { Notices } from "./notices.ts";
import { Random } from "./random.ts";
import { readSounds, toInt16 } from "./sound.ts";

export const COLOURS = ["white", "pink", "brown"] as const;

/** The noises of a data set; where it has none, 20 seconds of each colour. Never empty. */
export function loadNoises(dataSet: DataSet, sampleRate: number, notices: Notices): Int16Array[] {
  const noises = [...readSounds(dataSet.noises, notices, sampleRate)].map(({ sound }) => sound.samples);
  const usable = noises.filter((noise) => noise.length > 0);
  if (usable.length > 0) return usable;
  notices.note("without background noise, computed noise serves", dataSet.name);
  return COLOURS.map((colour) => toInt16(noise(colour, 20 * sampleRate, sampleRate, new Random(0, "noise", colour))));
}

/** Computed noise of level 1,000 (RMS). */
export function noise(
  colour: (typeof COLOURS)[number],
  length: number,
  sampleRate: number,
  random: Random,
): Float32Array {
  const out = new Float32Array(length);
  const next = { white: () => random.normal(), pink: pink(random), brown: brown(sampleRate, random) }[colour];
  for (let i = 0; i < length; i++) out[i] = next();
  return scale(out, gainTo(1000, out));
}

// A sum of white noises, of which number k changes every 2^k samples (Voss; Gardner 1978, "White and brown music").
function pink(random: Random): () => number {
  const rows = Array.from({ length: 12 }, () => random.normal());
  let sum = rows.reduce((a, b) => a + b, 0);
  let n = 0;
  return () => {
    n = (n + 1) % 4096;
    const k = n === 0 ? 11 : 31 - Math.clz32(n & -n);
    sum -= rows[k];
    rows[k] = random.normal();
    sum += rows[k];
    return sum + random.normal();
  };
}

// A random walk that forgets: −6 dB an octave above 20 Hz.
function brown(sampleRate: number, random: Random): () => number {
  const keep = 1 - (2 * Math.PI * 20) / sampleRate;
  let place = 0;
  return () => {
    place = keep * place + random.normal();
    return place;
  };
}
