// Cases for ops that approximate: with float64 arithmetic on the same integers, in units of the result, and how far from it they may be.
import type { OpName } from "../../host/spec/ops.ts";
import {
  anyFormat,
  between,
  chance,
  change,
  formatsFor,
  type MemoryCase,
  pick,
  shorts,
  vectorOf,
} from "./memory-cases.ts";

export type FunctionCase = Omit<MemoryCase, "expected" | "kind"> & {
  exact: number[];
  /** The greatest error that host/spec/ops.ts states, by element. */
  error: number[];
};
type Vector = ReturnType<typeof shorts>;

const unit = 32768;
const valuesOf = ({ values, format }: { values: ArrayLike<number>; format: number }) =>
  Array.from(values, (value) => value * 2 ** -format);
const total = (of: number[]) => of.reduce((all, each) => all + each, 0);
const limited = (of: number[], least = -unit, most = unit - 1) => of.map((v) => Math.max(least, Math.min(most, v)));

/** Integers of very different size, so that none of its steps is always in the middle of its range. */
function ofAnySize(length: number, format: number): Vector {
  const of = shorts(length, format);
  if (chance(0.3)) return of;
  const size = 2 ** between(0, 15);
  change(of.values, () => Math.max(-32768, Math.min(32767, between(-size, size))));
  return of;
}

function cosine(): FunctionCase {
  const [rows, count] = [between(1, 12), chance(0.02) ? 2700 : between(1, 30)];
  const [M, k] = [ofAnySize(rows * count, anyFormat()), ofAnySize(count, anyFormat())];
  if (chance(0.3)) for (let j = 0; j < count; j++) M.values[j] = k.values[j]; // one that is the key
  if (chance(0.2)) M.values.fill(0, 0, count);
  const norm = (of: number[]) => Math.sqrt(total(of.map((v) => v * v)));
  const key = valuesOf(k);
  const by = norm(key) + 2 ** -10;
  const error: number[] = [];
  const exact = Array.from({ length: rows }, (_, i) => {
    const row = valuesOf({ values: M.values.subarray(i * count, (i + 1) * count), format: M.format });
    const found = total(row.map((v, j) => v * key[j])) / ((norm(row) + 2 ** -10) * by);
    const [ofRow, ofKey] = [norm(row) * 2 ** M.format, norm(key) * 2 ** k.format];
    error.push(found === 0 ? 0 : 1.5 + 128 / ofRow + 128 / ofKey);
    return found * unit;
  });
  return { given: [M, k], rows, format: 15, exact: limited(exact), error };
}

/** What follows of e's, the greatest of which is 1. */
const shares = (e: number[]) => e.map((each) => (each * unit) / Math.max(total(e), Number.MIN_VALUE));

function softmax(): FunctionCase {
  const [fa, fb] = formatsFor(2, ([a, beta]) => a + beta + 3);
  const rows = chance(0.1) ? between(1, 2000) : between(1, 40);
  const a = ofAnySize(rows, fa);
  const beta = shorts(between(1, 2), fb);
  if (chance(0.7)) {
    // Shares that differ, but not by all: β times the reach of a is some units.
    const wanted = (Math.log(2) * between(1, 40)) / Math.max(...valuesOf(a).map(Math.abs), 2 ** -fa);
    beta.values[0] = Math.max(0, Math.min(32767, Math.round(wanted * 2 ** fb)));
  }
  const by = Math.max(0, valuesOf(beta)[0]);
  const most = Math.max(...valuesOf(a));
  const exact = shares(valuesOf(a).map((value) => Math.exp(by * (value - most))));
  return { given: [a, beta], rows, format: 15, exact: limited(exact), error: Array(rows).fill(2 + rows / 2) };
}

function power(): FunctionCase {
  const rows = chance(0.1) ? between(1, 2000) : between(1, 40);
  const w = ofAnySize(rows, anyFormat());
  if (chance(0.7)) change(w.values, Math.abs);
  if (chance(0.05)) w.values.fill(0);
  const gamma = shorts(between(1, 2), between(-8, 14));
  if (chance(0.8)) gamma.values[0] = Math.min(32767, Math.round(between(0, 100) * 0.1 * 2 ** gamma.format));
  const by = Math.max(0, valuesOf(gamma)[0]);
  const most = Math.max(...w.values);
  const exact = shares([...w.values].map((value) => (value > 0 ? (value / most) ** by : 0)));
  const error = Array(rows).fill(2 + rows / 2 + 3 * by);
  return { given: [w, gamma], rows, format: 15, exact: limited(exact), error };
}

function softplus(): FunctionCase {
  const rows = between(1, 60);
  const a = ofAnySize(rows, anyFormat());
  const format = anyFormat();
  const exact = valuesOf(a).map((v) => (Math.max(0, v) + Math.log1p(Math.exp(-Math.abs(v)))) * 2 ** format);
  return { given: [a], rows, format, exact: limited(exact), error: Array(rows).fill(0.5 + 2.7e-4 * 2 ** format) };
}

function allocation(): FunctionCase {
  const rows = between(1, 60);
  const format = pick([between(-1, 24), 15, 15]);
  const u = shorts(rows, format);
  if (chance(0.6)) change(u.values, () => Math.min(32767, between(0, 2 ** Math.min(15, format))));
  if (chance(0.4)) change(u.values, (value) => 32767 - (Math.abs(value) >> between(5, 9))); // products last
  const usage = valuesOf(u).map((value) => Math.max(0, Math.min(1, value)));
  const order = [...u.values.keys()].sort((i, j) => u.values[i] - u.values[j] || i - j);
  const [exact, error]: number[][] = [[], []];
  let product = 1;
  order.forEach((at, n) => {
    exact[at] = (1 - usage[at]) * product * unit;
    error[at] = 0.5 * (n + 1) + (format > 15 ? 0.5 : 0);
    product *= usage[at];
  });
  return { given: [u], rows, format: 15, exact: limited(exact), error };
}

function logit(): FunctionCase {
  const rows = between(1, 60);
  const r = vectorOf("int32", rows, anyFormat());
  const exact = [...r.values].map((value) => {
    const u = (Math.floor((value >>> 0) / 2 ** 17) + 0.5) / 2 ** 15;
    return 0.5 * Math.log(u / (1 - u)) * 2 ** 11;
  });
  return { given: [r], rows, format: 11, exact, error: Array(rows).fill(0.82) };
}

export const functionMakers: Partial<Record<OpName, () => FunctionCase>> = {
  ...{ cosine, softmax, power, softplus, allocation, logit },
};
