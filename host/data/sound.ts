// A sound file of any common kind as the 16-bit mono samples that a model hears; what had to be changed is noted.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { UserError } from "../spec/user-error.ts";
import { decodeFlac } from "./flac.ts";
import type { Notices } from "./notices.ts";
import { resample } from "./resample.ts";
import { decodeWav } from "./wav.ts";

/** Mono, 16 bits. */
export type Sound = { sampleRate: number; samples: Int16Array };

/** File names with these endings are taken for sound. */
export const SOUND_FILE = /\.(wav|flac)$/i;

/** What Notices calls a file that `readSounds` leaves out. */
export const SKIPPED = "skipped";

// Values times `unit` are 16-bit samples.
type Channels = { sampleRate: number; channels: (Int16Array | Int32Array | Float32Array)[]; unit: number };

/**
 * Reads a wav or FLAC file (told apart by content), mixes its channels and resamples it.
 * @param sampleRate what the samples shall have; without it they keep the file's
 * @throws UserError if the file is missing, truncated, damaged or not sound
 */
export function readSound(path: string, notices: Notices, sampleRate?: number): Sound {
  return decodeSound(readFile(path), path, notices, sampleRate);
}

/** The same for bytes in memory, called `name` in notices and errors. */
export function decodeSound(bytes: Uint8Array, name: string, notices: Notices, sampleRate?: number): Sound {
  const stored = decodeChannels(bytes, name);
  const wanted = sampleRate ?? stored.sampleRate;
  if (stored.sampleRate < 1000 || stored.sampleRate > 768000)
    throw new UserError(`${name} has ${stored.sampleRate} samples a second`, "1,000 to 768,000 are supported.");
  if (stored.channels[0].length === 0) throw new UserError(`${name} holds no sound`, "Record it again, or remove it.");
  if (stored.channels.length > 1) notices.note(`mixed from ${stored.channels.length} channels to one`, name);
  const mono = mix(stored);
  if (stored.sampleRate === wanted) return { sampleRate: wanted, samples: toInt16(mono) };
  notices.note(`resampled from ${stored.sampleRate} to ${wanted} Hz${gap(stored.sampleRate, wanted)}`, name);
  return { sampleRate: wanted, samples: toInt16(resample(mono, stored.sampleRate, wanted)) };
}

/**
 * Reads many files one by one. A file that cannot be read is left out, and noted with the reason.
 * @yields the index in `paths` with its sound
 */
export function* readSounds(
  paths: readonly string[],
  notices: Notices,
  sampleRate?: number,
): Generator<{ index: number; sound: Sound }> {
  for (let index = 0; index < paths.length; index++) {
    let sound: Sound;
    try {
      sound = readSound(paths[index], notices, sampleRate);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      notices.note(SKIPPED, error.message);
      continue;
    }
    yield { index, sound };
  }
}

/** Rounds half up and clips to 16 bits; an Int16Array is returned as it is. */
export function toInt16(samples: Int16Array | Int32Array | Float32Array | Float64Array): Int16Array {
  if (samples instanceof Int16Array) return samples;
  const out = new Int16Array(samples.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.max(-32768, Math.min(32767, Math.floor(samples[i] + 0.5)));
  return out;
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `cannot be read (${code})`;
    throw new UserError(`${path} ${what}`, "Give a wav or FLAC file.", { cause });
  }
}

function decodeChannels(bytes: Uint8Array, name: string): Channels {
  const tag = String.fromCharCode(...bytes.subarray(0, 4));
  if (tag === "fLaC") {
    const { sampleRate, bits, channels } = decodeFlac(bytes, name);
    return { sampleRate, channels, unit: 2 ** (16 - bits) };
  }
  if (tag === "RIFF") return { ...decodeWav(bytes, name), unit: 1 };
  if (bytes.length === 0) throw new UserError(`${name} is empty`, "Record it again, or remove it.");
  throw new UserError(`${name} is not a sound file (neither wav nor FLAC)`, `Remove ${basename(name)}, or convert it.`);
}

function mix({ channels, unit }: Channels): Int16Array | Float32Array {
  const [first] = channels;
  if (channels.length === 1 && unit === 1) return first instanceof Int32Array ? new Int16Array(first) : first;
  const sum = new Float32Array(first.length);
  for (const channel of channels) for (let i = 0; i < sum.length; i++) sum[i] += channel[i];
  const factor = unit / channels.length;
  for (let i = 0; i < sum.length; i++) sum[i] *= factor;
  return sum;
}

function gap(stored: number, wanted: number): string {
  return stored < wanted ? ` (warning: nothing above ${stored / 2000} kHz)` : "";
}
