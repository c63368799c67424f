// What ops do where not all values are int16, and what layers gather: the twin of firmware/core/wide.c and pieces.c.
import {
  kind_int8,
  kind_int16,
  kind_int32,
  kind_seeded,
  op_add,
  op_blend,
  op_change,
  op_fires,
  op_multiply,
  op_multiplyAdd,
  op_relu,
  seed_degree,
  seed_most,
  seed_positive,
  seed_seed,
} from "../../build/generated/container";
import { apart, clipped, constantsOf, kindOf, rowsOf, scale, valuesOf } from "./model";

// Bits of sums: with the rounding they stay within 63.
const elementBits = 62;
const sumBits = 61;

function bitsOf(kind: u8): i32 {
  return kind == kind_int32 ? 31 : 15;
}

function get(at: usize, kind: u8, i: u32): i64 {
  return kind == kind_int32 ? <i64>load<i32>(at + ((<usize>i) << 2)) : <i64>load<i16>(at + ((<usize>i) << 1));
}

// Saturates, counted for the site.
export function put(at: usize, kind: u8, i: u32, value: i64, y: i32): void {
  const most: i64 = kind == kind_int32 ? i32.MAX_VALUE : i16.MAX_VALUE;
  const kept = max(min(value, most), -most - 1);
  if (kept != value) clipped(y);
  if (kind == kind_int32) store<i32>(at + ((<usize>i) << 2), <i32>kept);
  else store<i16>(at + ((<usize>i) << 1), <i16>kept);
}

function shiftable(bits: i32, shift: i32): bool {
  return bits <= elementBits && shift <= elementBits && bits - min(shift, 0) <= elementBits;
}

// Over its argument an element-wise op may write only values of the same size.
function written(argument: usize, kind: u8, result: usize, resultKind: u8, rows: u32): void {
  if (argument != result || kind != resultKind) apart(argument, rows << kind, result, rows << resultKind);
}

/** y = scale(first · 2^up + second · 2^upSecond, shift); records of the arguments, as many as the op has; b and c 0 where it has not. */
export function elements(
  op: u8,
  a: usize,
  b: usize,
  c: usize,
  site: usize,
  up: i32,
  upSecond: i32,
  shift: i32,
  y: i32,
): i32 {
  const rows = rowsOf(site);
  const ka = kindOf(a);
  const kb = b ? kindOf(b) : ka;
  const kc = c ? kindOf(c) : ka;
  const ky = kindOf(site);
  const pa = valuesOf(a);
  const pb = b ? valuesOf(b) : pa;
  const pc = c ? valuesOf(c) : pa;
  const py = valuesOf(site);
  written(pa, ka, py, ky, rows);
  written(pb, kb, py, ky, rows);
  written(pc, kc, py, ky, rows);
  let bits = bitsOf(ka);
  if (op == op_multiply) bits += bitsOf(kb);
  else if (op == op_multiplyAdd) bits = 1 + max(bits + bitsOf(kb) + up, bitsOf(kc) + upSecond);
  else if (op == op_blend) bits = 17 + max(bitsOf(kb) + up, bitsOf(kc) + upSecond);
  else if (op == op_change) bits = 1 + max(bits, bitsOf(kb));
  else if (op == op_add || op == op_fires) bits = 1 + max(bits + up, bitsOf(kb) + upSecond);
  if (!shiftable(bits, shift) || (op == op_blend && ka != kind_int16)) unreachable();
  for (let i: u32 = 0; i < rows; i++) {
    const v = get(pa, ka, i);
    let sum = v;
    if (op == op_multiply) sum = v * get(pb, kb, i);
    else if (op == op_multiplyAdd) sum = ((v * get(pb, kb, i)) << up) + (get(pc, kc, i) << upSecond);
    else if (op == op_blend) sum = v * (get(pb, kb, i) << up) + (32768 - v) * (get(pc, kc, i) << upSecond);
    else if (op == op_add) sum = (v << up) + (get(pb, kb, i) << upSecond);
    else if (op == op_fires) sum = v << up >= get(pb, kb, i) << upSecond ? 1 : 0;
    else if (op == op_relu) sum = max<i64>(v, 0);
    else if (op == op_change) sum = abs(v - get(pb, kb, i)) >= get(pc, kc, i) ? v - get(pb, kb, i) : 0;
    put(py, ky, i, scale(sum, shift), y);
  }
  return y;
}

// tanh of t in Q26, 0 or more, to Q24; firmware/core/wide.c says how.
function tanhOf(t: i64): i32 {
  const one: i64 = 1 << 30;
  const y = (min(t, (<i64>12) << 26) * 3098164009) >> 30;
  const n = (y + (1 << 25)) >> 26;
  const g = ((n << 26) - y) * 16;
  let p: i64 = 16377;
  p = 165394 + ((p * g) >> 30);
  p = 1431680 + ((p * g) >> 30);
  p = 10327387 + ((p * g) >> 30);
  p = 59597083 + ((p * g) >> 30);
  p = 257941248 + ((p * g) >> 30);
  p = 744261118 + ((p * g) >> 30);
  p = 1073741824 + ((p * g) >> 30);
  const m = p >> n;
  const d = one + m;
  let r: i64 = 3031741620 - ((2021161080 * d) >> 31);
  for (let i = 0; i < 3; i++) r = (r * (2 * one - ((d * r) >> 31))) >> 30;
  return <i32>(((one - m) * r + ((<i64>1) << 36)) >> 37);
}

/** tanh in Q24 of a vector in any format. */
export function tanhs(a: usize, site: usize, format: i32, y: i32): i32 {
  const rows = rowsOf(site);
  const kind = kindOf(a);
  const from = valuesOf(a);
  const to = valuesOf(site);
  const shift = format - 26;
  written(from, kind, to, kind_int32, rows);
  if (!shiftable(bitsOf(kind), shift)) unreachable();
  for (let i: u32 = 0; i < rows; i++) {
    const value = get(from, kind, i);
    const found = tanhOf(scale(abs(value), shift));
    store<i32>(to + ((<usize>i) << 2), value < 0 ? -found : found);
  }
  return y;
}

/** The first element of a vector. */
export function first(record: usize): i64 {
  return get(valuesOf(record), kindOf(record), 0);
}

/** Whether first elements can be compared after such shifts to the left. */
export function comparable(a: usize, upA: i32, b: usize, upB: i32): bool {
  return max(bitsOf(kindOf(a)) + upA, bitsOf(kindOf(b)) + upB) <= 62;
}

/** The finalizer of A. Appleby's MurmurHash3. */
export function mixed(drawn: u32): u32 {
  let x = (drawn ^ (drawn >> 16)) * 0x85ebca6b;
  x = (x ^ (x >> 13)) * 0xc2b2ae35;
  return x ^ (x >> 16);
}

// Bits that a sum of the last call of `dot` can have: of the matrix's kind and at most 1,024 columns, or of its own weights.
let dotBits: i32 = 0;

// A row of a matrix by a vector. @param w address of the matrix
function dot(w: usize, kind: u8, row: u32, x: usize, xKind: u8, columns: u32): i64 {
  let sum: i64 = 0;
  let weights: u64 = 0;
  const seeded = kind == kind_seeded;
  const count = seeded ? <u32>load<u16>(w, seed_degree) : columns;
  const positive = seeded && load<u8>(w, seed_positive) != 0;
  const most = seeded ? <u32>load<u8>(w, seed_most) : 0;
  const from = seeded ? w : w + ((<usize>(row * columns)) << (kind == kind_int32 ? 2 : kind == kind_int16 ? 1 : 0));
  for (let i: u32 = 0; i < count; i++) {
    let column = i;
    let weight: i32;
    if (seeded) {
      const drawn = mixed(load<u32>(w, seed_seed) + (row << 16) + i);
      column = ((drawn >> 16) * columns) >> 16;
      weight = positive
        ? 1 + <i32>(((drawn & 0xffff) * most) >> 16)
        : <i32>(((drawn & 0xffff) * (2 * most + 1)) >> 16) - <i32>most;
    } else if (kind == kind_int32) weight = load<i32>(from + ((<usize>i) << 2));
    else weight = kind == kind_int16 ? <i32>load<i16>(from + ((<usize>i) << 1)) : <i32>load<i8>(from + i);
    sum += <i64>weight * get(x, xKind, column);
    weights += <u64>abs<i64>(weight);
  }
  dotBits = kind == kind_int32 ? 64 - <i32>clz(weights) : (kind == kind_int16 ? 15 : 7) + 10;
  dotBits += bitsOf(xKind);
  return sum;
}

function byRow(kind: u8): bool {
  return kind == kind_int8 || kind == kind_int16 || kind == kind_int32 || kind == kind_seeded;
}

/**
 * y = (b · 2^s + Σ W x · 2^(s − s of the matrix)) · 2^−s, s the greatest of the terms'.
 * @param w addresses of the weights, u and its vector 0 where there is one term
 */
export function products(w: usize, wKind: u8, x: usize, u: usize, uKind: u8, h: usize, site: usize, y: i32): i32 {
  const rows = rowsOf(site);
  const kx = kindOf(x);
  const kh = h ? kindOf(h) : kx;
  const ky = kindOf(site);
  const px = valuesOf(x);
  const ph = h ? valuesOf(h) : px;
  const py = valuesOf(site);
  const columns = rowsOf(x);
  const units = h ? rowsOf(h) : 0;
  const block = (<usize>rows) << 2;
  if (!byRow(wKind) || (u && !byRow(uKind))) unreachable();
  let constants = constantsOf(site);
  for (let row: u32 = 0; row < rows; row++, constants += 4) {
    const sx = load<i32>(constants + block);
    const sh = u ? load<i32>(constants + 2 * block) : 0;
    const shift = max(sx, sh);
    if (min(sx, sh) < 0 || shift >= sumBits) unreachable();
    const b = <i64>load<i32>(constants);
    const limit = (<i64>1) << (sumBits - 1 - shift);
    if (b >= limit || b < -limit) unreachable();
    let sum = (b << shift) + (dot(w, wKind, row, px, kx, columns) << (shift - sx));
    if (dotBits + shift - sx > sumBits - 1) unreachable();
    if (u) {
      sum += dot(u, uKind, row, ph, kh, units) << (shift - sh);
      if (dotBits + shift - sh > sumBits - 1) unreachable();
    }
    put(py, ky, row, scale(sum, shift), y);
  }
  return y;
}

/** Puts a piece into the input record of the layer that runs, or adds it, as `set` and `add` would. @param at its first element of the input */
export function gather(from: usize, fromKind: u8, rows: u32, shift: i32, input: usize, at: u32, adds: bool): void {
  const kind = kindOf(input);
  const to = valuesOf(input) + ((<usize>at) << kind);
  const bits = adds ? 1 + max(bitsOf(fromKind) - min(shift, 0), bitsOf(kind) + max(shift, 0)) : bitsOf(fromKind);
  const down = adds ? max(shift, 0) : shift;
  if (!shiftable(bits, down)) unreachable();
  for (let i: u32 = 0; i < rows; i++) {
    let value = get(from, fromKind, i);
    if (adds) value = (value << -min(shift, 0)) + (get(to, kind, i) << max(shift, 0));
    put(to, kind, i, scale(value, down), 0);
  }
}
