// Radix-4 stages of the FFT, four butterflies at a time, and the rotations that they read.
import { HEAD_FFT, HEAD_SINE_AT } from "../../build/generated/frontend-layout";

// For every stage, for every 4 values of its quarters (whose values repeat if they are fewer) and legs 1, 2, 3: four pairs (c, s),
// then four pairs (−s, c). 88 values of 24 bytes for 512 points, 172 for 1024.
const rotations: usize = memory.data(172 * 24, 16);
let prepared: usize = 0;

/** Makes the rotations of a section. */
export function prepare(section: usize): void {
  prepared = section;
  const fft = <usize>load<u16>(section, HEAD_FFT);
  const sine = section + load<u16>(section, HEAD_SINE_AT);
  let at = rotations;
  for (let quarter = firstQuarter(fft >> 1); quarter < fft >> 1; quarter <<= 2) {
    const step = fft / (quarter << 2);
    for (let k: usize = 0; k < quarter; k += 4) {
      for (let leg: usize = 1; leg < 4; leg++) {
        for (let i: usize = 0; i < 4; i++) {
          const angle = ((k + i) & (quarter - 1)) * leg * step;
          const s = <i32>load<i16>(sine + (angle << 1));
          const c = <i32>load<i16>(sine + ((angle + (fft >> 2)) << 1));
          store<i16>(at + (i << 2), c);
          store<i16>(at + (i << 2), s, 2);
          store<i16>(at + (i << 2), -s, 16);
          store<i16>(at + (i << 2), c, 18);
        }
        at += 32;
      }
    }
  }
}

/** Values in a quarter of the first radix-4 stage: 2 if a radix-2 stage comes before it, else 1. */
export function firstQuarter(points: usize): usize {
  return ctz(points) & 1 ? 2 : 1;
}

/** Where the rotations of a section's first stage begin. */
export function rotationsOf(section: usize): usize {
  if (section !== prepared) prepare(section);
  return rotations;
}

/** Where those of the next stage begin. */
export function nextRotations(at: usize, quarter: usize): usize {
  return at + max(quarter, 4) * 24;
}

/**
 * A stage over groups of four quarters, each quarter a finished DFT of the residues 0, 2, 1, 3 modulo 4. Results are divided by
 * 2^shift and rounded once.
 * @param at the stage's rotations
 * @returns the magnitude bits of what it leaves
 */
export function stage(spectrum: usize, points: usize, quarter: usize, at: usize, shift: i32): i32 {
  const end = spectrum + (points << 2);
  const leg = quarter << 2;
  let mask = i32x4.splat(0);
  if (quarter === 1) {
    const exact = i32x4.splat(-1);
    for (let z = spectrum; z < end; z += 64) {
      transpose(z);
      mask = v128.or(mask, butterflies(z, 16, at, exact, shift));
      transpose(z);
    }
  } else if (quarter === 2) {
    const exact = i32x4(-1, 0, -1, 0);
    for (let z = spectrum; z < end; z += 64) {
      regroup(z, 32, 16);
      mask = v128.or(mask, butterflies(z, 16, at, exact, shift));
      regroup(z, 16, 32);
    }
  } else {
    for (let k: usize = 0; k < leg; k += 16) {
      const exact = i32x4.replace_lane(i32x4.splat(0), 0, k ? 0 : -1);
      for (let z = spectrum + k; z < end; z += leg << 2) mask = v128.or(mask, butterflies(z, leg, at, exact, shift));
      at += 96;
    }
  }
  return anyOf(mask);
}

// Four butterflies of legs that are `leg` bytes apart; the second and third come in changed places. Lanes marked exact are
// rotated by nothing, which Q0.15 cannot say. Returns magnitude bits.
function butterflies(z: usize, leg: usize, at: usize, exact: v128, shift: i32): v128 {
  const RE = i16x8(8192, 0, 8192, 0, 8192, 0, 8192, 0); // a dot product with it is re · 2^13
  const IM = i16x8(0, 8192, 0, 8192, 0, 8192, 0, 8192);
  const a = v128.load(z);
  const b = v128.load(z + 2 * leg);
  const c = v128.load(z + leg);
  const d = v128.load(z + 3 * leg);
  const ar = i32x4.dot_i16x8_s(a, RE);
  const ai = i32x4.dot_i16x8_s(a, IM);
  const br = rotated(b, v128.load(at), RE, exact);
  const bi = rotated(b, v128.load(at, 16), IM, exact);
  const cr = rotated(c, v128.load(at, 32), RE, exact);
  const ci = rotated(c, v128.load(at, 48), IM, exact);
  const dr = rotated(d, v128.load(at, 64), RE, exact);
  const di = rotated(d, v128.load(at, 80), IM, exact);
  const half = i32x4.splat(1 << (shift + 12));
  const evenR = i32x4.add(i32x4.add(ar, cr), half);
  const evenI = i32x4.add(i32x4.add(ai, ci), half);
  const oddR = i32x4.add(i32x4.sub(ar, cr), half);
  const oddI = i32x4.add(i32x4.sub(ai, ci), half);
  const sumR = i32x4.add(br, dr);
  const sumI = i32x4.add(bi, di);
  const differenceR = i32x4.sub(br, dr);
  const differenceI = i32x4.sub(bi, di);
  const y0 = packed(i32x4.add(evenR, sumR), i32x4.add(evenI, sumI), shift);
  const y1 = packed(i32x4.add(oddR, differenceI), i32x4.sub(oddI, differenceR), shift);
  const y2 = packed(i32x4.sub(evenR, sumR), i32x4.sub(evenI, sumI), shift);
  const y3 = packed(i32x4.sub(oddR, differenceI), i32x4.add(oddI, differenceR), shift);
  v128.store(z, y0);
  v128.store(z + leg, y1);
  v128.store(z + 2 * leg, y2);
  v128.store(z + 3 * leg, y3);
  return v128.or(v128.or(magnitudes(y0), magnitudes(y1)), v128.or(magnitudes(y2), magnitudes(y3)));
}

function rotated(x: v128, by: v128, plain: v128, exact: v128): v128 {
  return v128.bitselect(i32x4.dot_i16x8_s(x, plain), i32x4.shr_s(i32x4.dot_i16x8_s(x, by), 2), exact);
}

// Four values with 13 fraction bits more, as int16 pairs (re, im).
function packed(re: v128, im: v128, shift: i32): v128 {
  const parts = i16x8.narrow_i32x4_s(i32x4.shr_s(re, shift + 13), i32x4.shr_s(im, shift + 13));
  return i16x8.shuffle(parts, parts, 0, 4, 1, 5, 2, 6, 3, 7);
}

// Rows of a 4 × 4 matrix of complex values become columns.
function transpose(z: usize): void {
  const a = v128.load(z);
  const b = v128.load(z, 16);
  const c = v128.load(z, 32);
  const d = v128.load(z, 48);
  const ab01 = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const ab23 = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd01 = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const cd23 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(z, i32x4.shuffle(ab01, cd01, 0, 1, 4, 5));
  v128.store(z, i32x4.shuffle(ab01, cd01, 2, 3, 6, 7), 16);
  v128.store(z, i32x4.shuffle(ab23, cd23, 0, 1, 4, 5), 32);
  v128.store(z, i32x4.shuffle(ab23, cd23, 2, 3, 6, 7), 48);
}

// Two groups of four quarters of two values become four legs of four values, and back: pairs of vectors, `from` bytes apart,
// exchange halves and come to lie `to` bytes apart.
function regroup(z: usize, from: usize, to: usize): void {
  const a = v128.load(z);
  const b = v128.load(z + from);
  const second = z + 48 - from;
  const c = v128.load(second);
  const d = v128.load(second + from);
  v128.store(z, i64x2.shuffle(a, b, 0, 2));
  v128.store(z + to, i64x2.shuffle(a, b, 1, 3));
  v128.store(z + 48 - to, i64x2.shuffle(c, d, 0, 2));
  v128.store(z + 48, i64x2.shuffle(c, d, 1, 3));
}

// Magnitude bits of eight int16.
function magnitudes(x: v128): v128 {
  return v128.xor(x, i16x8.shr_s(x, 15));
}

// The OR of eight int16, each ≥ 0.
function anyOf(mask: v128): i32 {
  const half = i64x2.extract_lane(mask, 0) | i64x2.extract_lane(mask, 1);
  const quarter = <u32>(half | (half >> 32));
  return (quarter | (quarter >> 16)) & 0x7fff;
}
