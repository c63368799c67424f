// Cases for ops whose values are not all int16: every mix of kinds, with what docs/arithmetic.md says in exact arithmetic.
import * as assert from "uvu/assert";
import { lookup, sigmoidTable, tanhTable } from "../../host/spec/activations.ts";
import { seededRow } from "../../host/spec/seeded.ts";
import { generator } from "../cells/reference.ts";
import type { Given } from "./one-op-model.ts";

const random = generator(78);
const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
const pick = <T>(of: readonly T[]): T => of[between(0, of.length - 1)];
type Kind = "int16" | "int32";
const bitsOf = (kind: Kind) => (kind === "int32" ? 31 : 15);

export type WideCase = {
  given: Given[];
  rows: number;
  format: number;
  kind: Kind;
  constants?: Int32Array;
  /** undefined: a sum could leave 64 bits, and the op traps. */
  expected: number[] | undefined;
};

function vector(rows: number, format: number, kind: Kind) {
  const most = 2 ** bitsOf(kind);
  const value = () => (random() < 0.3 ? pick([-most, most - 1, 0, -1, 1]) : between(-most, most - 1) >> between(0, 20));
  const values = kind === "int32" ? Int32Array.from({ length: rows }, value) : Int16Array.from({ length: rows }, value);
  return { kind: "vector" as const, values, format };
}

const scale = (v: bigint, s: number) => (s > 0 ? (v + (1n << BigInt(s - 1))) >> BigInt(s) : v << BigInt(-s));
const saturated = (v: bigint, kind: Kind) => {
  const most = 1n << BigInt(bitsOf(kind));
  return Number(v >= most ? most - 1n : v < -most ? -most : v);
};
const fits = (bits: number, shift: number) => bits <= 62 && shift <= 62 && bits - Math.min(shift, 0) <= 62;

type Elements = {
  formats: (from: number[], to: number) => { ups: [number, number]; shift: number };
  bits: (of: number[], ups: [number, number]) => number;
  sum: (v: bigint[], ups: [bigint, bigint]) => bigint;
};

const most = Math.max;
const two = (a: number, b: number): [number, number] => [most(a, b) - a, most(a, b) - b];
const elements: Record<string, Elements & { count: number }> = {
  multiply: {
    count: 2,
    formats: ([a, b], y) => ({ ups: [0, 0], shift: a + b - y }),
    bits: ([a, b]) => a + b,
    sum: ([a, b]) => a * b,
  },
  multiplyAdd: {
    count: 3,
    formats: ([a, b, c], y) => ({ ups: two(a + b, c), shift: most(a + b, c) - y }),
    bits: ([a, b, c], [up, second]) => 1 + most(a + b + up, c + second),
    sum: ([a, b, c], [up, second]) => ((a * b) << up) + (c << second),
  },
  blend: {
    count: 3,
    formats: ([, a, b], y) => ({ ups: two(a, b), shift: 15 + most(a, b) - y }),
    bits: ([, a, b], [up, second]) => 17 + most(a + up, b + second),
    sum: ([z, a, b], [up, second]) => z * (a << up) + (32768n - z) * (b << second),
  },
  add: {
    count: 2,
    formats: ([a, b], y) => ({ ups: two(a, b), shift: most(a, b) - y }),
    bits: ([a, b], [up, second]) => 1 + most(a + up, b + second),
    sum: ([a, b], [up, second]) => (a << up) + (b << second),
  },
  relu: {
    count: 1,
    formats: ([a], y) => ({ ups: [0, 0], shift: a - y }),
    bits: ([a]) => a,
    sum: ([a]) => (a > 0n ? a : 0n),
  },
};

function elementwise(op: string): WideCase {
  const { count, formats, bits, sum } = elements[op];
  for (;;) {
    const kinds = Array.from({ length: count }, () => pick<Kind>(["int16", "int32"]));
    const from = Array.from({ length: count }, () => between(-8, 24));
    if (op === "blend") [from[0], kinds[0]] = [15, "int16"];
    const kind = pick<Kind>(["int16", "int32"]);
    const format = between(-8, 24);
    const { ups, shift } = formats(from, format);
    if (op !== "relu" && [...kinds, kind].every((each) => each === "int16")) continue;
    const rows = between(1, 20);
    const given = from.map((each, i) => vector(rows, each, kinds[i]));
    const good = fits(bits(kinds.map(bitsOf), ups), shift);
    if (!good && random() < 0.8) continue;
    const big = ups.map(BigInt) as [bigint, bigint];
    const expected = Array.from({ length: rows }, (_, i) => {
      const exact = sum(
        given.map(({ values }) => BigInt(values[i])),
        big,
      );
      if (good) assert.ok(exact <= 2n ** 62n && exact >= -(2n ** 62n), "the bound of docs/arithmetic.md");
      return saturated(scale(exact, shift), kind);
    });
    return { given, rows, format, kind, expected: good ? expected : undefined };
  }
}

function set(): WideCase {
  const [to, from] = pick<[Kind, Kind]>([
    ["int32", "int16"],
    ["int16", "int32"],
    ["int32", "int32"],
  ]);
  const rows = between(1, 20);
  const given = [vector(rows, between(-8, 24), to), vector(rows, between(-8, 24), from)];
  const shift = given[1].format - given[0].format;
  const good = fits(bitsOf(from), shift);
  const expected = [...given[1].values].map((a) => saturated(scale(BigInt(a), shift), to));
  return { given, rows, format: given[0].format, kind: to, expected: good ? expected : undefined };
}

function activation(table: Int32Array, whole: number): WideCase {
  const rows = between(1, 20);
  const given = vector(rows, between(-8, 24), "int32");
  const expected = [...given.values].map((a) => {
    const v = scale(BigInt(a), given.format - 11);
    const size = Number(v < 0n ? -v : v);
    const r = lookup(table, Math.min(32767, size));
    return v < 0n ? whole - r : r;
  });
  return { given: [given], rows, format: 15, kind: "int16", expected };
}

type Factor = {
  given: Given;
  entries: (row: number) => [column: number, weight: number][];
  /** Of the sum of a row's magnitudes. */
  bits: (row: number) => number;
};

function matrix(kind: "int8" | "int16" | "int32" | "seeded", rows: number, columns: number, extreme: boolean): Factor {
  if (kind === "seeded") {
    const degree = extreme ? 1024 : between(1, 30);
    const seed = { seed: between(0, 2 ** 32 - 1), degree, most: between(1, 127), positive: random() < 0.5 };
    return {
      given: { kind, seed, rows, columns },
      entries: (row) => seededRow(seed, row, columns),
      bits: () => 17,
    };
  }
  const reach = { int8: 127, int16: 32767, int32: 2 ** between(1, 31) - 1 }[kind];
  const weight = () => (extreme ? -reach : between(-reach, reach));
  const drawn = Array.from({ length: rows * columns }, weight);
  const values = new { int8: Int8Array, int16: Int16Array, int32: Int32Array }[kind](drawn);
  const entries = (row: number) =>
    [...values.subarray(row * columns, (row + 1) * columns)].map((w, i): [number, number] => [i, w]);
  const sum = (row: number) => entries(row).reduce((all, [, w]) => all + BigInt(Math.abs(w)), 0n);
  const bits = (row: number) => (sum(row) === 0n ? 0 : sum(row).toString(2).length);
  return {
    given: { kind: "matrix", values, columns },
    entries,
    bits: kind === "int32" ? bits : () => (kind === "int16" ? 25 : 17),
  };
}

function product(terms: number): WideCase {
  const rows = between(1, 8);
  const kind = pick<Kind>(["int16", "int32"]);
  const extreme = random() < 0.2;
  const matrixKinds = Array.from({ length: terms }, () => pick(["int8", "int16", "int32", "seeded"] as const));
  const kinds = Array.from({ length: terms }, () => pick<Kind>(["int16", "int32"]));
  if (kind === "int16" && !kinds.includes("int32") && matrixKinds.every((each) => each === "int8"))
    return product(terms);
  const factors = matrixKinds.map((matrixKind, t) => {
    const columns = extreme ? (matrixKind === "int8" ? 516 : 1024) : between(1, 40);
    const x = vector(columns, 0, kinds[t]);
    if (extreme) x.values.fill(-(2 ** bitsOf(kinds[t])));
    return { ...matrix(matrixKind, rows, columns, extreme), x, vectorBits: bitsOf(kinds[t]) };
  });
  const reach = kind === "int16" ? 65536 : 2 ** 31 - 1;
  const shifts = Array.from({ length: rows }, () => {
    const first = between(0, 45);
    return factors.map(() => (random() < 0.02 ? between(0, 60) : first + between(0, 3)));
  });
  const constants = Int32Array.from({ length: rows * (1 + terms) }, (_, i) =>
    i < rows
      ? Math.trunc(between(-reach, reach) * 2 ** -between(random() < 0.1 ? 0 : 18, 30))
      : shifts[i % rows][Math.floor(i / rows) - 1],
  );
  let good = true;
  const expected = Array.from({ length: rows }, (_, row) => {
    const s = most(...shifts[row]);
    const b = BigInt(constants[row]);
    const room = 1n << BigInt(60 - Math.min(60, s));
    good &&= s < 61 && (s <= 29 || (b < room && b >= -room));
    let sum = b << BigInt(s);
    factors.forEach(({ entries, bits, x, vectorBits }, t) => {
      good &&= bits(row) + vectorBits + s - shifts[row][t] <= 60;
      let dot = 0n;
      for (const [column, weight] of entries(row)) dot += BigInt(weight) * BigInt(x.values[column]);
      sum += dot << BigInt(s - shifts[row][t]);
    });
    if (good) assert.ok(sum < 2n ** 62n && sum > -(2n ** 62n), "the bound of docs/arithmetic.md");
    return saturated(scale(sum, s), kind);
  });
  const given: Given[] = [...factors.flatMap((factor) => [factor.given, factor.x]), { kind: "bias" }];
  return { given, rows, format: 11, kind, constants, expected: good ? expected : undefined };
}

function fires(): WideCase {
  const rows = between(1, 20);
  const [a, b] = [0, 1].map(() => vector(rows, between(-8, 24), pick<Kind>(["int16", "int32"])));
  const finest = most(a.format, b.format);
  const bits = (of: typeof a) => bitsOf(of.values instanceof Int32Array ? "int32" : "int16") + finest - of.format;
  const raised = (of: typeof a, i: number) => BigInt(of.values[i]) << BigInt(finest - of.format);
  const expected = Array.from({ length: rows }, (_, i) => (raised(a, i) >= raised(b, i) ? 1 : 0));
  const good = fits(1 + most(bits(a), bits(b)), 0);
  return { given: [a, b], rows, format: 0, kind: "int16", expected: good ? expected : undefined };
}

// Sums wrap in 32 bits; columns of zero change nothing.
function accumulate(): WideCase {
  const rows = between(1, 20);
  const columns = between(1, 40);
  const format = between(-8, 24);
  const stride = Math.ceil(rows / 4) * 4;
  const values = new Int8Array(stride * columns);
  for (let i = 0; i < values.length; i++) if (i % stride < rows) values[i] = between(-127, 127);
  const d = vector(columns, between(-8, 24), "int16");
  for (let i = 0; i < columns; i++) if (random() < 0.4) d.values[i] = 0;
  const s = vector(rows, format, "int32");
  const expected = Array.from({ length: rows }, (_, row) => {
    let sum = BigInt(s.values[row]);
    for (let i = 0; i < columns; i++) sum += BigInt(values[i * stride + row] * d.values[i]);
    return Number(BigInt.asIntN(32, sum));
  });
  return { given: [s, { kind: "columns", values, rows, columns }, d], rows, format, kind: "int32", expected };
}

function sums(terms: number): WideCase {
  const rows = between(1, 20);
  const given: Given[] = [];
  const states = Array.from({ length: terms }, () => vector(rows, 0, "int32"));
  for (const state of states)
    given.push({ kind: "columns", values: new Int8Array(Math.ceil(rows / 4) * 4), rows, columns: 1 }, state);
  given.push({ kind: "bias" });
  const constants = Int32Array.from({ length: rows * (1 + terms) }, (_, i) =>
    i < rows ? between(-65536, 65536) : random() < 0.1 ? 2 ** 31 - 1 : Math.floor(2 ** (random() * 31)),
  );
  const expected = Array.from({ length: rows }, (_, row) => {
    let sum = (BigInt(constants[row]) << 32n) + 2n ** 31n;
    for (const [t, { values }] of states.entries())
      sum += BigInt(values[row]) * BigInt(constants[rows * (1 + t) + row]);
    return saturated(BigInt.asIntN(64, sum) >> 32n, "int16");
  });
  return { given, rows, format: 11, kind: "int16", constants, expected };
}

export const wideMakers: Record<string, () => WideCase> = {
  ...Object.fromEntries(Object.keys(elements).map((op) => [op, () => elementwise(op)])),
  set,
  sigmoid: () => activation(sigmoidTable(), 32768),
  tanh: () => activation(tanhTable(), 0),
  fires,
  accumulate,
  affineSums: () => sums(1),
  recurrentSums: () => sums(2),
  affine: () => product(1),
  recurrent: () => product(2),
};
