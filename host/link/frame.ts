// Frames and bytes: seven bits a byte for SysEx (as Firmata's Encoder7Bit packs), CRC-32, the head. The twin of
// firmware/core/wire.c.
import { frameOverhead, frame as head, wire } from "../spec/messages.ts";

export type Frame = {
  connection: number;
  sequence: number;
  acknowledge: number;
  type: number;
  payload: Uint8Array;
};

/**
 * Most bytes that the host puts into one frame of a long transfer, though a board may take more: a damaged frame goes again
 * whole, and on a line that spoils a byte in a thousand one of 4096 hardly ever arrives.
 */
const longestPart = 1024;

const sysexStart = 0xf0;
const sysexEnd = 0xf7;

/**
 * The bytes of each part of a long transfer: whole units, at least one.
 * @param room bytes that the board takes in one payload
 */
export function partBytes(room: number, unit: number): number {
  return Math.max(1, Math.floor(Math.min(room, longestPart) / unit)) * unit;
}

/** A frame as the bytes between a SysEx's command and its end, each below 0x80. */
export function packFrame(frame: Frame): Uint8Array {
  const bytes = new Uint8Array(frameOverhead + frame.payload.length);
  head.write(bytes, 0, { ...frame, length: frame.payload.length });
  bytes.set(frame.payload, head.bytes);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return pack(bytes);
}

/** The frame in such bytes, or undefined if it is damaged. */
export function unpackFrame(packed: Uint8Array): Frame | undefined {
  const bytes = unpack(packed);
  if (bytes.length < frameOverhead) return undefined;
  const { length, ...fields } = head.read(bytes);
  if (length !== bytes.length - frameOverhead) return undefined;
  const crc = new DataView(bytes.buffer).getUint32(bytes.length - 4, true);
  if (crc !== crc32(bytes.subarray(0, -4))) return undefined;
  return { ...fields, payload: bytes.subarray(head.bytes, -4) };
}

/** A whole SysEx: start, command, packed frame, end. */
export function sysex(packed: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(packed.length + 3);
  bytes[0] = sysexStart;
  bytes[1] = wire.sysex;
  bytes.set(packed, 2);
  bytes[bytes.length - 1] = sysexEnd;
  return bytes;
}

/** Finds our SysEx messages in a stream of bytes, cut anywhere, among whatever else Firmata says. */
export class SysexFinder {
  #bytes: number[] = [];
  #inside = false;
  readonly #found: (packed: Uint8Array) => void;

  constructor(found: (packed: Uint8Array) => void) {
    this.#found = found;
  }

  take(chunk: Uint8Array): void {
    for (const byte of chunk) this.#takeByte(byte);
  }

  #takeByte(byte: number): void {
    if (byte === sysexStart || byte === sysexEnd) {
      // Without its end, or with nothing in it, it is damaged; that is for the check to find.
      if (this.#inside && this.#bytes[0] === wire.sysex) this.#found(Uint8Array.from(this.#bytes.slice(1)));
      this.#bytes = [];
      this.#inside = byte === sysexStart;
    } else if (this.#inside && this.#bytes.length < longest) {
      this.#bytes.push(byte);
    }
  }
}

/** Bytes of the longest packed frame, and a little more. */
const longest = Math.ceil(((0xffff + frameOverhead) * 8) / 7) + 8;

/** Eight bits a byte to seven, lowest bits first. */
export function pack(bytes: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil((bytes.length * 8) / 7));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const byte of bytes) {
    bits |= byte << count;
    for (count += 8; count >= 7; count -= 7) {
      packed[at++] = bits & 0x7f;
      bits >>= 7;
    }
  }
  if (count > 0) packed[at] = bits;
  return packed;
}

/** And back; bits that make no whole byte are dropped. */
export function unpack(packed: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.floor((packed.length * 7) / 8));
  let bits = 0;
  let count = 0;
  let at = 0;
  for (const byte of packed) {
    bits |= (byte & 0x7f) << count;
    count += 7;
    if (count < 8) continue;
    bytes[at++] = bits;
    bits >>= 8;
    count -= 8;
  }
  return bytes;
}

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** CRC-32 as in zip and Ethernet. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ remainders[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}
