// Ops of networks with a memory: the twin of firmware/core/memory-ops.c, bit for bit. A matrix lies row by row in a vector; the lengths
// of the others say how many rows it has.
import {
  kind_int8,
  kind_int16,
  kind_int32,
  op_allocation,
  op_cosine,
  op_embed,
  op_erase,
  op_free,
  op_link,
  op_logit,
  op_outer,
  op_place,
  op_pop,
  op_power,
  op_random,
  op_rowsDot,
  op_shift,
  op_signs,
  op_slice,
  op_softmax,
  op_softplus,
  op_spread,
  op_sweep,
  op_top,
  op_weightedRows,
  record_columns,
  role_bias,
  role_matrix,
  role_state,
} from "../../build/generated/container";
import { deepest, exp2, log2, ratio, root } from "./functions";
import {
  apart,
  clipped,
  formatOf,
  kindOf,
  recordOf,
  roleOf,
  rowsOf,
  saturate,
  scale,
  siteOf,
  valuesOf,
  weightsOf,
} from "./model";
import { put } from "./wide";

// Why an op has stopped the step: 1 for a full stack, 2 for a symbol beyond its table.
let reason: i32 = 0;

/** What has stopped a step: 0 a wrong module, 1 a full stack, 2 a symbol beyond its table. */
export function stopped(): i32 {
  const was = reason;
  reason = 0;
  return was;
}

// An argument that has values, of one of two kinds and apart from the result.
function taken(handle: i32, kind: u8, or: u8, site: usize): usize {
  const record = recordOf(handle);
  const is = kindOf(record);
  if (roleOf(record) == role_matrix || roleOf(record) == role_bias || (is != kind && is != or)) unreachable();
  if (rowsOf(record) == 0) unreachable(); // a condition has no element
  apart(valuesOf(record), rowsOf(record) << is, valuesOf(site), rowsOf(site) << kindOf(site));
  return record;
}

function short(handle: i32, site: usize): usize {
  return taken(handle, kind_int16, kind_int16, site);
}

// The state that a site writes.
function written(handle: i32, site: usize): void {
  const state = recordOf(handle);
  if (
    roleOf(state) != role_state ||
    valuesOf(state) != valuesOf(site) ||
    rowsOf(state) != rowsOf(site) ||
    kindOf(state) != kindOf(site) ||
    formatOf(state) != formatOf(site)
  )
    unreachable();
}

// The site of an op whose result is int16, in one format or, below −8, in any.
function shortSite(y: i32, op: u8, format: i32): usize {
  const site = siteOf(y, op);
  if (kindOf(site) != kind_int16 || (format >= -8 && formatOf(site) != format)) unreachable();
  return site;
}
const any: i32 = -9;

function shiftable(shift: i32): void {
  if (shift < -16 || shift > 60) unreachable();
}

function shortAt(at: usize, i: u32): i32 {
  return load<i16>(at + ((<usize>i) << 1));
}

function element(at: usize, kind: u8, i: u32): i32 {
  return kind == kind_int8 ? <i32>load<i8>(at + i) : shortAt(at, i);
}

function keep(at: usize, i: u32, value: i64, y: i32): void {
  store<i16>(at + ((<usize>i) << 1), saturate(value, y));
}

// Σ M[at + i · step] k[i].
function dot(M: usize, kind: u8, at: u32, step: u32, k: usize, count: u32): i64 {
  let sum: i64 = 0;
  for (let i: u32 = 0; i < count; i++, at += step) sum += <i64>(element(M, kind, at) * shortAt(k, i));
  return sum;
}

function products(M: i32, k: i32, y: i32, op: u8, columns: bool): i32 {
  const site = siteOf(y, op);
  const rM = taken(M, kind_int8, kind_int16, site);
  const rk = short(k, site);
  const rows = rowsOf(site);
  const count = rowsOf(rk);
  const shift = formatOf(rM) + formatOf(rk) - formatOf(site);
  if (rowsOf(rM) != rows * count || kindOf(site) == kind_int8) unreachable();
  shiftable(shift);
  for (let i: u32 = 0; i < rows; i++) {
    const sum = dot(valuesOf(rM), kindOf(rM), columns ? i : i * count, columns ? rows : 1, valuesOf(rk), count);
    put(valuesOf(site), kindOf(site), i, scale(sum, shift), y);
  }
  return y;
}

/** M k. */
export function rowsDot(M: i32, k: i32, y: i32): i32 {
  return products(M, k, y, op_rowsDot, false);
}

/** Mᵀ w. */
export function weightedRows(M: i32, w: i32, y: i32): i32 {
  return products(M, w, y, op_weightedRows, true);
}

// M as its a and b change it.
function rankOne(M: i32, a: i32, b: i32, y: i32, op: u8): i32 {
  const site = siteOf(y, op);
  written(M, site);
  const ra = short(a, site);
  const rb = short(b, site);
  const rows = rowsOf(ra);
  const columns = rowsOf(rb);
  const kind = kindOf(site);
  const product = formatOf(ra) + formatOf(rb);
  const shift = op == op_erase ? product : product - formatOf(site);
  if (rowsOf(site) != rows * columns || kind == kind_int32) unreachable();
  shiftable(shift);
  if (op == op_link && (rows != columns || formatOf(ra) != 15)) unreachable();
  const at = valuesOf(site);
  const pa = valuesOf(ra);
  const pb = valuesOf(rb);
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j++) {
      const old = <i64>element(at, kind, i * columns + j);
      const ab = <i64>(shortAt(pa, i) * shortAt(pb, j));
      const kept = op == op_link ? scale(<i64>max(0, 32768 - shortAt(pa, i) - shortAt(pa, j)) * old, 15) : old;
      let value = op == op_erase ? kept - scale(ab * old, shift) : kept + scale(ab, shift);
      if (op == op_link && i == j) value = 0;
      if (kind == kind_int16) keep(at, i * columns + j, value, y);
      else {
        const within = max<i64>(-128, min<i64>(127, value));
        if (within != value) clipped(y);
        store<i8>(at + i * columns + j, <i8>within);
      }
    }
  }
  return y;
}

/** M + a bᵀ. */
export function outer(M: i32, a: i32, b: i32, y: i32): i32 {
  return rankOne(M, a, b, y, op_outer);
}

/** M − M ∘ (w eᵀ). */
export function erase(M: i32, w: i32, e: i32, y: i32): i32 {
  return rankOne(M, w, e, y, op_erase);
}

/** max(0, 1 − wi − wj) Lij + wi pj, 0 where i = j. */
export function link(L: i32, w: i32, p: i32, y: i32): i32 {
  return rankOne(L, w, p, y, op_link);
}

// |v| + 2^−10, with 8 more fraction bits than v.
function norm(v: usize, count: u32, format: i32): u64 {
  return <u64>root((<u64>dot(v, kind_int16, 0, 1, v, count)) << 16) + ((<u64>1) << max(format - 2, 0));
}

/** The cosine of each row with k. */
export function cosine(M: i32, k: i32, y: i32): i32 {
  const site = shortSite(y, op_cosine, 15);
  const rM = short(M, site);
  const rk = short(k, site);
  const rows = rowsOf(site);
  const count = rowsOf(rk);
  if (rowsOf(rM) != rows * count) unreachable();
  const ofK = norm(valuesOf(rk), count, formatOf(rk));
  for (let i: u32 = 0; i < rows; i++) {
    const row = valuesOf(rM) + ((<usize>(i * count)) << 1);
    const sum = dot(row, kind_int16, 0, 1, valuesOf(rk), count);
    const found = ratio((<u64>abs(sum)) << 16, norm(row, count, formatOf(rM)) * ofK);
    keep(valuesOf(site), i, sum < 0 ? -found : found, y);
  }
  return y;
}

// Each of y, 0 … 32768 without a sign, by their sum.
function normalize(at: usize, count: u32): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < count; i++) sum += load<u16>(at + ((<usize>i) << 1));
  if (sum == 0) return;
  for (let i: usize = 0; i < (<usize>count) << 1; i += 2) {
    const share = (((<u32>load<u16>(at + i)) << 15) + sum / 2) / sum; // 30 bits: all of them count where shares are many
    store<i16>(at + i, <i16>min<u32>(share, i16.MAX_VALUE));
  }
}

function exponent(t: i64, shift: i32): u32 {
  return <u32>min(scale(t, shift), deepest);
}

function greatest(at: usize, count: u32): i32 {
  let most = shortAt(at, 0);
  for (let i: u32 = 1; i < count; i++) most = max(most, shortAt(at, i));
  return most;
}

/** exp(β a) over its sum. */
export function softmax(a: i32, beta: i32, y: i32): i32 {
  const site = shortSite(y, op_softmax, 15);
  const ra = short(a, site);
  const rb = short(beta, site);
  const rows = rowsOf(site);
  const shift = formatOf(ra) + formatOf(rb) + 14 - 11;
  if (rowsOf(ra) != rows) unreachable();
  shiftable(shift);
  const from = valuesOf(ra);
  const to = valuesOf(site);
  const most = greatest(from, rows);
  const by = <i64>max(0, shortAt(valuesOf(rb), 0)) * 23637;
  for (let i: u32 = 0; i < rows; i++) {
    store<u16>(to + ((<usize>i) << 1), <u16>exp2(exponent(<i64>(most - shortAt(from, i)) * by, shift)));
  }
  normalize(to, rows);
  return y;
}

/** w^γ over its sum. */
export function power(w: i32, gamma: i32, y: i32): i32 {
  const site = shortSite(y, op_power, 15);
  const rw = short(w, site);
  const rg = short(gamma, site);
  const rows = rowsOf(site);
  const shift = formatOf(rg);
  if (rowsOf(rw) != rows) unreachable();
  shiftable(shift);
  const from = valuesOf(rw);
  const to = valuesOf(site);
  const most = greatest(from, rows);
  const by = <i64>max(0, shortAt(valuesOf(rg), 0));
  for (let i: u32 = 0; i < rows; i++) {
    const at = shortAt(from, i);
    const depth = at > 0 ? log2(<u32>most) - log2(<u32>at) : 0;
    store<u16>(to + ((<usize>i) << 1), at > 0 ? <u16>exp2(exponent(<i64>depth * by, shift)) : 0);
  }
  normalize(to, rows);
  return y;
}

/** w, turned by weights. */
export function shift(w: i32, s: i32, y: i32): i32 {
  const site = shortSite(y, op_shift, 15);
  const rw = short(w, site);
  const rs = short(s, site);
  const count = rowsOf(site);
  const taps = rowsOf(rs);
  const down = formatOf(rw) + formatOf(rs) - 15;
  if (rowsOf(rw) != count || taps > count || taps % 2 == 0) unreachable();
  shiftable(down);
  for (let i: u32 = 0; i < count; i++) {
    let sum: i64 = 0;
    let at = (i + taps / 2) % count;
    for (let j: u32 = 0; j < taps; j++) {
      sum += <i64>(shortAt(valuesOf(rs), j) * shortAt(valuesOf(rw), at));
      at = at > 0 ? at - 1 : count - 1;
    }
    keep(valuesOf(site), i, scale(sum, down), y);
  }
  return y;
}

/** ln(1 + exp(a)). */
export function softplus(a: i32, y: i32): i32 {
  const site = shortSite(y, op_softplus, any);
  const ra = short(a, site);
  const rows = rowsOf(site);
  const format = formatOf(ra);
  if (rowsOf(ra) != rows) unreachable();
  for (let i: u32 = 0; i < rows; i++) {
    const at = shortAt(valuesOf(ra), i);
    const p = exp2(exponent(<i64>abs(at) * 23637, format + 14 - 11));
    const above = <i64>(log2(32768 + p) - (15 << 11)) * 22713;
    keep(valuesOf(site), i, scale(above + ((<i64>max(at, 0)) << (26 - format)), 26 - formatOf(site)), y);
  }
  return y;
}

/** The first element, as often as `like` has elements. */
export function spread(a: i32, like: i32, y: i32): i32 {
  const site = shortSite(y, op_spread, any);
  const ra = short(a, site);
  if (rowsOf(short(like, site)) != rowsOf(site) || formatOf(ra) != formatOf(site)) unreachable();
  for (let i: u32 = 0; i < rowsOf(site); i++) keep(valuesOf(site), i, shortAt(valuesOf(ra), 0), y);
  return y;
}

/** Where to write, by usage. */
export function allocation(u: i32, y: i32): i32 {
  const site = shortSite(y, op_allocation, 15);
  const ru = short(u, site);
  const rows = rowsOf(site);
  const from = valuesOf(ru);
  const down = formatOf(ru) - 15;
  if (rowsOf(ru) != rows) unreachable();
  shiftable(down);
  let last = i32.MIN_VALUE;
  let lastAt: u32 = 0;
  let left = 32768;
  for (let n: u32 = 0; n < rows; n++) {
    let at = rows;
    for (let i: u32 = 0; i < rows; i++) {
      const each = shortAt(from, i);
      if ((each > last || (each == last && i > lastAt)) && (at == rows || each < shortAt(from, at))) at = i;
    }
    last = shortAt(from, at);
    lastAt = at;
    const usage = <i32>max<i64>(0, min<i64>(32768, scale(last, down)));
    keep(valuesOf(site), at, ((32768 - usage) * left + 16384) >> 15, y);
    left = (usage * left + 16384) >> 15;
  }
  return y;
}

/** Takes u from the end of s. */
export function pop(s: i32, u: i32, y: i32): i32 {
  const site = shortSite(y, op_pop, any);
  written(s, site);
  const ru = short(u, site);
  const format = formatOf(site);
  shiftable(formatOf(ru) - format);
  if (format < 8) unreachable();
  const to = valuesOf(site);
  let rest = scale(max(0, shortAt(valuesOf(ru), 0)), formatOf(ru) - format);
  for (let i = rowsOf(site); i > 0 && rest > 0; i--) {
    const old = <i64>shortAt(to, i - 1);
    const left = old - rest;
    keep(to, i - 1, left < 1 << (format - 8) ? 0 : left, y);
    rest -= old;
  }
  return y;
}

/** The first place behind all that is not 0. */
export function free(s: i32, y: i32): i32 {
  const site = shortSite(y, op_free, 15);
  const rs = short(s, site);
  const rows = rowsOf(site);
  if (rowsOf(rs) != rows) unreachable();
  let at = rows;
  while (at > 0 && shortAt(valuesOf(rs), at - 1) == 0) at--;
  if (at == rows) {
    reason = 1;
    unreachable();
  }
  for (let i: u32 = 0; i < rows; i++) keep(valuesOf(site), i, i == at ? 32767 : 0, y);
  return y;
}

/** The uppermost unit. */
export function top(s: i32, y: i32): i32 {
  const site = shortSite(y, op_top, any);
  const rs = short(s, site);
  const format = formatOf(site);
  if (rowsOf(rs) != rowsOf(site) || formatOf(rs) != format || format < 0 || format > 15) unreachable();
  let rest = format == 15 ? 32767 : 1 << format;
  for (let i = rowsOf(site); i > 0; i--) {
    const each = shortAt(valuesOf(rs), i - 1);
    keep(valuesOf(site), i - 1, min(each, max(rest, 0)), y);
    rest -= each;
  }
  return y;
}

/** Signs of a field; where it is 0, of what was. */
export function signs(h: i32, s: i32, y: i32): i32 {
  const site = shortSite(y, op_signs, 0);
  const rh = taken(h, kind_int16, kind_int32, site);
  const rs = short(s, site);
  const rows = rowsOf(site);
  if (rowsOf(rh) != rows || rowsOf(rs) != rows) unreachable();
  for (let i: u32 = 0; i < rows; i++) {
    const at = valuesOf(rh) + ((<usize>i) << kindOf(rh));
    const field = kindOf(rh) == kind_int32 ? load<i32>(at) : <i32>load<i16>(at);
    keep(valuesOf(site), i, field > 0 ? 1 : field < 0 || shortAt(valuesOf(rs), i) < 0 ? -1 : 1, y);
  }
  return y;
}

// So far on each time, one comes to each of `count` places once.
function stride(count: u32): u32 {
  for (let by = (5 * count) / 8; by > 1; by--) {
    let a = count;
    let b = by;
    while (b != 0) {
      const rest = a % b;
      a = b;
      b = rest;
    }
    if (a == 1) return by;
  }
  return 1;
}

/** One element of s after the other becomes the sign of its field. */
export function sweep(s: i32, W: i32, t: i32, y: i32): i32 {
  const site = shortSite(y, op_sweep, 0);
  written(s, site);
  const rW = taken(W, kind_int8, kind_int16, site);
  const rt = short(t, site);
  const count = rowsOf(site);
  if (rowsOf(rW) != count * count || rowsOf(rt) != count || formatOf(rW) != 0 || formatOf(rt) != 0) unreachable();
  const to = valuesOf(site);
  const by = stride(count);
  for (let n: u32 = 0, i: u32 = 0; n < count; n++, i = (i + by) % count) {
    const own = <i64>(element(valuesOf(rW), kindOf(rW), i * count + i) * shortAt(to, i));
    const field = dot(valuesOf(rW), kindOf(rW), i * count, 1, to, count) - own - <i64>shortAt(valuesOf(rt), i);
    if (field != 0) keep(to, i, field > 0 ? 1 : -1, y);
  }
  return y;
}

/** The next numbers of r. */
export function random(r: i32, y: i32): i32 {
  const site = siteOf(y, op_random);
  written(r, site);
  if (kindOf(site) != kind_int32) unreachable();
  for (let i: u32 = 0; i < rowsOf(site); i++) {
    const at = valuesOf(site) + ((<usize>i) << 2);
    let x = load<u32>(at);
    if (x == 0) x = 2654435769 * (i + 1);
    x ^= x << 13;
    x ^= x >> 17;
    store<u32>(at, x ^ (x << 5));
  }
  return y;
}

/** Logistic noise of random numbers. */
export function logit(r: i32, y: i32): i32 {
  const site = shortSite(y, op_logit, 11);
  const rr = taken(r, kind_int32, kind_int32, site);
  if (rowsOf(rr) != rowsOf(site)) unreachable();
  for (let i: u32 = 0; i < rowsOf(site); i++) {
    const u = 2 * (load<u32>(valuesOf(rr) + ((<usize>i) << 2)) >> 17) + 1;
    keep(valuesOf(site), i, ((log2(u) - log2(65536 - u)) * 22713 + 32768) >> 16, y);
  }
  return y;
}

/** The row of E that x counts to. */
export function embed(E: i32, x: i32, y: i32): i32 {
  const site = shortSite(y, op_embed, any);
  const rE = recordOf(E);
  const rx = short(x, site);
  const columns = rowsOf(site);
  const down = formatOf(rE) - formatOf(site);
  if (roleOf(rE) != role_matrix || kindOf(rE) != kind_int16 || <u32>load<u16>(rE, record_columns) != columns)
    unreachable();
  shiftable(down);
  const index = scale(shortAt(valuesOf(rx), 0), formatOf(rx));
  if (index < 0 || index >= <i64>rowsOf(rE)) {
    reason = 2;
    unreachable();
  }
  const row = weightsOf(rE) + ((<usize>(<u32>index * columns)) << 1);
  for (let i: u32 = 0; i < columns; i++) keep(valuesOf(site), i, scale(shortAt(row, i), down), y);
  return y;
}

// Elements of one vector to those of another.
function moved(from: usize, to: usize, count: u32, shift: i32, y: i32): void {
  shiftable(shift);
  for (let i: u32 = 0; i < count; i++) keep(to, i, scale(shortAt(from, i), shift), y);
}

// Where a part of `count` elements begins, of a whole.
function begins(at: usize, count: u32, whole: u32): usize {
  const first = scale(shortAt(valuesOf(at), 0), formatOf(at));
  if (first < 0 || first + <i64>count > <i64>whole) unreachable();
  return (<usize>first) << 1;
}

/** A part of a. */
export function slice(a: i32, like: i32, at: i32, y: i32): i32 {
  const site = shortSite(y, op_slice, any);
  const ra = short(a, site);
  const count = rowsOf(site);
  if (rowsOf(short(like, site)) != count) unreachable();
  const first = begins(short(at, site), count, rowsOf(ra));
  moved(valuesOf(ra) + first, valuesOf(site), count, formatOf(ra) - formatOf(site), y);
  return y;
}

/** A part of s becomes a. */
export function place(s: i32, a: i32, at: i32, y: i32): i32 {
  const site = shortSite(y, op_place, any);
  written(s, site);
  const ra = short(a, site);
  const first = begins(short(at, site), rowsOf(ra), rowsOf(site));
  moved(valuesOf(ra), valuesOf(site) + first, rowsOf(ra), formatOf(ra) - formatOf(site), y);
  return y;
}
