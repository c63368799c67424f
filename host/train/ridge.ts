// Ridge regression for read-outs of reservoirs: the v that minimises |A v − y|² + lambda |v|², in float64. It is solved as the least squares
// problem [A; √lambda I] v = [y; 0] by Householder's QR (A. S. Householder, Unitary triangularization of a nonsymmetric matrix, J. ACM 5(4),
// 1958), never by A'A, which squares the condition: at the lambda that reservoirs need (1e-12) it is singular. A is factored once, in blocks
// of four reflections; each lambda then takes only the triangle and a diagonal, a fifth of the arithmetic.
import { UserError } from "../spec/user-error.ts";

/** The triangle of A and the targets turned with it: columns first, then outputs, each of `columns` values. */
export type Factored = { rows: number; columns: number; outputs: number; R: readonly Float64Array[] };

/**
 * @param states [rows][columns], with a column of ones where there is a bias
 * @param targets [rows][outputs]
 * @returns weights, [outputs][columns]
 * @throws UserError for sizes that do not fit, values that are not finite, a lambda below 0, and at lambda 0 columns that do not determine
 *   the weights
 */
export function ridge(
  states: Float64Array,
  rows: number,
  columns: number,
  targets: Float64Array,
  outputs: number,
  lambda: number,
): Float64Array {
  checkLambda(lambda, rows, columns);
  return solve(factor(states, rows, columns, targets, outputs), lambda);
}

/** What does not depend on lambda. Shapes and errors as of `ridge`; `states` and `targets` stay as they are. */
export function factor(
  states: Float64Array,
  rows: number,
  columns: number,
  targets: Float64Array,
  outputs: number,
): Factored {
  check("states", states, rows, columns);
  check("targets", targets, rows, outputs);
  const all = [...columnsOf(states, rows, columns), ...columnsOf(targets, rows, outputs)];
  triangulate(all, rows, columns);
  const R = all.map((column, j) => {
    const triangle = new Float64Array(columns);
    triangle.set(column.subarray(0, Math.min(rows, j < columns ? j + 1 : columns)));
    return triangle;
  });
  return { rows, columns, outputs, R };
}

/** The weights for one lambda, [outputs][columns]. Errors as of `ridge`. */
export function solve({ rows, columns, outputs, R }: Factored, lambda: number): Float64Array {
  checkLambda(lambda, rows, columns);
  const triangle = R.map((column) => column.slice());
  if (lambda > 0) addDiagonal(triangle, columns, Math.sqrt(lambda));
  else checkRank(triangle, rows, columns);
  const weights = new Float64Array(outputs * columns);
  for (let o = 0; o < outputs; o++) weights.set(substitute(triangle, columns, triangle[columns + o]), o * columns);
  const wrong = weights.findIndex((weight) => !Number.isFinite(weight));
  if (wrong >= 0)
    throw new UserError(
      `the weights of output ${Math.floor(wrong / columns)} overflow`,
      "states or targets are too large: check the reservoir's radius and the data's scale",
    );
  return weights;
}

function checkLambda(lambda: number, rows: number, columns: number): void {
  if (!(lambda >= 0 && lambda < Infinity))
    throw new UserError(`lambda is ${lambda}`, "give 0 or more, such as 1e-8; at most what a number holds");
  if (lambda === 0 && rows < columns)
    throw new UserError(
      `${rows} rows of states do not determine ${columns} weights at lambda 0`,
      "give more steps, a shorter washout, fewer units, or a lambda above 0",
    );
}

function check(what: string, values: Float64Array, rows: number, columns: number): void {
  if (!(Number.isInteger(rows) && Number.isInteger(columns) && rows > 0 && columns > 0))
    throw new UserError(`${what} of ${rows} rows and ${columns} columns`, "both must be whole numbers, 1 or more");
  if (values.length !== rows * columns)
    throw new UserError(
      `${values.length} values of ${what}, expected ${rows} rows of ${columns}`,
      "check which steps were collected",
    );
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new UserError(
      `${what} have ${values[wrong]} in row ${Math.floor(wrong / columns)}, column ${wrong % columns}`,
      "check the data, and whether the reservoir diverged",
    );
}

// A column of the triangle that is rounding error below its own length follows from those before it.
function checkRank(triangle: readonly Float64Array[], rows: number, columns: number): void {
  for (let k = 0; k < columns; k++) {
    const column = triangle[k];
    const length = Math.sqrt(dot(column, column, 0, k + 1));
    if (Math.abs(column[k]) <= Number.EPSILON * rows * length)
      throw new UserError(
        `column ${k} of the states ${length === 0 ? "is 0 in all rows" : "follows from those before it"}`,
        "leave it out, or give a lambda above 0",
      );
  }
}

function columnsOf(matrix: Float64Array, rows: number, columns: number): Float64Array[] {
  const found = Array.from({ length: columns }, () => new Float64Array(rows));
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) found[j][i] = matrix[i * columns + j];
  return found;
}

// The first `columns` columns become upper triangular, the others turn with them. Four reflections at a time go over a column: it is read
// from memory a quarter as often.
function triangulate(all: readonly Float64Array[], rows: number, columns: number): void {
  const count = Math.min(rows, columns);
  const block = [0, 1, 2, 3].map(() => ({ v: new Float64Array(rows), beta: 0 }));
  for (let first = 0; first < count; first += 4) {
    const last = Math.min(first + 4, count);
    for (const reflection of block) {
      reflection.v.fill(0, first);
      reflection.beta = 0;
    }
    for (let k = first; k < last; k++) {
      const column = all[k];
      for (let b = 0; b < k - first; b++) reflect(block[b].v, block[b].beta, first, column);
      const { v } = block[k - first];
      v.set(column.subarray(k), k);
      const { beta, diagonal } = reflectionOf(v, k, rows);
      block[k - first].beta = beta;
      column.fill(0, k);
      column[k] = diagonal;
    }
    const products = block.map(({ v }) => block.map((other) => dot(v, other.v, first, rows)));
    for (let j = last; j < all.length; j++) reflectFour(block, products, first, all[j]);
  }
}

// Makes of a column's end, v from `start`, the v of the reflection I − beta v v' that leaves nothing of it but its first value.
function reflectionOf(v: Float64Array, start: number, end: number): { beta: number; diagonal: number } {
  const length = Math.sqrt(dot(v, v, start, end));
  if (length === 0) return { beta: 0, diagonal: 0 };
  const diagonal = v[start] > 0 ? -length : length; // the sign that does not cancel
  v[start] -= diagonal;
  return { beta: -1 / (diagonal * v[start]), diagonal };
}

function reflect(v: Float64Array, beta: number, start: number, column: Float64Array): void {
  const factor = beta * dot(v, column, start, column.length);
  for (let i = start; i < column.length; i++) column[i] -= factor * v[i];
}

type Reflection = { v: Float64Array; beta: number };

// As `reflect` four times: what a reflection finds is what was there, less what those before it took.
function reflectFour(
  [p, q, r, s]: readonly Reflection[],
  products: readonly number[][],
  start: number,
  column: Float64Array,
): void {
  const [pv, qv, rv, sv] = [p.v, q.v, r.v, s.v];
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = start; i < column.length; i++) {
    const value = column[i];
    a += pv[i] * value;
    b += qv[i] * value;
    c += rv[i] * value;
    d += sv[i] * value;
  }
  a *= p.beta;
  b = q.beta * (b - a * products[0][1]);
  c = r.beta * (c - a * products[0][2] - b * products[1][2]);
  d = s.beta * (d - a * products[0][3] - b * products[1][3] - c * products[2][3]);
  for (let i = start; i < column.length; i++) column[i] -= a * pv[i] + b * qv[i] + c * rv[i] + d * sv[i];
}

// Takes [R; root I] back to a triangle. What is below fills up from above only: step k has rows 0 … k of it, and row k of R.
function addDiagonal(triangle: readonly Float64Array[], columns: number, root: number): void {
  const below = triangle.map(() => new Float64Array(columns));
  const v = new Float64Array(columns + 1);
  for (let k = 0; k < columns; k++) {
    below[k][k] = root;
    v[0] = triangle[k][k];
    v.set(below[k].subarray(0, k + 1), 1);
    const { beta, diagonal } = reflectionOf(v, 0, k + 2);
    triangle[k][k] = diagonal;
    const rest = v.subarray(1);
    for (let j = k + 1; j < triangle.length; j++) {
      const factor = beta * (v[0] * triangle[j][k] + dot(rest, below[j], 0, k + 1));
      triangle[j][k] -= factor * v[0];
      const column = below[j];
      for (let i = 0; i <= k; i++) column[i] -= factor * rest[i];
    }
  }
}

function substitute(triangle: readonly Float64Array[], columns: number, turned: Float64Array): Float64Array {
  const weights = turned.slice();
  for (let k = columns - 1; k >= 0; k--) {
    const column = triangle[k];
    weights[k] /= column[k];
    for (let i = 0; i < k; i++) weights[i] -= weights[k] * column[i];
  }
  return weights;
}

// Four sums, so that additions need not wait for each other.
function dot(a: Float64Array, b: Float64Array, start: number, end: number): number {
  let [s, t, u, v] = [0, 0, 0, 0];
  let i = start;
  for (; i + 3 < end; i += 4) {
    s += a[i] * b[i];
    t += a[i + 1] * b[i + 1];
    u += a[i + 2] * b[i + 2];
    v += a[i + 3] * b[i + 3];
  }
  for (; i < end; i++) s += a[i] * b[i];
  return s + t + (u + v);
}
