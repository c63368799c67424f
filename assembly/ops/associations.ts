// Ops of associative memories, whose units are ±1 and may decide by chance: the twin of firmware/core/memory-ops.c, bit for bit.
import {
  kind_int8,
  kind_int16,
  kind_int32,
  op_logit,
  op_random,
  op_signs,
  op_sweep,
  op_thin,
} from "../../build/generated/container";
import { dot, element, keep, putElement, shiftable, short, shortAt, shortSite, taken, written } from "./arguments";
import { log2 } from "./functions";
import { formatOf, kindOf, rowsOf, scale, siteOf, valuesOf } from "./model";
import { mixed } from "./wide";

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

/** M without elements that are drawn. */
export function thin(T: i32, M: i32, r: i32, p: i32, y: i32): i32 {
  const site = siteOf(y, op_thin);
  written(T, site);
  const rM = taken(M, kind_int8, kind_int16, site);
  const rr = taken(r, kind_int32, kind_int32, site);
  const rp = short(p, site);
  const kind = kindOf(rM);
  const shift = formatOf(rM) - formatOf(site);
  if (kind != kindOf(site) || rowsOf(rM) != rowsOf(site) || formatOf(rp) != 15) unreachable();
  shiftable(shift);
  const parts: u32 = max(0, shortAt(valuesOf(rp), 0));
  for (let i: u32 = 0; i < rowsOf(site); i++) {
    const value = mixed(load<u32>(valuesOf(rr)) + i) >> 17 < parts ? 0 : scale(element(valuesOf(rM), kind, i), shift);
    putElement(valuesOf(site), kind, i, value, y);
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
