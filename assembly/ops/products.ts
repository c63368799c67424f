// Matrix by vector: int8 weights by row, int16 values, int32 sums, one rounding. Four rows at a time by SIMD, so that each load of
// the vector serves four; sums of integers are exact in any order, so lanes change nothing.
import { kind_int8, kind_int16, op_affine, op_recurrent } from "../../build/generated/container";
import {
  apart,
  constantsOf,
  kindOf,
  matrixOf,
  recordOf,
  rowsOf,
  saturate,
  siteOf,
  valuesOf,
  vectorOf,
  weightsOf,
} from "./model";
import { products } from "./wide";

/** Sums of four rows, for W and for U. */
const fromInput: usize = memory.data(16, 16);
const fromState: usize = memory.data(16, 16);

/** W x + U h + b. */
export function recurrent(W: i32, x: i32, U: i32, h: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_recurrent);
  const rows = rowsOf(site);
  const inputs = rowsOf(recordOf(x));
  const units = rowsOf(recordOf(h));
  const mw = matrixOf(W, rows, inputs);
  const mu = matrixOf(U, rows, units);
  const rx = vectorOf(x, inputs);
  const rh = vectorOf(h, units);
  const w = weightsOf(mw);
  const u = weightsOf(mu);
  const xv = valuesOf(rx);
  const hv = valuesOf(rh);
  const out = valuesOf(site);
  apart(xv, inputs << kindOf(rx), out, rows << kindOf(site));
  apart(hv, units << kindOf(rh), out, rows << kindOf(site));
  if (!plain(mw, rx, site) || !plain(mu, rh, site)) return products(w, kindOf(mw), rx, u, kindOf(mu), rh, site, y);
  const block = (<usize>rows) << 2;
  let constants = constantsOf(site);
  for (let first: u32 = 0; first < rows; first += 4) {
    const count = min<u32>(4, rows - first);
    dots(w + first * inputs, inputs, xv, count, fromInput);
    dots(u + first * units, units, hv, count, fromState);
    for (let i: u32 = 0; i < count; i++, constants += 4) {
      const sum =
        ((<i64>load<i32>(constants)) << 32) +
        <i64>load<i32>(fromInput + (i << 2)) * <i64>load<i32>(constants + block) +
        <i64>load<i32>(fromState + (i << 2)) * <i64>load<i32>(constants + 2 * block);
      store<i16>(out + ((first + i) << 1), saturate((sum + 0x80000000) >> 32, y));
    }
  }
  return y;
}

/** W x + b. */
export function affine(W: i32, x: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_affine);
  const rows = rowsOf(site);
  const inputs = rowsOf(recordOf(x));
  const mw = matrixOf(W, rows, inputs);
  const rx = vectorOf(x, inputs);
  const w = weightsOf(mw);
  const xv = valuesOf(rx);
  const out = valuesOf(site);
  apart(xv, inputs << kindOf(rx), out, rows << kindOf(site));
  if (!plain(mw, rx, site)) return products(w, kindOf(mw), rx, 0, 0, 0, site, y);
  const block = (<usize>rows) << 2;
  let constants = constantsOf(site);
  for (let first: u32 = 0; first < rows; first += 4) {
    const count = min<u32>(4, rows - first);
    dots(w + first * inputs, inputs, xv, count, fromInput);
    for (let i: u32 = 0; i < count; i++, constants += 4) {
      const sum =
        ((<i64>load<i32>(constants)) << 32) + <i64>load<i32>(fromInput + (i << 2)) * <i64>load<i32>(constants + block);
      store<i16>(out + ((first + i) << 1), saturate((sum + 0x80000000) >> 32, y));
    }
  }
  return y;
}

// int8 by int16 to int16.
function plain(matrix: usize, vector: usize, site: usize): bool {
  return kindOf(matrix) == kind_int8 && kindOf(vector) == kind_int16 && kindOf(site) == kind_int16;
}

// Up to four rows by the vector. Columns are at most 516, so sums stay within int32.
function dots(w: usize, columns: u32, x: usize, rows: u32, to: usize): void {
  if (rows < 4) {
    for (; rows > 0; rows--, w += columns, to += 4) store<i32>(to, dot(w, x, columns));
    return;
  }
  let s0 = i32x4.splat(0);
  let s1 = i32x4.splat(0);
  let s2 = i32x4.splat(0);
  let s3 = i32x4.splat(0);
  const w1 = <usize>columns;
  const w2 = w1 + columns;
  const w3 = w2 + columns;
  const whole = columns & ~7;
  let xs = x;
  let at = w;
  for (const end = w + whole; at < end; at += 8, xs += 16) {
    const v = v128.load(xs);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.load8x8_s(at), v));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.load8x8_s(at + w1), v));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(v128.load8x8_s(at + w2), v));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(v128.load8x8_s(at + w3), v));
  }
  const a = i32x4.add(v128.shuffle<i32>(s0, s1, 0, 1, 4, 5), v128.shuffle<i32>(s0, s1, 2, 3, 6, 7));
  const b = i32x4.add(v128.shuffle<i32>(s2, s3, 0, 1, 4, 5), v128.shuffle<i32>(s2, s3, 2, 3, 6, 7));
  v128.store(to, i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7)));
  if (whole == columns) return;
  for (let row: u32 = 0; row < 4; row++, at += columns, to += 4) {
    store<i32>(to, load<i32>(to) + tail(at, xs, columns - whole));
  }
}

function dot(w: usize, x: usize, columns: u32): i32 {
  let sums = i32x4.splat(0);
  for (const end = w + (columns & ~7); w < end; w += 8, x += 16) {
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load8x8_s(w), v128.load(x)));
  }
  const pairs = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1) + tail(w, x, columns & 7);
}

function tail(w: usize, x: usize, count: u32): i32 {
  let sum = 0;
  for (; count > 0; count--, w++, x += 2) sum += <i32>load<i8>(w) * <i32>load<i16>(x);
  return sum;
}
