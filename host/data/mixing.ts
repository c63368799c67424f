// The few things that augmentation, composites and streams do with samples. Buffers hold 16-bit units as floats until the end.
import type { Random } from "./random.ts";

/** Root of the mean square. */
export function rms(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i];
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/** Greatest absolute value. */
export function peak(samples: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < samples.length; i++) most = Math.max(most, Math.abs(samples[i]));
  return most;
}

/** target[start + i] += factor · source[i], where start + i lies in the target. */
export function add(target: Float32Array, source: ArrayLike<number>, start = 0, factor = 1): void {
  const end = Math.min(source.length, target.length - start);
  for (let i = Math.max(0, -start); i < end; i++) target[start + i] += factor * source[i];
}

/** Multiplies in place, and returns the samples. */
export function scale(samples: Float32Array, factor: number): Float32Array {
  for (let i = 0; i < samples.length; i++) samples[i] *= factor;
  return samples;
}

/** The same sound `speed` times as fast (and as high), by linear interpolation. */
export function changeSpeed(samples: ArrayLike<number>, speed: number): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / speed));
  const last = samples.length - 1;
  for (let i = 0; i < out.length; i++) {
    const position = Math.min(i * speed, last);
    const left = Math.floor(position);
    const right = Math.min(left + 1, last);
    out[i] = samples[left] + (position - left) * (samples[right] - samples[left]);
  }
  return out;
}

/** A copy backwards. */
export function reversed(samples: Int16Array): Int16Array {
  return samples.slice().reverse();
}

/** `length` samples from a random place of a random noise, repeated where the noise is shorter. */
export function cutNoise(noises: readonly Int16Array[], length: number, random: Random): Float32Array {
  const noise = random.pick(noises);
  const start = random.int(Math.max(1, noise.length > length ? noise.length - length : noise.length));
  const out = new Float32Array(length);
  for (let i = 0, j = start; i < length; i++, j++) {
    if (j >= noise.length) j = 0;
    out[i] = noise[j];
  }
  return out;
}

/** The factor that brings samples to a level (RMS); samples that are nearly silent stay so. */
export function gainTo(level: number, samples: ArrayLike<number>): number {
  return level / (rms(samples) + 1e-3);
}
