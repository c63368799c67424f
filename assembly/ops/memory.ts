// Ops that read and write memories: the twin of firmware/core/memory-ops.c, bit for bit. A matrix lies row by row in a vector; the lengths
// of the others say how many rows it has.
import {
  kind_int8,
  kind_int16,
  kind_int32,
  op_embed,
  op_erase,
  op_link,
  op_outer,
  op_place,
  op_rowsDot,
  op_slice,
  op_weightedRows,
  record_columns,
  role_matrix,
} from "../../build/generated/container";
import {
  any,
  dot,
  element,
  keep,
  putElement,
  shiftable,
  short,
  shortAt,
  shortSite,
  stop,
  taken,
  written,
} from "./arguments";
import { formatOf, kindOf, recordOf, roleOf, rowsOf, scale, siteOf, valuesOf, weightsOf } from "./model";
import { put } from "./wide";

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
      putElement(at, kind, i * columns + j, value, y);
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
    stop(2);
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
