// Cases for ops of memories that are exact by definition: every mix of kinds that they take, with what host/spec/ops.ts and
// docs/arithmetic.md say of them, in exact arithmetic.
import { generator } from "../cells/reference.ts";
import type { Given } from "./one-op-model.ts";

const random = generator(79);
export const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
export const chance = (part: number) => random() < part;
export const pick = <T>(of: readonly T[]): T => of[between(0, of.length - 1)];
type Kind = "int8" | "int16" | "int32";

export type MemoryCase = {
  given: Given[];
  rows: number;
  format: number;
  /** Of a result that is not int16. */
  kind?: "int8" | "int32";
  expected: number[];
};

const bitsOf = { int8: 7, int16: 15, int32: 31 };
const arrays = { int8: Int8Array, int16: Int16Array, int32: Int32Array };

/** Puts into each place what a function makes of what is there. */
export function change(values: Int8Array | Int16Array | Int32Array, to: (value: number, i: number) => number): void {
  for (let i = 0; i < values.length; i++) values[i] = to(values[i], i);
}

/** Values of a kind, a third of them at an end of the range. */
export function vectorOf<K extends Kind>(kind: K, length: number, format: number) {
  const most = 2 ** bitsOf[kind];
  const value = () => (chance(0.33) ? pick([-most, most - 1, 0, -1, 1]) : between(-most, most - 1) >> between(0, 8));
  const values = new arrays[kind](length) as InstanceType<(typeof arrays)[K]>;
  change(values, value);
  return { kind: "vector" as const, values, format };
}
export const shorts = (length: number, format: number) => vectorOf("int16", length, format);
export const anyFormat = () => between(-8, 24);

const scale = (v: bigint, s: number) => (s > 0 ? (v + (1n << BigInt(s - 1))) >> BigInt(s) : v << BigInt(-s));
const saturated = (v: bigint, kind: Kind) => {
  const most = 1n << BigInt(bitsOf[kind]);
  return Number(v >= most ? most - 1n : v < -most ? -most : v);
};
const big = (values: ArrayLike<number>) => Array.from(values, BigInt);
const sum = (of: bigint[]) => of.reduce((all, each) => all + each, 0n);

/** Formats whose shift is one that the op takes. */
export function formatsFor(count: number, shiftOf: (formats: number[]) => number): number[] {
  for (;;) {
    const formats = Array.from({ length: count }, anyFormat);
    const shift = shiftOf(formats);
    if (shift >= -16 && shift <= 60) return formats;
  }
}

// Σ over what is summed of M[i][j] by v, for each of the others.
function products(columns: boolean): MemoryCase {
  const [fM, fv, format] = formatsFor(3, ([a, b, c]) => a + b - c);
  const extreme = chance(0.03);
  const summed = extreme ? 8192 : between(1, 40);
  const rows = extreme ? between(1, 4) : between(1, 20);
  const M = vectorOf(pick(["int8", "int16"] as const), rows * summed, fM);
  const v = shorts(summed, fv);
  if (extreme) for (const { values } of [M, v]) values.fill(values instanceof Int8Array ? -128 : -32768);
  const kind = pick([undefined, "int32"] as const);
  const [m, by] = [big(M.values), big(v.values)];
  const expected = Array.from({ length: rows }, (_, i) => {
    const exact = sum(by.map((value, j) => value * m[columns ? j * rows + i : i * summed + j]));
    return saturated(scale(exact, fM + fv - format), kind ?? "int16");
  });
  return { given: [M, v], rows, format, kind, expected };
}

type Become = (old: bigint, a: bigint, b: bigint, at: { i: number; j: number; byRow: bigint[] }) => bigint;

// A matrix in a state as each of its elements becomes.
function rankOne(
  kind: "int8" | "int16",
  [fM, fa, fb]: number[],
  [rows, columns]: [number, number],
  become: Become,
): MemoryCase {
  const M = vectorOf(kind, rows * columns, fM);
  const given = [M, shorts(rows, fa), shorts(columns, fb)];
  const [m, a, b] = given.map(({ values }) => big(values));
  const expected = m.map((old, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return saturated(become(old, a[i], b[j], { i, j, byRow: a }), kind);
  });
  return { given, rows: m.length, format: fM, ...(kind === "int8" ? { kind } : {}), expected };
}

const shape = (): [number, number] => [between(1, 20), between(1, 20)];
const memoryKind = () => pick(["int8", "int16"] as const);

function outer(): MemoryCase {
  const formats = formatsFor(3, ([M, a, b]) => a + b - M);
  const shift = formats[1] + formats[2] - formats[0];
  return rankOne(memoryKind(), formats, shape(), (old, a, b) => old + scale(a * b, shift));
}

function erase(): MemoryCase {
  const formats = formatsFor(3, ([, w, e]) => w + e);
  return rankOne(memoryKind(), formats, shape(), (old, w, e) => old - scale(w * e * old, formats[1] + formats[2]));
}

function link(): MemoryCase {
  const [fL, fp] = formatsFor(2, ([L, p]) => 15 + p - L);
  const count = between(1, 16);
  return rankOne("int16", [fL, 15, fp], [count, count], (old, w, p, { i, j, byRow }) => {
    if (i === j) return 0n;
    const keep = 32768n - w - byRow[j];
    return scale((keep > 0n ? keep : 0n) * old, 15) + scale(w * p, 15 + fp - fL);
  });
}

// Rows of pairs of a weight and a column, of which those in use are different; some have no weight, or one below 0.
function pairs(count: number): Given & { values: Int16Array } {
  const size = between(1, Math.min(count + 1, 4)); // a micro:bit streams no longer results
  const rows = Array.from({ length: count }, () => {
    const left = Array.from({ length: count }, (_, column) => column).filter(() => chance(0.7));
    return Array.from({ length: size }, () => {
      const weight = pick([0, 1, 32767, -1, between(0, 32767)]);
      if (weight <= 0 || left.length === 0) return [Math.min(0, weight), between(0, count - 1)];
      return [weight, ...left.splice(between(0, left.length - 1), 1)];
    });
  });
  return { kind: "vector", values: Int16Array.from(rows.flat(2)), format: 15 };
}

function sparseLink(): MemoryCase {
  const [fp] = formatsFor(1, ([p]) => p);
  const count = between(1, 8);
  const S = pairs(count);
  const [w, p] = [shorts(count, 15), shorts(count, fp)];
  if (chance(0.7)) change(w.values, (value) => (chance(0.3) ? 0 : Math.abs(value >> 1)));
  const made = (i: number, j: number) => scale(BigInt(w.values[i]) * BigInt(p.values[j]), fp);
  const expected = Array.from({ length: count }, (_, i) => {
    const row: [weight: number, column: number][] = [];
    for (let at = (i * S.values.length) / count; at < ((i + 1) * S.values.length) / count; at += 2) {
      const [old, column] = S.values.subarray(at, at + 2);
      const keep = 32768 - w.values[i] - w.values[column];
      const weight = scale(BigInt(Math.max(0, keep)) * BigInt(old), 15) + made(i, column);
      row.push([old > 0 ? Math.max(0, saturated(weight, "int16")) : 0, column]);
    }
    const others = Array.from({ length: count }, (_, j) => j).filter((j) => j !== i && w.values[i] !== 0);
    for (const j of others) {
      if (row.some(([weight, column]) => weight > 0 && column === j)) continue;
      const least = row.findIndex(([weight]) => weight === Math.min(...row.map(([each]) => each)));
      const weight = saturated(made(i, j), "int16");
      if (weight > row[least][0]) row[least] = [weight, j];
    }
    return row;
  }).flat(2);
  return { given: [S, w, p], rows: expected.length, format: 15, expected };
}

function sparseProducts(columns: boolean): MemoryCase {
  const [fr, format] = formatsFor(2, ([r, y]) => 15 + r - y);
  const count = between(1, 12);
  const S = pairs(count);
  const r = shorts(count, fr);
  const expected = new Array<bigint>(count).fill(0n);
  for (let at = 0; at < S.values.length; at += 2) {
    const [weight, column] = S.values.subarray(at, at + 2);
    const i = Math.floor((at * count) / S.values.length);
    const [to, from] = columns ? [column, i] : [i, column];
    const sum = expected[to] + scale(BigInt(weight) * BigInt(r.values[from]), 15 + fr - format);
    expected[to] = BigInt(saturated(sum, "int16"));
  }
  return { given: [S, r], rows: count, format, expected: expected.map(Number) };
}

// A. Appleby's finalizer of MurmurHash3 decides of each element.
function thin(): MemoryCase {
  const kind = memoryKind();
  const [format, fM] = formatsFor(2, ([T, M]) => M - T);
  const rows = between(1, 60);
  const [T, M] = [vectorOf(kind, rows, format), vectorOf(kind, rows, fM)];
  const [r, p] = [vectorOf("int32", between(1, 3), anyFormat()), shorts(between(1, 3), 15)];
  const bits = (value: bigint) => BigInt.asUintN(32, value);
  const expected = [...M.values].map((value, i) => {
    let x = bits(BigInt(r.values[0]) + BigInt(i));
    x = bits((x ^ (x >> 16n)) * 0x85ebca6bn);
    x = bits((x ^ (x >> 13n)) * 0xc2b2ae35n);
    return Number((x ^ (x >> 16n)) >> 17n) < p.values[0] ? 0 : saturated(scale(BigInt(value), fM - format), kind);
  });
  return { given: [T, M, r, p], rows, format, ...(kind === "int8" ? { kind } : {}), expected };
}

function shift(): MemoryCase {
  const [fw, fs] = formatsFor(2, ([w, s]) => w + s - 15);
  const rows = between(1, 40);
  const k = between(0, Math.floor((rows - 1) / 2));
  const given = [shorts(rows, fw), shorts(2 * k + 1, fs)];
  const [w, s] = given.map(({ values }) => big(values));
  const expected = w.map((_, i) => {
    const turned = s.map((weight, j) => weight * w[(((i - (j - k)) % rows) + rows) % rows]);
    return saturated(scale(sum(turned), fw + fs - 15), "int16");
  });
  return { given, rows, format: 15, expected };
}

function spread(): MemoryCase {
  const format = anyFormat();
  const rows = between(1, 40);
  const a = shorts(between(1, 5), format);
  return { given: [a, shorts(rows, anyFormat())], rows, format, expected: Array(rows).fill(a.values[0]) };
}

// Where a part begins: a whole number in any format that holds it.
function placeIn(most: number) {
  const at = between(0, most);
  const format = between(0, 4);
  return { at, where: { ...shorts(between(1, 3), format), values: Int16Array.of(at * 2 ** format) } };
}

function slice(): MemoryCase {
  const format = anyFormat();
  const a = shorts(between(1, 40), format);
  const rows = between(1, a.values.length);
  const { at, where } = placeIn(a.values.length - rows);
  const expected = [...a.values.subarray(at, at + rows)];
  return { given: [a, shorts(rows, anyFormat()), where], rows, format, expected };
}

function place(): MemoryCase {
  const [format, fa] = formatsFor(2, ([s, a]) => a - s);
  const s = shorts(between(1, 40), format);
  const a = shorts(between(1, s.values.length), fa);
  const { at, where } = placeIn(s.values.length - a.values.length);
  const put = big(a.values).map((value) => saturated(scale(value, fa - format), "int16"));
  const expected = [...s.values.subarray(0, at), ...put, ...s.values.subarray(at + put.length)];
  return { given: [s, a, where], rows: s.values.length, format, expected };
}

// Strengths: not below 0, and small enough that several make one unit.
function strengths(rows: number, format: number) {
  const s = shorts(rows, format);
  const one = Math.min(32767, 2 ** format);
  const value = () => (chance(0.3) ? pick([0, 1, one, 32767, one >> 8]) : between(0, one >> between(0, 4)));
  change(s.values, () => Math.min(32767, value()));
  return s;
}

function pop(): MemoryCase {
  const [format, fu] = formatsFor(2, ([s, u]) => (s < 8 ? 99 : u - s));
  const rows = between(1, 30);
  const s = strengths(rows, format);
  const u = shorts(between(1, 3), fu);
  if (chance(0.7)) u.values[0] = Math.max(-32768, Math.min(32767, between(-1, 3) * 2 ** fu + between(-9, 9)));
  const taken = u.values[0] > 0 ? scale(BigInt(u.values[0]), fu - format) : 0n;
  const each = big(s.values);
  const expected = each.map((own, i) => {
    const over = taken - sum(each.slice(i + 1));
    if (over <= 0n) return Number(own);
    return own - over < 2 ** (format - 8) ? 0 : Number(own - over);
  });
  return { given: [s, u], rows, format, expected };
}

function free(): MemoryCase {
  const rows = between(1, 40);
  const s = shorts(rows, anyFormat());
  s.values.fill(0, between(0, rows - 1));
  const at = s.values.findLastIndex((value) => value !== 0) + 1;
  return { given: [s], rows, format: 15, expected: Array.from({ length: rows }, (_, i) => (i === at ? 32767 : 0)) };
}

function top(): MemoryCase {
  const format = between(0, 15);
  const rows = between(1, 30);
  const s = chance(0.2) ? shorts(rows, format) : strengths(rows, format);
  const one = format === 15 ? 32767 : 2 ** format; // the greatest value stands for 1
  const above = (i: number) => s.values.slice(i + 1).reduce((all, value) => all + value, 0);
  const expected = [...s.values].map((own, i) => Math.min(own, Math.max(0, one - above(i))));
  return { given: [s], rows, format, expected };
}

function signs(): MemoryCase {
  const rows = between(1, 40);
  const h = vectorOf(pick(["int16", "int32"] as const), rows, anyFormat());
  const s = shorts(rows, anyFormat());
  const expected = [...h.values].map((field, i) => Math.sign(field) || (s.values[i] < 0 ? -1 : 1));
  return { given: [h, s], rows, format: 0, expected };
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

function sweep(): MemoryCase {
  const rows = between(1, 24);
  const s = shorts(rows, 0);
  if (chance(0.8)) change(s.values, (value) => (value < 0 ? -1 : 1));
  const W = vectorOf(memoryKind(), rows * rows, 0);
  const t = shorts(rows, 0);
  if (chance(0.6)) {
    change(W.values, (value) => value % 3);
    change(t.values, (value) => value % 3); // fields of 0 are met
  }
  let step = Math.max(1, Math.floor((5 * rows) / 8));
  while (divisor(step, rows) > 1) step--;
  const now = big(s.values);
  for (let visit = 0; visit < rows; visit++) {
    const i = (visit * step) % rows;
    const field = sum(now.map((each, j) => (j === i ? 0n : BigInt(W.values[i * rows + j]) * each)));
    if (field !== BigInt(t.values[i])) now[i] = field > BigInt(t.values[i]) ? 1n : -1n;
  }
  return { given: [s, W, t], rows, format: 0, expected: now.map(Number) };
}

// G. Marsaglia's xorshift32 with 13, 17, 5.
function numbers(): MemoryCase {
  const rows = between(1, 30);
  const r = vectorOf("int32", rows, anyFormat());
  const expected = [...r.values].map((value, i) => {
    let x = BigInt.asUintN(32, value === 0 ? 2654435769n * BigInt(i + 1) : BigInt(value));
    x = BigInt.asUintN(32, x ^ (x << 13n));
    x ^= x >> 17n;
    return Number(BigInt.asIntN(32, x ^ (x << 5n)));
  });
  return { given: [r], rows, format: r.format, kind: "int32", expected };
}

function embed(): MemoryCase {
  const [fE, format] = formatsFor(2, ([E, y]) => E - y);
  const [count, rows] = [between(1, 30), between(1, 30)];
  const E = { kind: "matrix" as const, values: shorts(count * rows, 0).values, columns: rows, format: fE };
  const x = shorts(between(1, 3), between(-2, 9));
  const unit = 2 ** x.format;
  // A symbol, as exactly as the format has it, and what still rounds to it.
  const symbol = between(0, Math.floor((count - 1) * Math.min(1, unit))) / Math.min(1, unit);
  x.values[0] = symbol * unit + (unit > 1 ? between(-unit / 2, unit / 2 - 1) : 0);
  const row = E.values.slice(symbol * rows, (symbol + 1) * rows);
  const expected = big(row).map((value) => saturated(scale(value, fE - format), "int16"));
  return { given: [E, x], rows, format, expected };
}

export const memoryMakers: Record<string, () => MemoryCase> = {
  rowsDot: () => products(false),
  weightedRows: () => products(true),
  sparseRowsDot: () => sparseProducts(false),
  sparseWeightedRows: () => sparseProducts(true),
  ...{ sparseLink, thin },
  ...{ outer, erase, link, shift, spread, slice, place, pop, free, top, signs, sweep, random: numbers, embed },
};
