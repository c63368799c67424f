// What ops do where not all values are int16, and what layers gather: the twin of firmware/core/wide.c and pieces.c.
import {
  kind_int8,
  kind_int16,
  kind_int32,
  op_add,
  op_blend,
  op_change,
  op_multiply,
  op_multiplyAdd,
  op_relu,
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
function put(at: usize, kind: u8, i: u32, value: i64, y: i32): void {
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
  else if (op == op_add) bits = 1 + max(bits + up, bitsOf(kb) + upSecond);
  if (!shiftable(bits, shift) || (op == op_blend && ka != kind_int16)) unreachable();
  for (let i: u32 = 0; i < rows; i++) {
    const v = get(pa, ka, i);
    let sum = v;
    if (op == op_multiply) sum = v * get(pb, kb, i);
    else if (op == op_multiplyAdd) sum = ((v * get(pb, kb, i)) << up) + (get(pc, kc, i) << upSecond);
    else if (op == op_blend) sum = v * (get(pb, kb, i) << up) + (32768 - v) * (get(pc, kc, i) << upSecond);
    else if (op == op_add) sum = (v << up) + (get(pb, kb, i) << upSecond);
    else if (op == op_relu) sum = max<i64>(v, 0);
    else if (op == op_change) sum = abs(v - get(pb, kb, i)) >= get(pc, kc, i) ? v - get(pb, kb, i) : 0;
    put(py, ky, i, scale(sum, shift), y);
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

function dot(w: usize, kind: u8, x: usize, xKind: u8, columns: u32): i64 {
  let sum: i64 = 0;
  for (let i: u32 = 0; i < columns; i++) {
    const weight = kind == kind_int16 ? <i32>load<i16>(w + ((<usize>i) << 1)) : <i32>load<i8>(w + i);
    sum += <i64>weight * get(x, xKind, i);
  }
  return sum;
}

// Bits of a sum of at most 1,024 products.
function dotBits(kind: u8, xKind: u8): i32 {
  return (kind == kind_int16 ? 15 : 7) + bitsOf(xKind) + 10;
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
  if ((wKind != kind_int8 && wKind != kind_int16) || (u && uKind != kind_int8 && uKind != kind_int16)) unreachable();
  let constants = constantsOf(site);
  for (let row: u32 = 0; row < rows; row++, constants += 4) {
    const sx = load<i32>(constants + block);
    const sh = u ? load<i32>(constants + 2 * block) : 0;
    const shift = max(sx, sh);
    if (min(sx, sh) < 0 || shift >= sumBits) unreachable();
    const b = <i64>load<i32>(constants);
    const limit = (<i64>1) << (sumBits - 1 - shift);
    if (b >= limit || b < -limit) unreachable();
    if (dotBits(wKind, kx) + shift - sx > sumBits - 1) unreachable();
    let sum =
      (b << shift) +
      (dot(w + ((<usize>row * columns) << (wKind == kind_int16 ? 1 : 0)), wKind, px, kx, columns) << (shift - sx));
    if (u) {
      if (dotBits(uKind, kh) + shift - sh > sumBits - 1) unreachable();
      sum += dot(u + ((<usize>row * units) << (uKind == kind_int16 ? 1 : 0)), uKind, ph, kh, units) << (shift - sh);
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
