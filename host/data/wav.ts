// RIFF WAVE. PCM and float are read here, since the wavefile package takes 2 ms for a second of sound; its decoders
// serve what is compressed (ADPCM, A-law, µ-law). Writes 16-bit mono.
import { createRequire } from "node:module";
import { UserError } from "../spec/user-error.ts";

/** One array a channel, in units of 16-bit samples, not yet rounded or clipped where the file holds more than 16 bits. */
export type WavSound = { sampleRate: number; channels: (Int16Array | Float32Array)[] };

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const COMPRESSED = new Map([
  [6, "fromALaw"],
  [7, "fromMuLaw"],
  [17, "fromIMAADPCM"],
] as const);

// Written by programs that stream and do not know the length yet (arecord, sox, ffmpeg).
const UNKNOWN_LENGTH = 0x7fff0000;

/**
 * @param name what an error calls the file
 * @throws UserError if the bytes are no wav file, truncated, or of a format that is not supported
 */
export function decodeWav(bytes: Uint8Array, name: string): WavSound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = findChunks(view, name);
  const { format, channelCount, sampleRate, bits } = readFormat(view, chunks.format, name);
  const body = new DataView(bytes.buffer, bytes.byteOffset + chunks.data, chunks.dataBytes);
  if (COMPRESSED.has(format as 6)) return decodeCompressed(bytes, format as 6, name);
  const read = sampleReader(format, bits);
  if (!read || channelCount === 0 || sampleRate === 0)
    throw new UserError(
      `${name} has wav format ${format} with ${bits} bits and ${channelCount} channels, which is not supported`,
      "Convert it to 16-bit PCM: sox IN.wav -b 16 OUT.wav",
    );
  const stride = (bits / 8) * channelCount;
  const length = Math.floor(chunks.dataBytes / stride);
  const channels: WavSound["channels"] = [];
  for (let c = 0; c < channelCount; c++) {
    const out = bits === 16 ? new Int16Array(length) : new Float32Array(length);
    for (let i = 0, at = (c * bits) / 8; i < length; i++, at += stride) out[i] = read(body, at);
    channels.push(out);
  }
  return { sampleRate, channels };
}

function findChunks(view: DataView, name: string): { format: number; data: number; dataBytes: number } {
  const tag = (at: number) => (at + 4 <= view.byteLength ? view.getUint32(at) : 0);
  if (tag(0) !== 0x52494646 || tag(8) !== 0x57415645)
    throw new UserError(`${name} is not a wav file`, "Check that it is a sound file, or remove it.");
  let format = 0;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const bytes = view.getUint32(at + 4, true);
    if (tag(at) === 0x666d7420) format = at + 8;
    if (tag(at) === 0x64617461 && format) {
      const there = view.byteLength - at - 8;
      if (bytes > there && bytes < UNKNOWN_LENGTH)
        throw new UserError(`${name} is truncated: ${there} of ${bytes} bytes of sound`, "Copy or record it again.");
      return { format, data: at + 8, dataBytes: Math.min(there, bytes) };
    }
    at += 8 + bytes + (bytes & 1);
  }
  throw new UserError(`${name} is truncated: it has no sound`, "Copy or record it again.");
}

function readFormat(view: DataView, at: number, name: string) {
  if (at + 16 > view.byteLength) throw new UserError(`${name} is truncated in its header`, "Copy or record it again.");
  let format = view.getUint16(at, true);
  if (format === EXTENSIBLE && at + 26 <= view.byteLength) format = view.getUint16(at + 24, true);
  return {
    format,
    channelCount: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

type SampleReader = (view: DataView, at: number) => number;

function sampleReader(format: number, bits: number): SampleReader | undefined {
  if (format === PCM && bits === 8) return (view, at) => (view.getUint8(at) - 128) * 256;
  if (format === PCM && bits === 16) return (view, at) => view.getInt16(at, true);
  if (format === PCM && bits === 24) return (view, at) => view.getInt16(at + 1, true) + view.getUint8(at) / 256;
  if (format === PCM && bits === 32) return (view, at) => view.getInt32(at, true) / 65536;
  if (format === FLOAT && bits === 32) return (view, at) => finite(view.getFloat32(at, true)) * 32768;
  if (format === FLOAT && bits === 64) return (view, at) => finite(view.getFloat64(at, true)) * 32768;
  return undefined;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function decodeCompressed(bytes: Uint8Array, format: 6 | 7 | 17, name: string): WavSound {
  const { WaveFile } = createRequire(import.meta.url)("wavefile") as typeof import("wavefile");
  try {
    const file = new WaveFile(bytes);
    file[COMPRESSED.get(format)!]();
    const { sampleRate, numChannels } = file.fmt as { sampleRate: number; numChannels: number };
    const samples = file.getSamples(false, Int16Array as never) as unknown as Int16Array | Int16Array[];
    return { sampleRate, channels: numChannels === 1 ? [samples as Int16Array] : (samples as Int16Array[]) };
  } catch (cause) {
    throw new UserError(`${name} is damaged: its compressed sound cannot be read`, "Convert it to 16-bit PCM.", {
      cause,
    });
  }
}

/** A wav file of 16-bit mono PCM. */
export function encodeWav(samples: Int16Array, sampleRate: number): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  const tag = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  tag(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  tag(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  tag(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) view.setInt16(44 + 2 * i, samples[i], true);
  return bytes;
}
