// Cases for every op: shapes, formats and values, random and extreme, with what docs/arithmetic.md says in exact arithmetic.
import * as assert from "uvu/assert";
import { lookup, sigmoidTable, tanhTable } from "../../host/spec/activations.ts";
import type { OpName } from "../../host/spec/ops.ts";
import { generator } from "../cells/reference.ts";
import type { Given } from "./one-op-model.ts";

const random = generator(77);
const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
/** Int16 values, a third of them at an end of the range. */
const int16 = () => (random() < 0.33 ? [-32768, 32767, 0, -1][between(0, 3)] : between(-32768, 32767));
const vector = (rows: number, format: number) => ({
  kind: "vector" as const,
  values: Int16Array.from({ length: rows }, int16),
  format,
});
const matrix = (rows: number, columns: number) => ({
  kind: "matrix" as const,
  columns,
  values: Int8Array.from({ length: rows * columns }, () =>
    random() < 0.3 ? [-127, 127][between(0, 1)] : between(-127, 127),
  ),
});

const sat16 = (v: bigint) => Number(v > 32767n ? 32767n : v < -32768n ? -32768n : v);
const scale = (v: bigint, s: number) => (s > 0 ? (v + (1n << BigInt(s - 1))) >> BigInt(s) : v << BigInt(-s));
const up = (v: number, s: number) => BigInt(v) << BigInt(s);

export type Case = { given: Given[]; rows: number; format: number; constants?: Int32Array; expected: number[] };
type Vector = ReturnType<typeof vector>;

/** Formats for which no shift leaves its bounds; drawn again until they do. */
function elementwise(
  count: number,
  of: (from: number[], to: number) => { up: number; shift: number },
  exact: (v: number[], from: number[], to: number) => bigint,
  first?: number,
): Case {
  for (;;) {
    const from = Array.from({ length: count }, () => between(-8, 24));
    if (first !== undefined) from[0] = first;
    const format = between(-8, 24);
    const { up: raised, shift } = of(from, format);
    if (raised - Math.min(shift, 0) > 30 || shift > 46 || shift < -15) continue;
    const rows = between(1, 40);
    const given = from.map((each) => vector(rows, each));
    const expected = Array.from({ length: rows }, (_, i) =>
      sat16(
        scale(
          exact(
            given.map(({ values }) => values[i]),
            from,
            format,
          ),
          shift,
        ),
      ),
    );
    return { given, rows, format, expected };
  }
}

function product(terms: number): Case {
  const rows = between(1, 20);
  const given: Given[] = [];
  const vectors: Vector[] = [];
  const matrices: ReturnType<typeof matrix>[] = [];
  const extreme = random() < 0.3;
  for (let t = 0; t < terms; t++) {
    const columns = extreme ? 516 : between(1, 130);
    const m = matrix(rows, columns);
    const v = vector(columns, 0);
    if (extreme) v.values.fill(-32768);
    if (extreme) m.values.fill(-127);
    matrices.push(m);
    vectors.push(v);
    given.push(m, v);
  }
  given.push({ kind: "bias" });
  const constants = Int32Array.from({ length: rows * (1 + terms) }, (_, i) => {
    if (i < rows) return extreme ? 65536 : between(-65536, 65536);
    return extreme ? 2 ** 31 - 1 : Math.floor(2 ** (random() * 31));
  });
  const expected = Array.from({ length: rows }, (_, row) => {
    let sum = BigInt(constants[row]) * 2n ** 32n + 2n ** 31n;
    for (let t = 0; t < terms; t++) {
      let acc = 0;
      for (let i = 0; i < matrices[t].columns; i++)
        acc += matrices[t].values[row * matrices[t].columns + i] * vectors[t].values[i];
      sum += BigInt(acc) * BigInt(constants[rows * (1 + t) + row]);
    }
    assert.ok(sum < 2n ** 63n && sum >= -(2n ** 63n), "the bound of docs/arithmetic.md");
    return sat16(sum >> 32n);
  });
  return { given, rows, format: 11, constants, expected };
}

function activation(table: Int32Array, whole: number): Case {
  const format = between(-8, 24);
  const rows = between(1, 60);
  const given = vector(rows, format);
  const expected = [...given.values].map((a) => {
    const v = Number(scale(BigInt(a), format - 11));
    const r = lookup(table, Math.min(32767, Math.abs(v)));
    return v < 0 ? whole - r : r;
  });
  return { given: [given], rows, format: 15, expected };
}

const most = Math.max;
/** Ops whose arguments are all int16; the others are in wide-cases.ts. */
export const makers: Partial<Record<OpName, () => Case>> = {
  recurrent: () => product(2),
  affine: () => product(1),
  multiply: () =>
    elementwise(
      2,
      ([a, b], y) => ({ up: 0, shift: a + b - y }),
      ([a, b]) => BigInt(a) * BigInt(b),
    ),
  multiplyAdd: () =>
    elementwise(
      3,
      ([a, b, c], y) => ({ up: most(a + b, c) - Math.min(a + b, c), shift: most(a + b, c) - y }),
      ([a, b, c], [fa, fb, fc]) => {
        const F = most(fa + fb, fc);
        return up(a * b, F - fa - fb) + up(c, F - fc);
      },
    ),
  blend: () =>
    elementwise(
      3,
      ([, a, b], y) => ({ up: Math.abs(a - b), shift: 15 + most(a, b) - y }),
      ([z, a, b], [, fa, fb]) => BigInt(z) * up(a, most(fa, fb) - fa) + BigInt(32768 - z) * up(b, most(fa, fb) - fb),
      15,
    ),
  add: () =>
    elementwise(
      2,
      ([a, b], y) => ({ up: Math.abs(a - b), shift: most(a, b) - y }),
      ([a, b], [fa, fb]) => up(a, most(fa, fb) - fa) + up(b, most(fa, fb) - fb),
    ),
  set: () => {
    const rows = between(1, 40);
    const to = between(-8, 24);
    const from = Math.min(24, Math.max(-8, to + between(-15, 32)));
    const given = [vector(rows, to), vector(rows, from)];
    return { given, rows, format: to, expected: [...given[1].values].map((a) => sat16(scale(BigInt(a), from - to))) };
  },
  sigmoid: () => activation(sigmoidTable(), 32768),
  tanh: () => activation(tanhTable(), 0),
  change: () => {
    const rows = between(1, 40);
    const format = between(-8, 24);
    const given = [vector(rows, format), vector(rows, format), vector(rows, format)];
    const [x, r, t] = given.map(({ values }) => values);
    for (let i = 0; i < rows; i++)
      if (random() < 0.6) t[i] = [0, Math.abs(x[i] - r[i]), between(0, 20000)][between(0, 2)];
    const expected = [...x].map((a, i) => (Math.abs(a - r[i]) >= t[i] ? sat16(BigInt(a - r[i])) : 0));
    return { given, rows, format, expected };
  },
  relu: () =>
    elementwise(
      1,
      ([a], y) => ({ up: 0, shift: a - y }),
      ([a]) => BigInt(Math.max(0, a)),
    ),
};
