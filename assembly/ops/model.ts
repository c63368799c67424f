// What the ops know of the model that runs: where the file and its RAM lie, and the records of the layer whose step is on.
// Host and file are checked before (host/model); what a wrong module could still do, a wrong handle, is checked at each call.
import {
  kind_int8,
  record_bytes,
  record_columns,
  record_constants,
  record_format,
  record_kind,
  record_offset,
  record_op,
  record_role,
  record_rows,
  role_bias,
  role_matrix,
  role_vector,
} from "../../build/generated/container";
import { gather } from "./wide";

let file: usize = 0;
let ram: usize = 0;
let records: usize = 0;
let handles: u32 = 0;
/** A u32 for each handle of the layer: values that did not fit since it was last cleared. */
let clips: usize = 0;

/** First byte that the module itself does not use, a multiple of 16. */
export function unused(): usize {
  return (__heap_base + 15) & ~15;
}

/** Makes the model whose file lies at `model`, with its RAM at `memory`, the one that runs. */
export function open(model: usize, memory: usize): void {
  file = model;
  ram = memory;
}

/** Puts a piece of a layer's input into it, or adds it: values that lie at `from` in the model's RAM. The layer is the one that runs. */
export function piece(from: usize, kind: u8, rows: u32, shift: i32, at: u32, adds: bool): void {
  gather(ram + from, kind, rows, shift, records, at, adds);
}

/** Makes a layer the one that runs. `counters`: a u32 for each handle. */
export function layer(offset: usize, count: u32, counters: usize): void {
  records = file + offset;
  handles = count;
  clips = counters;
}

/** The record of a handle; traps on a number that is none. */
export function recordOf(handle: i32): usize {
  if (<u32>handle >= handles) unreachable();
  return records + <usize>handle * record_bytes;
}

/** The record of a call site, which must be one of this op. */
export function siteOf(handle: i32, op: u8): usize {
  const site = recordOf(handle);
  if (load<u8>(site, record_op) != op) unreachable();
  return site;
}

export function rowsOf(record: usize): u32 {
  return load<u16>(record, record_rows);
}

export function roleOf(record: usize): u8 {
  return load<u8>(record, record_role);
}

export function kindOf(record: usize): u8 {
  return load<u8>(record, record_kind);
}

export function formatOf(record: usize): i32 {
  return load<i8>(record, record_format);
}

/** Address of values: a parameter's in the file, all others in RAM. */
export function valuesOf(record: usize): usize {
  return (load<u8>(record, record_role) == role_vector ? file : ram) + load<u32>(record, record_offset);
}

/** Address of the weights of a record. */
export function weightsOf(matrix: usize): usize {
  return file + load<u32>(matrix, record_offset);
}

/** The record of a matrix with the given shape; traps if it has another. */
export function matrixOf(handle: i32, rows: u32, columns: u32): usize {
  const matrix = recordOf(handle);
  if (
    load<u8>(matrix, record_role) != role_matrix ||
    rowsOf(matrix) != rows ||
    load<u16>(matrix, record_columns) != columns
  )
    unreachable();
  return matrix;
}

export function constantsOf(site: usize): usize {
  return file + load<u32>(site, record_constants);
}

/** The record of an argument that has values of 16 or 32 bits, with as many as `rows`. */
export function vectorOf(handle: i32, rows: u32): usize {
  const vector = recordOf(handle);
  if (
    rowsOf(vector) != rows ||
    load<u8>(vector, record_kind) == kind_int8 ||
    load<u8>(vector, record_role) == role_matrix ||
    load<u8>(vector, record_role) == role_bias
  )
    unreachable();
  return vector;
}

/**
 * Traps if a product's result would be written where its argument is read, or an element-wise one's partly over its argument:
 * then the order in which a kernel works would show.
 */
export function apart(argument: usize, argumentBytes: usize, result: usize, resultBytes: usize): void {
  if (argument < result + resultBytes && result < argument + argumentBytes) unreachable();
}

/** Likewise for an element-wise op, whose result may be its argument, but not a part of it. */
export function same(argument: usize, result: usize, bytes: usize): void {
  if (argument != result) apart(argument, bytes, result, bytes);
}

/** sat16, counted for the site. */
export function saturate(value: i64, site: i32): i16 {
  if (value > 32767) {
    clipped(site);
    return 32767;
  }
  if (value < -32768) {
    clipped(site);
    return -32768;
  }
  return <i16>value;
}

/** Counts a value that did not fit. */
export function clipped(site: i32): void {
  const at = clips + ((<usize>site) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** value · 2^−shift, rounded half up; shift from −15 to 62. */
export function scale(value: i64, shift: i32): i64 {
  return shift > 0 ? (value + ((<i64>1) << (shift - 1))) >> shift : value << -shift;
}
