// Sigmoid and tanh by table (host/spec/activations.ts): Q4.11 in, Q0.15 out; another input format is converted first.
import { sigmoidTable, tanhTable } from "../../build/generated/activations";
import { kind_int16, kind_int32, op_set, op_sigmoid, op_tanh } from "../../build/generated/container";
import { formatOf, kindOf, recordOf, rowsOf, same, scale, siteOf, valuesOf, vectorOf } from "./model";
import { elements, tanhs } from "./wide";

/** 1 / (1 + exp(−a)). */
export function sigmoid(a: i32, y: i32): i32 {
  return activate(a, y, siteOf(y, op_sigmoid), sigmoidTable, 32768);
}

/** tanh(a). */
export function tanh(a: i32, y: i32): i32 {
  if (kindOf(recordOf(y)) == kind_int32) return wideTanh(a, y);
  return activate(a, y, siteOf(y, op_tanh), tanhTable, 0);
}

function wideTanh(a: i32, y: i32): i32 {
  const site = siteOf(y, op_tanh);
  const ra = vectorOf(a, rowsOf(site));
  if (formatOf(site) != 24) unreachable();
  return tanhs(ra, site, formatOf(ra), y);
}

// f(−a) = whole − f(a).
function activate(a: i32, y: i32, site: usize, table: usize, whole: i32): i32 {
  const rows = rowsOf(site);
  const ra = vectorOf(a, rows);
  const py = valuesOf(site);
  let pa = valuesOf(ra);
  let shift = formatOf(ra) - 11;
  if (shift > 15 || shift < -19 || formatOf(site) != 15 || kindOf(site) != kind_int16) unreachable();
  if (kindOf(ra) != kind_int16) {
    elements(op_set, ra, 0, 0, site, 0, 0, shift, y); // Q4.11 where the result will lie
    pa = py;
    shift = 0;
  }
  same(pa, py, (<usize>rows) << 1);
  for (let i: usize = 0, end = (<usize>rows) << 1; i < end; i += 2) {
    const value = scale(<i64>load<i16>(pa + i), shift);
    const positive = <i32>min<i64>(value < 0 ? -value : value, 32767);
    const word = load<i32>(table + ((<usize>positive >> 6) << 2));
    const result = (word + <i32>(<i16>word) * (((positive & 63) - 32) << 10)) >> 16;
    store<i16>(py + i, <i16>(value < 0 ? whole - result : result));
  }
  return y;
}
