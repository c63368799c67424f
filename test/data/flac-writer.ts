// A small FLAC writer for tests: one frame, any channel assignment, verbatim or linear prediction. No compression worth it.

export type FlacFrame = {
  sampleRate: number;
  bits: number;
  /** As stored: for assignments 8, 9, 10 already left/side, side/right, mid/side. */
  channels: number[][];
  assignment: number;
  /** Predictor, newest sample first, scaled by 2^shift; none for verbatim. */
  weights?: number[];
  shift?: number;
  wasted?: number;
};

/** A whole file of one frame. */
export function writeFlac(frame: FlacFrame): Uint8Array {
  const size = frame.channels[0].length;
  const head = new Bits();
  head.put(0x664c6143, 32).put(0x80, 8).put(34, 24).put(size, 16).put(size, 16).put(0, 24).put(0, 24);
  head
    .put(frame.sampleRate, 20)
    .put(frame.channels.length - 1, 3)
    .put(frame.bits - 1, 5)
    .put(0, 4)
    .put(size, 32);
  for (let i = 0; i < 4; i++) head.put(0, 32);
  const body = new Bits();
  body
    .put(0xfff8, 16)
    .put(7, 4)
    .put(0, 4)
    .put(frame.assignment, 4)
    .put(0, 3)
    .put(0, 1)
    .put(0, 8)
    .put(size - 1, 16);
  body.put(crc(body.bytes, 0x07, 8), 8);
  frame.channels.forEach((samples, c) => {
    const side = frame.assignment === 9 ? 0 : frame.assignment >= 8 ? 1 : -1;
    writeSubframe(body, samples, frame, frame.bits + (c === side ? 1 : 0));
  });
  body.align();
  body.put(crc(body.bytes, 0x8005, 16), 16);
  return Uint8Array.from([...head.bytes, ...body.bytes]);
}

function writeSubframe(out: Bits, stored: number[], { weights, shift = 0, wasted = 0 }: FlacFrame, bits: number): void {
  const order = weights?.length ?? 0;
  const samples = stored.map((value) => value / 2 ** wasted);
  out.put(weights ? 31 + order : 1, 7).put(wasted ? 1 : 0, 1);
  if (wasted) out.put(1, wasted);
  for (const value of weights ? samples.slice(0, order) : samples) out.put(value, bits - wasted);
  if (!weights) return;
  out.put(14, 4).put(shift, 5);
  for (const weight of weights) out.put(weight, 15);
  const parameter = 18;
  out.put(1, 2).put(0, 4).put(parameter, 5);
  for (let i = order; i < samples.length; i++) {
    const sum = weights.reduce((total, weight, k) => total + weight * samples[i - 1 - k], 0);
    const residual = samples[i] - Math.floor(sum / 2 ** shift);
    const folded = residual < 0 ? -2 * residual - 1 : 2 * residual;
    out.put(1, Math.floor(folded / 2 ** parameter) + 1).put(folded % 2 ** parameter, parameter);
  }
}

class Bits {
  readonly bytes: number[] = [];
  private used = 8;

  put(value: number, count: number): this {
    for (let n = count - 1; n >= 0; n--) {
      if (this.used === 8) {
        this.bytes.push(0);
        this.used = 0;
      }
      const bit = Math.floor(value / 2 ** n) & 1;
      this.bytes[this.bytes.length - 1] |= bit << (7 - this.used++);
    }
    return this;
  }

  align(): void {
    this.used = 8;
  }
}

function crc(bytes: number[], polynomial: number, bits: number): number {
  let rest = 0;
  for (const byte of bytes)
    for (let n = 7; n >= 0; n--) {
      const out = (rest >> (bits - 1)) ^ ((byte >> n) & 1);
      rest = ((rest << 1) & (2 ** bits - 1)) ^ (out & 1 ? polynomial : 0);
    }
  return rest;
}
