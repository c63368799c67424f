// Window, FFT and power of one frame, in int16 with one exponent for the whole spectrum (block floating point).
// The C twin is firmware/core/spectrum.c; docs/front-end.md defines each step and proves the bounds.
import { HEAD_FFT, HEAD_SINE_AT, HEAD_WINDOW, HEAD_WINDOW_AT } from "../../build/generated/frontend-layout";

/** Exponent of the last spectrum: power · 2^exponent is |X|² in units of PCM. */
export let powerExponent: i32 = 0;

/**
 * Leaves |X[k]|² · 2^−powerExponent, k = 1 … fft / 2 − 1, as uint32 at spectrum + 4 k.
 * @param samples `window` int16
 * @param spectrum room for fft int16, at a multiple of 4
 */
export function powerSpectrum(section: usize, samples: usize, spectrum: usize): void {
  const fft = <i32>load<u16>(section, HEAD_FFT);
  const points = fft >> 1;
  const sine = section + load<u16>(section, HEAD_SINE_AT);
  let exponent = windowed(section, samples, spectrum, points);
  let quarter = 1;
  let mask: i32 = 1 << 13; // windowed() leaves magnitudes up to 2^14
  if (ctz(points) & 1) {
    exponent += 1;
    mask = pairs(spectrum, points);
    quarter = 2;
  }
  for (; quarter < points; quarter <<= 2) {
    const shift = max(bitsOf(mask) - 12, 0);
    exponent += shift;
    mask = stage(spectrum, points, quarter, sine, fft, shift);
  }
  const bits = max(bitsOf(mask), 10);
  power(spectrum, points, sine, bits);
  powerExponent = 2 * (exponent + bits - 14);
}

// x becomes magnitude bits: −2^b … 2^b − 1 gives less than 2^b.
function magnitude(x: i32): i32 {
  return x ^ (x >> 31);
}

function bitsOf(mask: i32): i32 {
  return 32 - clz(mask);
}

function nextReversed(reversed: i32, points: i32): i32 {
  let bit = points >> 1;
  while (reversed & bit) {
    reversed ^= bit;
    bit >>= 1;
  }
  return reversed | bit;
}

// Samples times window, to bit-reversed places as complex pairs (even, odd), scaled to magnitudes of at most 2^14.
// Returns the exponent.
function windowed(section: usize, samples: usize, spectrum: usize, points: i32): i32 {
  const window = <usize>load<u16>(section, HEAD_WINDOW);
  const first = section + load<u16>(section, HEAD_WINDOW_AT);
  const last = samples + 2 * window - 2;
  let mask = 0;
  for (let i: usize = 0; i < window; i += 2) {
    const w = <i32>load<i16>(first + i);
    mask |= magnitude(w * <i32>load<i16>(samples + i)) | magnitude(w * <i32>load<i16>(last - i));
  }
  const shift = max(bitsOf(mask) - 14, 0);
  const half = (1 << shift) >> 1;
  if (<i32>window < points << 1) memory.fill(spectrum, 0, (<usize>points) << 2);
  let reversed = 0;
  for (let i: usize = 0; i < window; i += 4) {
    const z = spectrum + ((<usize>reversed) << 2);
    const x = samples + i;
    store<i16>(z, (<i32>load<i16>(first + i) * <i32>load<i16>(x) + half) >> shift);
    store<i16>(z, (<i32>load<i16>(first + i, 2) * <i32>load<i16>(x, 2) + half) >> shift, 2);
    reversed = nextReversed(reversed, points);
  }
  for (let i: usize = window; i > 0; i -= 4) {
    const z = spectrum + ((<usize>reversed) << 2);
    const x = last - i;
    const w = first + i - 4;
    store<i16>(z, (<i32>load<i16>(w, 2) * <i32>load<i16>(x, 2) + half) >> shift);
    store<i16>(z, (<i32>load<i16>(w) * <i32>load<i16>(x, 4) + half) >> shift, 2);
    reversed = nextReversed(reversed, points);
  }
  return shift - 15;
}

// Radix-2 butterflies of neighbours, halved. Returns the magnitude bits of what it leaves.
function pairs(spectrum: usize, points: i32): i32 {
  let mask = 0;
  const end = spectrum + ((<usize>points) << 2);
  for (let z = spectrum; z < end; z += 8) {
    for (let part: usize = 0; part < 4; part += 2) {
      const a = <i32>load<i16>(z + part);
      const b = <i32>load<i16>(z + part, 4);
      const sum = (a + b + 1) >> 1;
      const difference = (a - b + 1) >> 1;
      store<i16>(z + part, sum);
      store<i16>(z + part, difference, 4);
      mask |= magnitude(sum) | magnitude(difference);
    }
  }
  return mask;
}

let stageMask: i32 = 0;

// One radix-4 stage over groups of four quarters, each quarter a finished DFT of the residues 0, 2, 1, 3 modulo 4.
// Results are divided by 2^shift and rounded once. Returns their magnitude bits.
function stage(spectrum: usize, points: i32, quarter: i32, sine: usize, fft: i32, shift: i32): i32 {
  const end = spectrum + ((<usize>points) << 2);
  const leg = (<usize>quarter) << 2;
  const cosine = sine + ((<usize>fft >> 2) << 1);
  const step = (<usize>(fft / (quarter << 2))) << 1;
  stageMask = 0;
  for (let z = spectrum; z < end; z += leg << 2) {
    butterfly(
      z,
      leg,
      shift + 13,
      (<i32>load<i16>(z)) << 13,
      (<i32>load<i16>(z, 2)) << 13,
      (<i32>load<i16>(z + 2 * leg)) << 13,
      (<i32>load<i16>(z + 2 * leg, 2)) << 13,
      (<i32>load<i16>(z + leg)) << 13,
      (<i32>load<i16>(z + leg, 2)) << 13,
      (<i32>load<i16>(z + 3 * leg)) << 13,
      (<i32>load<i16>(z + 3 * leg, 2)) << 13,
    );
  }
  for (let k: usize = 1; k < <usize>quarter; k++) {
    const at = k * step;
    const c1 = <i32>load<i16>(cosine + at);
    const s1 = <i32>load<i16>(sine + at);
    const c2 = <i32>load<i16>(cosine + 2 * at);
    const s2 = <i32>load<i16>(sine + 2 * at);
    const c3 = <i32>load<i16>(cosine + 3 * at);
    const s3 = <i32>load<i16>(sine + 3 * at);
    for (let z = spectrum + (k << 2); z < end; z += leg << 2) {
      const r1 = <i32>load<i16>(z + 2 * leg);
      const i1 = <i32>load<i16>(z + 2 * leg, 2);
      const r2 = <i32>load<i16>(z + leg);
      const i2 = <i32>load<i16>(z + leg, 2);
      const r3 = <i32>load<i16>(z + 3 * leg);
      const i3 = <i32>load<i16>(z + 3 * leg, 2);
      butterfly(
        z,
        leg,
        shift + 13,
        (<i32>load<i16>(z)) << 13,
        (<i32>load<i16>(z, 2)) << 13,
        (r1 * c1 + i1 * s1) >> 2,
        (i1 * c1 - r1 * s1) >> 2,
        (r2 * c2 + i2 * s2) >> 2,
        (i2 * c2 - r2 * s2) >> 2,
        (r3 * c3 + i3 * s3) >> 2,
        (i3 * c3 - r3 * s3) >> 2,
      );
    }
  }
  return stageMask;
}

function butterfly(
  z: usize,
  leg: usize,
  shift: i32,
  r0: i32,
  i0: i32,
  r1: i32,
  i1: i32,
  r2: i32,
  i2: i32,
  r3: i32,
  i3: i32,
): void {
  const half = 1 << (shift - 1);
  const ra = r0 + r2 + half;
  const ia = i0 + i2 + half;
  const rb = r0 - r2 + half;
  const ib = i0 - i2 + half;
  const rc = r1 + r3;
  const ic = i1 + i3;
  const rd = r1 - r3;
  const id = i1 - i3;
  put(z, (ra + rc) >> shift, (ia + ic) >> shift);
  put(z + leg, (rb + id) >> shift, (ib - rd) >> shift);
  put(z + 2 * leg, (ra - rc) >> shift, (ia - ic) >> shift);
  put(z + 3 * leg, (rb - id) >> shift, (ib + rd) >> shift);
}

function put(z: usize, real: i32, imaginary: i32): void {
  store<i16>(z, real);
  store<i16>(z, imaginary, 2);
  stageMask |= magnitude(real) | magnitude(imaginary);
}

// The real signal's spectrum from that of its complex pairs: 2 X[k] = e + t, 2 X[points − k]* = e − t. Squares of both, scaled
// by 2^(26 − 2 bits), take the places of the values they come from.
function power(spectrum: usize, points: i32, sine: usize, bits: i32): void {
  const cosine = sine + (<usize>points & ~1);
  const half = 1 << (bits - 1);
  for (let k: usize = 1; k <= <usize>points >> 1; k++) {
    const low = spectrum + (k << 2);
    const high = spectrum + ((<usize>points - k) << 2);
    const a = <i32>load<i16>(low);
    const b = <i32>load<i16>(low, 2);
    const c = <i32>load<i16>(high);
    const d = <i32>load<i16>(high, 2);
    const s = <i32>load<i16>(sine + (k << 1));
    const w = <i32>load<i16>(cosine + (k << 1));
    const p = a - c;
    const q = b + d;
    const er = ((a + c) << 13) + half;
    const ei = ((b - d) << 13) + half;
    const tr = ((q * w) >> 2) - ((p * s) >> 2);
    const ti = -((p * w) >> 2) - ((q * s) >> 2);
    store<u32>(low, squared((er + tr) >> bits, (ei + ti) >> bits));
    store<u32>(high, squared((er - tr) >> bits, (ei - ti) >> bits));
  }
}

function squared(real: i32, imaginary: i32): u32 {
  return <u32>(real * real) + <u32>(imaginary * imaginary);
}
