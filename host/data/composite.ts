// Training material for models whose state is never reset: noise throughout, with one word in it. A model trained on clips
// from a zero state does not stream (docs/data.md).
import { addBackground, shift, silenceClip, vary } from "./augment.ts";
import { add, rms } from "./mixing.ts";
import type { Random } from "./random.ts";
import { toInt16 } from "./sound.ts";

/** A composite; the word's clip nominally takes the second from `firstSample` to `lastSample` (its voice starts later). */
export type Composite = { samples: Int16Array; firstSample: number; lastSample: number };

/**
 * A clip at the start (35 %) or anywhere in the first second of `length` samples.
 * @param length at least two seconds; a front end wants window − hop more, so that its last frame is whole
 */
export function composite(
  clip: Int16Array,
  noises: readonly Int16Array[],
  sampleRate: number,
  length: number,
  random: Random,
): Composite {
  const whole = vary(clip, 0.6, 0.9, 1.1, random);
  const extra = Math.max(0, whole.length - sampleRate);
  const voice = whole.subarray(extra >> 1, (extra >> 1) + sampleRate);
  const firstSample = startOfWord(sampleRate, random);
  const out = new Float32Array(length);
  add(out, voice, firstSample + ((sampleRate - voice.length) >> 1) + shift(sampleRate, random));
  if (random.chance(0.85)) addBackground(out, rms(voice), noises, 4, 700, random);
  return { samples: toInt16(out), firstSample, lastSample: firstSample + sampleRate - 1 };
}

/** Noise alone, half of the time with a change of noise and level midway; its word is silence. */
export function silenceComposite(
  noises: readonly Int16Array[],
  sampleRate: number,
  length: number,
  random: Random,
): Composite {
  const samples = silenceClip(noises, length, random);
  if (random.chance(0.5)) {
    const change = Math.floor(length * random.uniform(0.125, 0.875));
    samples.set(silenceClip(noises, length - change, random), change);
  }
  const firstSample = startOfWord(sampleRate, random);
  return { samples, firstSample, lastSample: firstSample + sampleRate - 1 };
}

function startOfWord(sampleRate: number, random: Random): number {
  return random.chance(0.35) ? 0 : random.int(sampleRate + 1);
}
