// Ops on the strengths of a stack's entries, the bottom first: the twin of firmware/core/memory-ops.c, bit for bit.
import { op_free, op_pop, op_top } from "../../build/generated/container";
import { any, keep, shiftable, short, shortAt, shortSite, stop, written } from "./arguments";
import { formatOf, rowsOf, scale, valuesOf } from "./model";

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
    stop(1);
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
