// Products whose sums a state keeps: accumulate adds the columns of what changed, the others read what came of it.
import {
  kind_int8Columns,
  kind_int16,
  kind_int32,
  op_accumulate,
  op_affineSums,
  op_recurrentSums,
  role_matrix,
  role_state,
} from "../../build/generated/container";
import {
  apart,
  constantsOf,
  formatOf,
  kindOf,
  matrixOf,
  recordOf,
  roleOf,
  rowsOf,
  saturate,
  siteOf,
  valuesOf,
  vectorOf,
  weightsOf,
} from "./model";

/** Multiplications of weights since the module was made: what accumulate did, and what products in its place would have done. */
let done: i64 = 0;
let whole: i64 = 0;

/** What accumulate did, or with `all` what it skipped too. */
export function work(all: bool): f64 {
  return <f64>(all ? whole : done);
}

function stateOf(handle: i32, rows: u32): usize {
  const state = vectorOf(handle, rows);
  if (roleOf(state) != role_state) unreachable();
  return state;
}

/** s + W d, in 32 bits that wrap. */
export function accumulate(s: i32, W: i32, d: i32, y: i32): i32 {
  const site = siteOf(y, op_accumulate);
  const rows = rowsOf(site);
  const rs = stateOf(s, rows);
  const columns = rowsOf(recordOf(d));
  const mw = matrixOf(W, rows, columns);
  const rd = vectorOf(d, columns);
  const to = valuesOf(rs);
  const from = valuesOf(rd);
  if (to != valuesOf(site) || formatOf(rs) != formatOf(site)) unreachable();
  if (kindOf(rs) != kind_int32 || kindOf(site) != kind_int32) unreachable();
  if (kindOf(mw) != kind_int8Columns || kindOf(rd) != kind_int16) unreachable();
  apart(from, (<usize>columns) << 1, to, (<usize>rows) << 2);
  const stride = (rows + 3) & ~3;
  whole += <i64>rows * columns;
  let weights = weightsOf(mw);
  for (let column: u32 = 0; column < columns; column++, weights += stride) {
    const value = <i32>load<i16>(from + ((<usize>column) << 1));
    if (value == 0) continue;
    done += rows;
    for (let i: usize = 0; i < rows; i++) {
      const at = to + (i << 2);
      store<i32>(at, load<i32>(at) + <i32>load<i8>(weights + i) * value);
    }
  }
  return y;
}

/** W x + b, of s = W x. */
export function affineSums(W: i32, s: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_affineSums);
  return rounded(site, sumsOf(W, s, site), 0, y);
}

/** W x + U h + b, of s = W x and v = U h. */
export function recurrentSums(W: i32, s: i32, U: i32, v: i32, b: i32, y: i32): i32 {
  const site = siteOf(y, op_recurrentSums);
  return rounded(site, sumsOf(W, s, site), sumsOf(U, v, site), y);
}

function sumsOf(matrix: i32, state: i32, site: usize): usize {
  const rows = rowsOf(site);
  const rs = stateOf(state, rows);
  const mw = recordOf(matrix);
  if (roleOf(mw) != role_matrix || rowsOf(mw) != rows) unreachable();
  const at = valuesOf(rs);
  apart(at, (<usize>rows) << kindOf(rs), valuesOf(site), (<usize>rows) << kindOf(site));
  if (kindOf(rs) != kind_int32 || kindOf(site) != kind_int16) unreachable();
  return at;
}

function rounded(site: usize, s: usize, v: usize, y: i32): i32 {
  const rows = rowsOf(site);
  const out = valuesOf(site);
  const b = constantsOf(site);
  const mw = b + ((<usize>rows) << 2);
  const mu = mw + ((<usize>rows) << 2);
  for (let i: usize = 0, end = (<usize>rows) << 2; i < end; i += 4) {
    let sum = ((<i64>load<i32>(b + i)) << 32) + <i64>load<i32>(s + i) * <i64>load<i32>(mw + i);
    if (v) sum += <i64>load<i32>(v + i) * <i64>load<i32>(mu + i);
    store<i16>(out + (i >> 1), saturate((sum + 0x80000000) >> 32, y));
  }
  return y;
}
