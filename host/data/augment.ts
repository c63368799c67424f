// New variants of recorded clips for training: speed, place in time, gain, clipping, background noise; and clips of
// silence. Figures behind the ranges: docs/data.md. A variant depends on its Random alone, to the byte.
import { add, changeSpeed, cutNoise, gainTo, peak, rms, scale } from "./mixing.ts";
import type { Random } from "./random.ts";
import { toInt16 } from "./sound.ts";

/** A clip in the middle of `length` samples, between zeros, or its own middle: how clips are evaluated. */
export function padClip(clip: Int16Array, length: number): Int16Array {
  const before = Math.floor((length - clip.length) / 2);
  const out = new Int16Array(length);
  out.set(clip.subarray(Math.max(0, -before), Math.max(0, -before) + length), Math.max(0, before));
  return out;
}

/**
 * A random variant of a clip.
 * @param noises recordings at the clip's sample rate, none of them empty
 * @param length samples of the result; the clip lies in its middle, shifted by up to 100 ms
 */
export function augmentClip(
  clip: Int16Array,
  noises: readonly Int16Array[],
  sampleRate: number,
  length: number,
  random: Random,
): Int16Array {
  const voice = vary(clip, 0.7, 0.88, 1.12, random);
  const out = new Float32Array(length);
  add(out, voice, Math.floor((length - voice.length) / 2) + shift(sampleRate, random));
  if (random.chance(0.8)) addBackground(out, rms(out), noises, 5, 800, random);
  return toInt16(out);
}

/** A clip's sound at a random speed (with a probability) and gain. */
export function vary(
  clip: Int16Array,
  probability: number,
  slowest: number,
  fastest: number,
  random: Random,
): Float32Array {
  const speed = random.chance(probability) ? random.uniform(slowest, fastest) : 1;
  const voice = changeSpeed(clip, speed);
  return scale(voice, randomGain(voice, random));
}

/** −100 … 100 ms in samples. */
export function shift(sampleRate: number, random: Random): number {
  const most = Math.round(sampleRate / 10);
  return random.int(2 * most + 1) - most;
}

/** Adds noise of a level (RMS) log-uniform between two, but always below the voice's level times 0.14 … 0.82. */
export function addBackground(
  target: Float32Array,
  voiceLevel: number,
  noises: readonly Int16Array[],
  least: number,
  most: number,
  random: Random,
): void {
  const noise = cutNoise(noises, target.length, random);
  const level = Math.min(random.logUniform(least, most), (voiceLevel + 1) * random.logUniform(0.135, 0.82));
  add(target, noise, 0, gainTo(level, noise));
}

// Mostly 0.25 … 2.2 without clipping; one clip in ten much quieter, one in twelve so loud that it clips.
function randomGain(voice: Float32Array, random: Random): number {
  const full = 32767 / (peak(voice) + 1);
  const kind = random.uniform();
  if (kind < 0.1) return Math.min(random.logUniform(0.03, 0.25), full);
  if (kind < 0.18) return full * random.logUniform(1, 4);
  return Math.min(random.logUniform(0.25, 2.2), full);
}

/**
 * A clip of noise alone: its level (RMS) is log-uniform from 2 to 11,000, since background recordings are some 60 times
 * quieter than the silence of the published test set; three in a hundred are zeros. Loud ones clip.
 */
export function silenceClip(noises: readonly Int16Array[], length: number, random: Random): Int16Array {
  const noise = cutNoise(noises, length, random);
  if (random.chance(0.3)) {
    scale(noise, random.uniform());
    add(noise, cutNoise(noises, length, random), 0, random.uniform());
  }
  const level = random.logUniform(2, 11000);
  return toInt16(scale(noise, random.chance(0.03) ? 0 : gainTo(level, noise)));
}
