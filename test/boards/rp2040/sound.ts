// What a PDM microphone would say: bits of a sigma-delta modulator of second order; the firmware's decimation of them, compiled for
// this machine; and the same filters in floating point, from their formulas.
import { compileProgram } from "../../frontend/c-program.ts";

/** @param value of each bit's time, −1 … 1, well below 1 */
export function pdmBits(count: number, value: (bit: number) => number): Uint8Array {
  let [first, second] = [0, 0];
  return Uint8Array.from({ length: count }, (_, i) => {
    const out = second >= 0 ? 1 : -1;
    first += value(i) - out;
    second += first - 2 * out;
    return out > 0 ? 1 : 0;
  });
}

const program = compileProgram(["test/boards/rp2040/pdm.c", "firmware/boards/rp2040/pdm.c"]);

/** Samples that the firmware makes of bits, in order. Undefined without a C compiler. */
export const decimate =
  program &&
  ((bits: Uint8Array, bitsPerSample: number): Int16Array => {
    const words = new Uint32Array(1 + Math.floor(bits.length / 32));
    words[0] = bitsPerSample;
    for (let i = 0; i < 32 * (words.length - 1); i++) words[1 + (i >> 5)] |= bits[i] << (i & 31);
    const out = program(new Uint8Array(words.buffer));
    return new Int16Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.length));
  });

const stage = 4;
const order = 4;
const taps = 64;
const cut = 0.112;
const gain = 8;
const meanShift = 7;

/** What `decimate` would give without rounding and saturation. */
export function decimatedFloat(bits: Uint8Array, bitsPerSample: number): Float64Array {
  const boxcar = new Float64Array(bitsPerSample / stage).fill(stage / bitsPerSample);
  let first = Float64Array.of(1);
  for (let i = 0; i < order; i++) first = convolved(first, boxcar);
  const values = filtered(
    Float64Array.from(bits, (bit) => 2 * bit - 1),
    first,
    bitsPerSample / stage,
    -1,
  );
  const middle = (taps - 1) / 2;
  const lowPass = Float64Array.from({ length: taps }, (_, i) => {
    const window = 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (taps - 1));
    return (window * Math.sin(2 * Math.PI * cut * (i - middle))) / (Math.PI * (i - middle));
  });
  const sum = lowPass.reduce((all, tap) => all + tap, 0);
  let mean = 0;
  return filtered(
    values,
    lowPass.map((tap) => (tap / sum) * gain * 32768),
    stage,
    0,
  ).map((value) => {
    const rest = value - mean;
    mean += rest / 2 ** meanShift;
    return rest;
  });
}

function convolved(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(a.length + b.length - 1);
  a.forEach((x, i) => {
    for (let j = 0; j < b.length; j++) out[i + j] += x * b[j];
  });
  return out;
}

/** Every so many values, that which a filter makes of those up to it; before the first lies `silence`. */
function filtered(values: Float64Array, filter: Float64Array, every: number, silence: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / every) }, (_, i) => {
    const newest = (i + 1) * every - 1;
    return filter.reduce((sum, tap, j) => sum + tap * (newest >= j ? values[newest - j] : silence), 0);
  });
}
