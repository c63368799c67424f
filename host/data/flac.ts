// FLAC to integer samples (RFC 9639): native streams, 1 to 8 channels, 4 to 24 bits. Ours, because the decoder package that
// we tried (@wasm-audio-decoders/flac 0.2.11) loses whole frames of 3 % of Speech Commands without a word, and takes 2.5 ms a clip.
import { UserError } from "../spec/user-error.ts";

/** Sound as stored: one array a channel, all of one length, values of `bits` bits with sign. */
export type FlacSound = { sampleRate: number; bits: number; channels: Int32Array[] };

/**
 * Decodes a whole file. The CRC-16 of every frame is checked (its header's CRC-8 is covered by it), and the number of samples.
 * @param name what an error calls the file
 * @throws UserError if the bytes are not FLAC, damaged, truncated, or of a kind that is not supported
 */
export function decodeFlac(bytes: Uint8Array, name: string): FlacSound {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new UserError(`${name} ${error.message}`, "Play it with another program, or make it again.");
  }
}

class Damage extends Error {}

// What STREAMINFO (RFC 9639, section 8.2) says of the whole stream.
type Stream = { sampleRate: number; channelCount: number; bits: number; total: number };

function decode(bytes: Uint8Array): FlacSound {
  const reader = new BitReader(bytes);
  if (bytes.length < 42 || reader.read(32) !== 0x664c6143) throw new Damage("is not a FLAC file");
  const stream = readMetadata(reader);
  // The total is a claim, and 0 if unknown: it must not make us allocate more than the frames fill.
  let channels = Array.from({ length: stream.channelCount }, () => new Int32Array(Math.min(stream.total, 1 << 20)));
  let filled = 0;
  while (stream.total ? filled < stream.total : reader.byte < bytes.length) {
    if (reader.byte >= bytes.length) throw new Damage(`is truncated: ${filled} of ${stream.total} samples`);
    const header = readFrameHeader(reader, stream);
    const end = filled + header.size;
    if (stream.total && end > stream.total) throw new Damage(`is damaged: it has more than ${stream.total} samples`);
    if (end > channels[0].length) channels = channels.map((all) => widened(all, end));
    readFrameBody(
      reader,
      header,
      stream.bits,
      channels.map((all) => all.subarray(filled, end)),
    );
    filled = end;
  }
  return { sampleRate: stream.sampleRate, bits: stream.bits, channels: channels.map((all) => all.subarray(0, filled)) };
}

function widened(old: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(Math.max(2 * old.length, needed));
  wide.set(old);
  return wide;
}

function readMetadata(reader: BitReader): Stream {
  let stream: Stream | undefined;
  for (let last = 0; !last; ) {
    last = reader.read(1);
    const type = reader.read(7);
    const length = reader.read(24);
    const end = reader.byte + length;
    if (end > reader.length) throw new Damage("is truncated in its header");
    if (type === 0 && length >= 34) stream = readStreamInfo(reader);
    reader.seek(end);
  }
  if (!stream) throw new Damage("is not a FLAC file: it has no STREAMINFO");
  if (stream.sampleRate === 0) throw new Damage("has no sample rate");
  if (stream.bits < 4 || stream.bits > 24) throw new Damage(`has ${stream.bits} bits a sample; 4 to 24 are supported`);
  return stream;
}

function readStreamInfo(reader: BitReader): Stream {
  reader.seek(reader.byte + 10); // sizes of blocks and frames
  const sampleRate = reader.read(20);
  const channelCount = reader.read(3) + 1;
  const bits = reader.read(5) + 1;
  const total = reader.read(4) * 4294967296 + reader.read(32);
  return { sampleRate, channelCount, bits, total };
}

type FrameHeader = { first: number; size: number; assignment: number };

// Section 9.1. Channel assignment: 0 … 7 independent, 8 left and side, 9 side and right, 10 mid and side.
function readFrameHeader(reader: BitReader, stream: Stream): FrameHeader {
  const first = reader.byte;
  if (reader.read(15) !== 0x7ffc) throw new Damage("is damaged: a frame does not start where it should");
  reader.read(1);
  const sizeCode = reader.read(4);
  const rateCode = reader.read(4);
  const assignment = reader.read(4);
  const bitsCode = reader.read(3);
  reader.read(1);
  skipCodedNumber(reader);
  const size = readBlockSize(reader, sizeCode);
  if (rateCode >= 12) reader.read(rateCode === 12 ? 8 : 16);
  reader.read(8); // CRC-8
  const count = assignment < 8 ? assignment + 1 : 2;
  const bits = [stream.bits, 8, 12, -1, 16, 20, 24, 32][bitsCode];
  if (count !== stream.channelCount || bits !== stream.bits || assignment > 10)
    throw new Damage("changes its number of channels or bits midway, which is not supported");
  return { first, size, assignment };
}

// The subframes and the checksum of one frame; one array a channel, each as long as the frame.
function readFrameBody(reader: BitReader, header: FrameHeader, bits: number, channels: Int32Array[]): void {
  const { first, assignment } = header;
  const side = assignment < 8 ? -1 : assignment === 9 ? 0 : 1;
  for (let c = 0; c < channels.length; c++) readSubframe(reader, channels[c], bits + (c === side ? 1 : 0));
  if (assignment >= 8) restoreStereo(channels[0], channels[1], assignment);
  reader.align();
  const end = reader.byte;
  if (end + 2 > reader.length) throw new Damage("is truncated");
  if (reader.read(16) !== crc16(reader.bytes, first, end))
    throw new Damage("is damaged: the checksum of a frame is wrong");
}

function skipCodedNumber(reader: BitReader): void {
  const ones = Math.clz32(~(reader.read(8) << 24));
  for (let n = 1; n < ones; n++) reader.read(8);
}

function readBlockSize(reader: BitReader, code: number): number {
  if (code === 0) throw new Damage("is damaged: reserved block size");
  if (code === 1) return 192;
  if (code <= 5) return 576 << (code - 2);
  if (code === 6) return reader.read(8) + 1;
  if (code === 7) return reader.read(16) + 1;
  return 256 << (code - 8);
}

// Section 9.2.
function readSubframe(reader: BitReader, out: Int32Array, bits: number): void {
  reader.read(1);
  const type = reader.read(6);
  let wasted = 0;
  if (reader.read(1)) wasted = reader.unary() + 1;
  bits -= wasted;
  if (bits < 1) throw new Damage("is damaged: more wasted bits than bits");
  if (type === 0) out.fill(reader.signed(bits));
  else if (type === 1) for (let i = 0; i < out.length; i++) out[i] = reader.signed(bits);
  else if (type >= 8 && type <= 12) readFixed(reader, out, bits, type - 8);
  else if (type >= 32) readLinear(reader, out, bits, type - 31);
  else throw new Damage("is damaged: reserved subframe type");
  if (wasted) for (let i = 0; i < out.length; i++) out[i] <<= wasted;
}

function readFixed(reader: BitReader, out: Int32Array, bits: number, order: number): void {
  if (order > out.length) throw new Damage("is damaged: a predictor longer than its block");
  for (let i = 0; i < order; i++) out[i] = reader.signed(bits);
  readResidual(reader, out, order);
  // A sum of order n is n running sums: undo them one after the other.
  if (order === 1) for (let i = 1; i < out.length; i++) out[i] += out[i - 1];
  else if (order === 2) for (let i = 2; i < out.length; i++) out[i] += 2 * out[i - 1] - out[i - 2];
  else if (order === 3) for (let i = 3; i < out.length; i++) out[i] += 3 * (out[i - 1] - out[i - 2]) + out[i - 3];
  else if (order === 4)
    for (let i = 4; i < out.length; i++) out[i] += 4 * (out[i - 1] + out[i - 3]) - 6 * out[i - 2] - out[i - 4];
}

function readLinear(reader: BitReader, out: Int32Array, bits: number, order: number): void {
  if (order > out.length) throw new Damage("is damaged: a predictor longer than its block");
  for (let i = 0; i < order; i++) out[i] = reader.signed(bits);
  const precision = reader.read(4) + 1;
  const shift = reader.signed(5);
  if (precision === 16 || shift < 0) throw new Damage("is damaged: reserved predictor precision");
  const weights = new Int32Array(order);
  for (let k = 0; k < order; k++) weights[k] = reader.signed(precision);
  readResidual(reader, out, order);
  let magnitude = 0;
  for (const weight of weights) magnitude += Math.abs(weight);
  if (magnitude * 2 ** (bits - 1) < 2147483648) predictNarrow(out, weights, shift);
  else predictWide(out, weights, shift);
}

// Every sum fits into 32 bits. Half of all the time goes into this loop, hence four products a turn.
function predictNarrow(out: Int32Array, weights: Int32Array, shift: number): void {
  const order = weights.length;
  const rest = order & 3;
  for (let i = order; i < out.length; i++) {
    let sum = 0;
    let j = i - 1;
    let k = 0;
    for (; k < rest; k++, j--) sum += Math.imul(weights[k], out[j]);
    for (; k < order; k += 4, j -= 4) {
      sum = (sum + Math.imul(weights[k], out[j]) + Math.imul(weights[k + 1], out[j - 1])) | 0;
      sum = (sum + Math.imul(weights[k + 2], out[j - 2]) + Math.imul(weights[k + 3], out[j - 3])) | 0;
    }
    out[i] += sum >> shift;
  }
}

// Sums below 2^15 · 2^24 · 32 = 2^44 are exact in a double.
function predictWide(out: Int32Array, weights: Int32Array, shift: number): void {
  const order = weights.length;
  const scale = 1 / 2 ** shift;
  for (let i = order; i < out.length; i++) {
    let sum = 0;
    for (let k = 0, j = i - 1; k < order; k++, j--) sum += weights[k] * out[j];
    out[i] += Math.floor(sum * scale);
  }
}

// Section 9.2.7: the residual in partitions of Rice codes, into out[order …].
function readResidual(reader: BitReader, out: Int32Array, order: number): void {
  const method = reader.read(2);
  if (method > 1) throw new Damage("is damaged: reserved residual coding");
  const parameterBits = method === 0 ? 4 : 5;
  const partitions = 1 << reader.read(4);
  const each = out.length / partitions;
  if (!Number.isInteger(each) || each < order) throw new Damage("is damaged: partitions do not fit their block");
  for (let p = 0, i = order; p < partitions; p++) {
    const end = (p + 1) * each;
    const parameter = reader.read(parameterBits);
    if (parameter === (1 << parameterBits) - 1) {
      const width = reader.read(5);
      for (; i < end; i++) out[i] = width ? reader.signed(width) : 0;
    } else {
      reader.rice(out, i, end, parameter);
      i = end;
    }
  }
}

function restoreStereo(a: Int32Array, b: Int32Array, assignment: number): void {
  for (let i = 0; i < a.length; i++) {
    if (assignment === 8) b[i] = a[i] - b[i];
    else if (assignment === 9) a[i] += b[i];
    else {
      const sum = (a[i] << 1) | (b[i] & 1);
      a[i] = (sum + b[i]) >> 1;
      b[i] = a[i] - b[i];
    }
  }
}

// Bits, the highest of a byte first. Reading past the end gives zeros for up to PADDING bytes, then Damage.
const PADDING = 16;

class BitReader {
  readonly bytes: Uint8Array;
  readonly length: number;
  private readonly view: DataView;
  private position = 0; // in bits

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.bytes = new Uint8Array(bytes.length + PADDING);
    this.bytes.set(bytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** The byte that holds the next bit. */
  get byte(): number {
    return this.position / 8;
  }

  seek(byte: number): void {
    this.position = byte * 8;
  }

  align(): void {
    this.position = Math.ceil(this.position / 8) * 8;
  }

  /** 0 to 32 bits as an unsigned number. */
  read(count: number): number {
    if (count > 24) return this.read(count - 16) * 65536 + this.read(16);
    if (count === 0) return 0;
    const value = (this.peek() >>> (32 - count)) >>> 0;
    this.position += count;
    return value;
  }

  /** 1 to 31 bits in two's complement. */
  signed(count: number): number {
    return (this.read(count) << (32 - count)) >> (32 - count);
  }

  /** The number of zeros before the next one, which is consumed. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      const run = Math.clz32(this.peek());
      if (run < 25) {
        this.position += run + 1;
        return zeros + run;
      }
      zeros += 25;
      this.position += 25;
    }
  }

  /** Rice codes with sign folded into the lowest bit, into out[from … to − 1]. */
  rice(out: Int32Array, from: number, to: number, parameter: number): void {
    const { view, length } = this;
    const limit = (length + PADDING - 4) * 8;
    let position = this.position;
    for (let i = from; i < to; i++) {
      if (position > limit) throw new Damage("is truncated");
      const word = view.getInt32(position >>> 3) << (position & 7); // 25 bits or more are good
      const run = Math.clz32(word);
      let folded: number;
      if (run + 1 + parameter <= 25) {
        folded = (run << parameter) | (((word << (run + 1)) >>> 1) >>> (31 - parameter));
        position += run + 1 + parameter;
      } else {
        this.position = position;
        folded = this.unary() * 2 ** parameter + this.read(parameter);
        position = this.position;
      }
      out[i] = (folded >>> 1) ^ -(folded & 1);
    }
    this.position = position;
  }

  // The next 25 bits or more, at the top of a word.
  private peek(): number {
    const byte = this.position >>> 3;
    if (byte > this.length + PADDING - 4) throw new Damage("is truncated");
    return this.view.getInt32(byte) << (this.position & 7);
  }
}

const crcTable = Uint16Array.from({ length: 256 }, (_, value) => {
  let rest = value << 8;
  for (let n = 0; n < 8; n++) rest = (rest << 1) ^ (rest & 0x8000 ? 0x18005 : 0);
  return rest;
});

function crc16(bytes: Uint8Array, from: number, to: number): number {
  let rest = 0;
  for (let i = from; i < to; i++) rest = ((rest << 8) & 0xffff) ^ crcTable[(rest >> 8) ^ bytes[i]];
  return rest;
}
