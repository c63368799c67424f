// Window, FFT and power of one frame, in int16 with one exponent for the whole spectrum (block floating point).
// The C twin is firmware/core/spectrum.c; docs/front-end.md defines each step and proves the bounds. SIMD
// works on four complex values at a time, with the same results.
import { HEAD_FFT, HEAD_SINE_AT, HEAD_WINDOW, HEAD_WINDOW_AT } from "../../build/generated/frontend-layout";
import { firstQuarter, nextRotations, rotationsOf, stage } from "./stages";

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
  let mask: i32 = 1 << 13; // windowed() leaves magnitudes up to 2^14
  let quarter = firstQuarter(points);
  if (quarter === 2) {
    exponent += 1;
    mask = pairs(spectrum, points);
  }
  for (let at = rotationsOf(section); quarter < <usize>points; quarter <<= 2) {
    const shift = max(bitsOf(mask) - 12, 0);
    exponent += shift;
    mask = stage(spectrum, points, quarter, at, shift);
    at = nextRotations(at, quarter);
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

// The real signal's spectrum from that of its complex pairs: 2 X[k] = e + t, 2 X[points − k]* = e − t. Squares of both, scaled
// by 2^(26 − 2 bits), take the places of the values they come from.
function power(spectrum: usize, points: i32, sine: usize, bits: i32): void {
  const cosine = sine + (<usize>points & ~1);
  const half = i32x4.splat(1 << (bits - 1));
  for (let k: usize = 1; k <= <usize>points >> 1; k += 4) {
    const low = spectrum + (k << 2);
    const high = spectrum + ((<usize>points - k - 3) << 2);
    const x = v128.load(low);
    const y = reversed32(v128.load(high));
    const a = i32x4.shr_s(i32x4.shl(x, 16), 16);
    const b = i32x4.shr_s(x, 16);
    const c = i32x4.shr_s(i32x4.shl(y, 16), 16);
    const d = i32x4.shr_s(y, 16);
    const s = v128.load16x4_s(sine + (k << 1));
    const w = v128.load16x4_s(cosine + (k << 1));
    const p = i32x4.sub(a, c);
    const q = i32x4.add(b, d);
    const er = i32x4.add(i32x4.shl(i32x4.add(a, c), 13), half);
    const ei = i32x4.add(i32x4.shl(i32x4.sub(b, d), 13), half);
    const tr = i32x4.sub(quartered(q, w), quartered(p, s));
    const ti = i32x4.add(quartered(p, w), quartered(q, s));
    v128.store(low, squared(i32x4.add(er, tr), i32x4.sub(ei, ti), bits));
    v128.store(high, reversed32(squared(i32x4.sub(er, tr), i32x4.add(ei, ti), bits)));
  }
}

function quartered(a: v128, b: v128): v128 {
  return i32x4.shr_s(i32x4.mul(a, b), 2);
}

function reversed32(x: v128): v128 {
  return i32x4.shuffle(x, x, 3, 2, 1, 0);
}

function squared(real: v128, imaginary: v128, bits: i32): v128 {
  const re = i32x4.shr_s(real, bits);
  const im = i32x4.shr_s(imaginary, bits);
  return i32x4.add(i32x4.mul(re, re), i32x4.mul(im, im));
}
