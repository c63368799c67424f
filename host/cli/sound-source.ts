// Sound for a stream, piece by piece: a file, the files of a folder one after another, or raw samples on standard input.
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { soundFiles } from "../data/listing.ts";
import type { Notices } from "../data/notices.ts";
import { rawSamples } from "../data/raw-samples.ts";
import { readSound, readSounds } from "../data/sound.ts";
import { UserError } from "../spec/user-error.ts";

/** `file` names where the piece comes from and stands on a file's first piece only. */
export type Piece = { samples: Int16Array; file?: string };

/** Quiet after each file, so that what was said at its end is decided before the next begins. */
const pauseSeconds = 1;

/**
 * Pieces of about `seconds` each.
 * @param source a wav or FLAC file, a folder of them, or `-`: 16-bit little-endian mono at `sampleRate` from `input`
 * @throws UserError if there is no such sound; files of a folder that cannot be read are left out and noted
 */
export async function* soundPieces(
  source: string,
  sampleRate: number,
  seconds: number,
  notices: Notices,
  input: Readable = process.stdin,
): AsyncGenerator<Piece> {
  const most = Math.round(seconds * sampleRate);
  if (source === "-") {
    yield* piecesOf(input, sampleRate, most);
    return;
  }
  const files = filesOf(source);
  const single = files.length === 1 && files[0] === source;
  const sounds = single
    ? [{ index: 0, sound: readSound(source, notices, sampleRate) }]
    : readSounds(files, notices, sampleRate);
  let heard = false;
  for (const { index, sound } of sounds) {
    const samples = new Int16Array(sound.samples.length + pauseSeconds * sampleRate);
    samples.set(sound.samples);
    const file = basename(files[index]);
    heard = true;
    for (let at = 0; at < samples.length; at += most) {
      yield { samples: samples.subarray(at, at + most), ...(at === 0 && { file }) };
    }
  }
  if (!heard) throw new UserError(`${source} holds no sound that can be read`, notices.lines.join("; "));
}

/** UserError if there is no such file, or a folder without sound. Standard input is always there. */
export function checkSource(source: string): void {
  if (source !== "-") filesOf(source);
}

function filesOf(source: string): string[] {
  const stats = statSync(source, { throwIfNoEntry: false });
  if (!stats)
    throw new UserError(
      `${source} does not exist`,
      "give a wav or FLAC file, a folder of them, or - for standard input",
    );
  if (!stats.isDirectory()) return [source];
  const files = soundFiles(source);
  if (files.length === 0)
    throw new UserError(`${source} holds no wav or FLAC file`, "give a folder with recordings in it");
  return files.map((file) => join(source, file));
}

// A wav header, as `arecord` writes one by default, is checked and left out.
async function* piecesOf(input: Readable, sampleRate: number, most: number): AsyncGenerator<Piece> {
  for await (const samples of rawSamples(withoutHeader(input, sampleRate))) {
    for (let at = 0; at < samples.length; at += most) yield { samples: samples.subarray(at, at + most) };
  }
}

const wavHeaderBytes = 44;

async function* withoutHeader(input: Readable, sampleRate: number): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of input as AsyncIterable<Buffer>) {
    if (!head) yield chunk;
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length < wavHeaderBytes) continue;
      yield head.subarray(headerBytes(head, sampleRate));
      head = undefined;
    }
  }
  if (head) yield head;
}

function headerBytes(bytes: Buffer, sampleRate: number): number {
  if (bytes.toString("latin1", 0, 4) !== "RIFF") return 0;
  const [channels, rate, bits] = [bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)];
  if (channels === 1 && rate === sampleRate && bits === 16) return wavHeaderBytes;
  throw new UserError(
    `standard input has ${channels} channels of ${bits} bits at ${rate} Hz, the model wants 1 of 16 bits at ${sampleRate} Hz`,
    `arecord -t raw -f S16_LE -c 1 -r ${sampleRate} | engram stream -`,
  );
}
