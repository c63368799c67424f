// Ops that make an address, a weight for each row of a memory: the twin of firmware/core/memory-ops.c, bit for bit.
import {
  kind_int16,
  op_allocation,
  op_cosine,
  op_power,
  op_shift,
  op_softmax,
  op_softplus,
  op_spread,
} from "../../build/generated/container";
import { any, dot, keep, shiftable, short, shortAt, shortSite } from "./arguments";
import { deepest, exp2, log2, ratio, root } from "./functions";
import { formatOf, rowsOf, scale, valuesOf } from "./model";

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
