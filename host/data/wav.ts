// RIFF WAVE: reads PCM, float, A-law, µ-law and IMA ADPCM, writes 16-bit mono. Ours, since the wavefile package takes 2 ms
// for a second of plain PCM, resamples with aliases and decodes ADPCM wrongly.
import { UserError } from "../spec/user-error.ts";
import { fromALaw, fromImaAdpcm, fromMuLaw } from "./wav-codecs.ts";

/** One array a channel, in units of 16-bit samples, not yet rounded or clipped where the file holds more than 16 bits. */
export type WavSound = { sampleRate: number; channels: (Int16Array | Float32Array)[] };

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const A_LAW = 6;
const MU_LAW = 7;
const IMA_ADPCM = 17;

// Written by programs that stream and do not know the length yet (arecord, sox, ffmpeg).
const UNKNOWN_LENGTH = 0x7fff0000;

/**
 * @param name what an error calls the file
 * @throws UserError if the bytes are no wav file, truncated, or of a format that is not supported
 */
export function decodeWav(bytes: Uint8Array, name: string): WavSound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = findChunks(view, name);
  const { format, channelCount, sampleRate, blockBytes, bits } = readFormat(view, chunks.format, name);
  const body = new DataView(bytes.buffer, bytes.byteOffset + chunks.data, chunks.dataBytes);
  if (format === IMA_ADPCM && bits === 4 && channelCount > 0 && blockBytes > 4 * channelCount)
    return { sampleRate, channels: fromImaAdpcm(body, channelCount, blockBytes) };
  const read = sampleReader(format, bits);
  if (!read || channelCount === 0)
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
    blockBytes: view.getUint16(at + 12, true),
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
  if (format === A_LAW && bits === 8) return (view, at) => fromALaw(view.getUint8(at));
  if (format === MU_LAW && bits === 8) return (view, at) => fromMuLaw(view.getUint8(at));
  return undefined;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
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
