// Ridge regression: against solutions that are known, against numpy (golden/ridge.json), and the property that defines it.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { factor, ridge, solve } from "../../host/train/ridge.ts";

type Case = {
  rows: number;
  columns: number;
  outputs: number;
  condition: number;
  states: number[];
  targets: number[];
  solutions: { lambda: number; weights: number[] }[];
};
const golden: { cases: Case[] } = JSON.parse(readFileSync(new URL("golden/ridge.json", import.meta.url), "utf8"));

const of = (...values: number[]) => Float64Array.from(values);

/** Singular values fall from 1 to `least`: reflections of a diagonal from both sides. */
function illConditioned(rows: number, columns: number, least: number, random: Random): Float64Array {
  const matrix = new Float64Array(rows * columns);
  for (let j = 0; j < columns; j++) matrix[j * columns + j] = 2 ** ((Math.log2(least) * j) / (columns - 1));
  const u = Float64Array.from({ length: rows }, () => random.normal());
  const v = Float64Array.from({ length: columns }, () => random.normal());
  const square = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);
  for (let j = 0; j < columns; j++) {
    let along = 0;
    for (let i = 0; i < rows; i++) along += u[i] * matrix[i * columns + j];
    for (let i = 0; i < rows; i++) matrix[i * columns + j] -= ((2 * along) / square(u)) * u[i];
  }
  for (let i = 0; i < rows; i++) {
    let along = 0;
    for (let j = 0; j < columns; j++) along += v[j] * matrix[i * columns + j];
    for (let j = 0; j < columns; j++) matrix[i * columns + j] -= ((2 * along) / square(v)) * v[j];
  }
  return matrix;
}

/** The largest |A'(y − A w) − lambda w|: 0 at the minimum, and nowhere else. */
function slope(states: Float64Array, rows: number, columns: number, y: Float64Array, w: Float64Array, lambda: number) {
  const rest = y.map((value, i) => w.reduce((sum, weight, j) => sum - weight * states[i * columns + j], value));
  let most = 0;
  for (let j = 0; j < columns; j++) {
    let sum = -lambda * w[j];
    for (let i = 0; i < rows; i++) sum += states[i * columns + j] * rest[i];
    most = Math.max(most, Math.abs(sum));
  }
  return most;
}

function refused(what: RegExp, run: () => unknown): void {
  assert.throws(run, (error: unknown) => error instanceof UserError && what.test(error.message));
}

test("one column has the weight that a formula gives", () => {
  const [found] = ridge(of(1, 2, 3), 3, 1, of(2, 4, 7), 1, 0.5);
  assert.ok(Math.abs(found - (2 + 8 + 21) / (14 + 0.5)) < 1e-14);
});

test("a line through points that lie on one is found, outputs in rows", () => {
  const states = of(1, 1, 2, 1, 3, 1, 5, 1);
  const targets = of(3, -1, 5, -2, 7, -3, 11, -5);
  const found = ridge(states, 4, 2, targets, 2, 0);
  [2, 1, -1, 0].forEach((weight, i) => {
    assert.ok(Math.abs(found[i] - weight) < 1e-14, `${found}`);
  });
  assert.equal([...states], [1, 1, 2, 1, 3, 1, 5, 1]);
});

test("weights are numpy's, with more rows than columns and fewer, well and ill conditioned", () => {
  for (const { rows, columns, outputs, condition, states, targets, solutions } of golden.cases) {
    const factored = factor(of(...states), rows, columns, of(...targets), outputs);
    for (const { lambda, weights } of solutions) {
      const found = solve(factored, lambda);
      const size = Math.max(...weights.map(Math.abs));
      // Two correct programs differ by rounding times the problem's condition, squared where a rest remains.
      const effective = lambda > 0 ? Math.min(condition, 1 / Math.sqrt(lambda)) : condition;
      const tolerance = 1e-14 * Math.max(10, effective) * Math.max(1, Math.min(effective, 1e4));
      weights.forEach((weight, i) => {
        const error = Math.abs(found[i] - weight) / size;
        assert.ok(error < tolerance, `${rows} x ${columns}, lambda ${lambda}: ${error} > ${tolerance}`);
      });
    }
  }
});

test("on ill-conditioned matrices what is left is orthogonal to all columns, at any lambda", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = new Random(seed, "ridge");
    const [columns, rows] = [20 + random.int(30), 60 + random.int(40)];
    const states = illConditioned(rows, columns, 1e-10, random);
    const targets = Float64Array.from({ length: rows }, () => random.normal());
    const factored = factor(states, rows, columns, targets, 1);
    for (const lambda of [0, 1e-14, 1e-12, 1e-6, 1]) {
      const weights = solve(factored, lambda);
      const size = Math.max(...weights.map(Math.abs), 1);
      const left = slope(states, rows, columns, targets, weights, lambda);
      assert.ok(left < 1e-13 * size, `seed ${seed}, lambda ${lambda}: ${left} of ${size}`);
    }
  }
});

test("weights at lambda 1e-12 are right where the normal equations are singular", () => {
  // Two columns that differ by 1e-7 in one row: A'A cannot tell 1 + 1e-14 from 1 + 2e-14.
  const tiny = 1e-7;
  const weights = ridge(of(1, 1, 0, tiny), 2, 2, of(1, tiny), 1, 1e-12);
  // Cramer's rule on paper, where what cancels cancels exactly.
  const [lambda, square] = [1e-12, 1e-14];
  const determinant = lambda * (2 + lambda + square) + square;
  const wanted = [lambda / determinant, (lambda + lambda * square + square) / determinant];
  wanted.forEach((weight, i) => {
    assert.ok(Math.abs(weights[i] - weight) < 1e-8, `${weights}, expected ${wanted}`);
  });
});

test("many lambdas from one factorization are each lambda alone", () => {
  const random = new Random(5, "ridge");
  const states = Float64Array.from({ length: 30 * 11 }, () => random.normal());
  const targets = Float64Array.from({ length: 30 * 3 }, () => random.normal());
  const factored = factor(states, 30, 11, targets, 3);
  for (const lambda of [1, 0, 1e-6, 1])
    assert.equal(solve(factored, lambda), ridge(states, 30, 11, targets, 3, lambda));
});

test("a column of zeros has weight 0 under a penalty", () => {
  const weights = ridge(of(1, 0, 2, 0, 3, 0), 3, 2, of(1, 2, 3), 1, 1e-6);
  assert.is(weights[1], 0);
});

test("what cannot be solved is refused", () => {
  refused(/2 rows of states do not determine 3 weights/, () => ridge(of(1, 2, 3, 4, 5, 6), 2, 3, of(1, 2), 1, 0));
  refused(/column 1 of the states follows/, () => ridge(of(1, 3, 2, 6, 7, 21), 3, 2, of(1, 2, 3), 1, 0));
  refused(/column 1 of the states is 0/, () => ridge(of(1, 0, 2, 0, 7, 0), 3, 2, of(1, 2, 3), 1, 0));
  for (const lambda of [-1, Number.NaN, Infinity])
    refused(/lambda is (-1|NaN|Infinity)/, () => ridge(of(1, 2), 2, 1, of(1, 2), 1, lambda));
});

test("values that are not finite are refused with their row and column", () => {
  refused(/states have NaN in row 1, column 2/, () => ridge(of(1, 2, 3, 4, 5, Number.NaN), 2, 3, of(1, 2), 1, 1));
  refused(/states have -Infinity in row 0, column 0/, () => ridge(of(-Infinity, 2), 2, 1, of(1, 2), 1, 1));
  refused(/targets have NaN in row 1, column 0/, () => ridge(of(1, 2), 2, 1, of(1, Number.NaN), 1, 1));
  refused(/weights of output 0 overflow/, () => ridge(of(1e200, 1e200), 2, 1, of(1, 2), 1, 1));
});

test("sizes that do not fit are refused", () => {
  refused(/3 values of states, expected 2 rows of 2/, () => ridge(of(1, 2, 3), 2, 2, of(1, 2), 1, 1));
  refused(/3 values of targets, expected 2 rows of 1/, () => ridge(of(1, 2), 2, 1, of(1, 2, 3), 1, 1));
  refused(/states of 0 rows/, () => ridge(of(), 0, 1, of(), 1, 1));
});

test.run();
