// What ops of memories ask of their arguments, and how they read and write them: the twin of `run` in firmware/core/memory-ops.c.
import { kind_int8, kind_int16, role_bias, role_matrix, role_state } from "../../build/generated/container";
import { apart, clipped, formatOf, kindOf, recordOf, roleOf, rowsOf, saturate, siteOf, valuesOf } from "./model";

// Why an op has stopped the step: 1 for a full stack, 2 for a symbol beyond its table.
let reason: i32 = 0;

/** What has stopped a step: 0 a wrong module, 1 a full stack, 2 a symbol beyond its table. */
export function stopped(): i32 {
  const was = reason;
  reason = 0;
  return was;
}

/** Stops the step, for a reason that people can mend. */
export function stop(why: i32): void {
  reason = why;
  unreachable();
}

/** An argument that has values, of one of two kinds and apart from the result. */
export function taken(handle: i32, kind: u8, or: u8, site: usize): usize {
  const record = recordOf(handle);
  const is = kindOf(record);
  if (roleOf(record) == role_matrix || roleOf(record) == role_bias || (is != kind && is != or)) unreachable();
  if (rowsOf(record) == 0) unreachable(); // a condition has no element
  apart(valuesOf(record), rowsOf(record) << is, valuesOf(site), rowsOf(site) << kindOf(site));
  return record;
}

export function short(handle: i32, site: usize): usize {
  return taken(handle, kind_int16, kind_int16, site);
}

/** The state that a site writes. */
export function written(handle: i32, site: usize): void {
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

export const any: i32 = -9;

/** The site of an op whose result is int16, in one format or, below −8, in any. */
export function shortSite(y: i32, op: u8, format: i32): usize {
  const site = siteOf(y, op);
  if (kindOf(site) != kind_int16 || (format >= -8 && formatOf(site) != format)) unreachable();
  return site;
}

export function shiftable(shift: i32): void {
  if (shift < -16 || shift > 60) unreachable();
}

export function shortAt(at: usize, i: u32): i32 {
  return load<i16>(at + ((<usize>i) << 1));
}

export function element(at: usize, kind: u8, i: u32): i32 {
  return kind == kind_int8 ? <i32>load<i8>(at + i) : shortAt(at, i);
}

export function keep(at: usize, i: u32, value: i64, y: i32): void {
  store<i16>(at + ((<usize>i) << 1), saturate(value, y));
}

/** An element of a matrix of int8 or int16, saturated. */
export function putElement(at: usize, kind: u8, i: u32, value: i64, y: i32): void {
  if (kind == kind_int16) {
    keep(at, i, value, y);
    return;
  }
  const within = max<i64>(-128, min<i64>(127, value));
  if (within != value) clipped(y);
  store<i8>(at + i, <i8>within);
}

/** Σ M[at + i · step] k[i]. */
export function dot(M: usize, kind: u8, at: u32, step: u32, k: usize, count: u32): i64 {
  let sum: i64 = 0;
  for (let i: u32 = 0; i < count; i++, at += step) sum += <i64>(element(M, kind, at) * shortAt(k, i));
  return sum;
}
