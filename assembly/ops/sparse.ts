// Ops of a square matrix of which only the greatest elements of each row are kept, as pairs of a weight and its column: the twin of
// firmware/core/memory-ops.c, bit for bit.
import { op_sparseLink, op_sparseRowsDot, op_sparseWeightedRows } from "../../build/generated/container";
import { any, keep, shiftable, short, shortAt, shortSite, written } from "./arguments";
import { formatOf, rowsOf, scale, valuesOf } from "./model";

// Bytes of a row.
function rowBytes(S: usize, count: u32): u32 {
  if (formatOf(S) != 15 || rowsOf(S) % (2 * count) != 0) unreachable();
  return (rowsOf(S) / count) << 1;
}

function columnAt(pair: usize, count: u32): u32 {
  const column: u32 = load<u16>(pair, 2);
  if (column >= count) unreachable();
  return column;
}

/** The greatest of what link would make of each row. */
export function sparseLink(S: i32, w: i32, p: i32, y: i32): i32 {
  const site = shortSite(y, op_sparseLink, 15);
  written(S, site);
  const rw = short(w, site);
  const rp = short(p, site);
  const count = rowsOf(rw);
  const bytes = rowBytes(site, count);
  const shift = formatOf(rp);
  if (rowsOf(rp) != count || formatOf(rw) != 15) unreachable();
  shiftable(shift);
  let row = valuesOf(site);
  for (let i: u32 = 0; i < count; i++, row += bytes) {
    const wi = shortAt(valuesOf(rw), i);
    for (let pair = row; pair < row + bytes; pair += 4) {
      const column = columnAt(pair, count);
      const old = load<i16>(pair);
      const kept = scale(<i64>max(0, 32768 - wi - shortAt(valuesOf(rw), column)) * old, 15);
      const weight = kept + scale(wi * shortAt(valuesOf(rp), column), shift);
      keep(pair, 0, old > 0 ? max<i64>(0, weight) : 0, y);
    }
    if (wi == 0) continue;
    for (let j: u32 = 0; j < count; j++) {
      if (j == i) continue;
      let least = row;
      let isThere = false;
      for (let pair = row; pair < row + bytes; pair += 4) {
        if (load<i16>(pair) > 0 && load<u16>(pair, 2) == j) isThere = true;
        if (load<i16>(pair) < load<i16>(least)) least = pair;
      }
      const weight = scale(wi * shortAt(valuesOf(rp), j), shift);
      if (isThere || min<i64>(weight, i16.MAX_VALUE) <= load<i16>(least)) continue;
      keep(least, 0, weight, y);
      store<u16>(least, <u16>j, 2);
    }
  }
  return y;
}

function products(S: i32, r: i32, y: i32, op: u8, columns: bool): i32 {
  const site = shortSite(y, op, any);
  const rS = short(S, site);
  const rr = short(r, site);
  const count = rowsOf(site);
  const bytes = rowBytes(rS, count);
  const shift = 15 + formatOf(rr) - formatOf(site);
  if (rowsOf(rr) != count) unreachable();
  shiftable(shift);
  memory.fill(valuesOf(site), 0, count << 1);
  let pair = valuesOf(rS);
  for (let i: u32 = 0; i < count; i++) {
    for (const end = pair + bytes; pair < end; pair += 4) {
      const column = columnAt(pair, count);
      const to = columns ? column : i;
      const product = load<i16>(pair) * shortAt(valuesOf(rr), columns ? i : column);
      keep(valuesOf(site), to, <i64>shortAt(valuesOf(site), to) + scale(product, shift), y);
    }
  }
  return y;
}

/** L r. */
export function sparseRowsDot(S: i32, r: i32, y: i32): i32 {
  return products(S, r, y, op_sparseRowsDot, false);
}

/** Lᵀ r. */
export function sparseWeightedRows(S: i32, r: i32, y: i32): i32 {
  return products(S, r, y, op_sparseWeightedRows, true);
}
