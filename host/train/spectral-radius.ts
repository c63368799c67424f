// The spectral radius of a reservoir's matrix: the largest |eigenvalue|, which is mostly that of a complex pair, so that power iteration alone
// never settles. Arnoldi's method (W. E. Arnoldi, Quarterly of Applied Mathematics 9(1), 1951) on the eighth power of the matrix, whose outer
// eigenvalues lie eight times as far apart; eigenvalues of the small Hessenberg matrix by QR steps with double shifts (J. G. F. Francis, The
// QR transformation, part 2, Computer Journal 4(4), 1962). Products and square roots only: the same bits on every machine.
import { Random } from "../data/random.ts";
import { UserError } from "../spec/user-error.ts";

/** Writes the matrix times x into y; x stays as it is, both have n values. */
export type Multiply = (x: Float64Array, y: Float64Array) => void;

const doublings = 3;
/** Two radii that differ by less, from spaces one half larger than the other, are the radius. */
const settled = 1e-10;

/**
 * The largest |eigenvalue| of a real matrix of n rows, to about 1e-14 where that eigenvalue is a simple one, and exactly 0 where no unit
 * reaches itself. Takes about a thousand products for a random sparse matrix of 1,000 rows, up to 8 n where all eigenvalues are of one size.
 * @throws UserError for n that is no whole number above 0, and for products that are not finite
 */
export function spectralRadius(multiply: Multiply, n: number, seed = 1): number {
  if (!(Number.isInteger(n) && n > 0)) throw new UserError(`a matrix of ${n} rows`, "give a whole number, 1 or more");
  const start = startOf(multiply, n, seed);
  if (!start) return 0;
  let radius = 0;
  let next = 16;
  for (const { H, size, complete } of spaces(powerOf(multiply, start.scale, n), start.x)) {
    if (!complete && size < next) continue;
    next = Math.ceil(size * 1.5);
    const found = largestEigenvalue(squareOf(H, size), size);
    if (complete || Math.abs(found - radius) <= settled * found) {
      radius = found;
      break;
    }
    radius = found;
  }
  for (let i = 0; i < doublings; i++) radius = Math.sqrt(radius);
  return radius * start.scale;
}

// Products until no more values become 0. What still does then feeds on a circle; where there is none, nothing is left: a matrix without
// circles is nilpotent, and rounding would make its radius anything. `scale` is about the radius.
function startOf(multiply: Multiply, n: number, seed: number): { x: Float64Array; scale: number } | undefined {
  const random = new Random(seed, "spectral radius");
  const x = Float64Array.from({ length: n }, () => random.uniform(-1, 1));
  const y = new Float64Array(n);
  for (let left = n + 1; ; ) {
    multiply(x, y);
    const most = y.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
    checkFinite(most, n);
    if (most === 0) return undefined;
    const still = y.reduce((count, value) => count + (value === 0 ? 0 : 1), 0);
    for (let i = 0; i < n; i++) x[i] = y[i] / most;
    if (still >= left) return { x, scale: most };
    left = still;
  }
}

function checkFinite(size: number, n: number): void {
  if (!Number.isFinite(size))
    throw new UserError(`the product of a matrix of ${n} rows is not finite`, "check the weights");
}

/** (A / scale)^8 */
function powerOf(multiply: Multiply, scale: number, n: number): Multiply {
  const between = new Float64Array(n);
  return (x, y) => {
    y.set(x);
    for (let i = 0; i < 2 ** doublings; i++) {
      between.set(y);
      multiply(between, y);
      for (let k = 0; k < n; k++) y[k] /= scale;
    }
  };
}

// Krylov spaces of growing size: H by columns, each with one value below its diagonal. Complete is one that the matrix does not leave.
function* spaces(
  multiply: Multiply,
  x: Float64Array,
): Generator<{ H: Float64Array[]; size: number; complete: boolean }> {
  const n = x.length;
  const basis = [scaled(x, 1 / Math.sqrt(dot(x, x)))];
  const H: Float64Array[] = [];
  for (let size = 1; ; size++) {
    const w = new Float64Array(n);
    multiply(basis[size - 1], w);
    const column = new Float64Array(size + 1);
    const before = Math.sqrt(dot(w, w));
    checkFinite(before, n);
    // Twice, because what the first time leaves is not orthogonal where little is left.
    for (let pass = 0; pass < 2; pass++)
      basis.forEach((v, i) => {
        const along = dot(v, w);
        column[i] += along;
        for (let k = 0; k < n; k++) w[k] -= along * v[k];
      });
    const rest = Math.sqrt(dot(w, w));
    column[size] = rest;
    H.push(column);
    const complete = size === n || rest <= 8 * Number.EPSILON * before;
    yield { H, size, complete };
    if (complete) return;
    basis.push(scaled(w, 1 / rest));
  }
}

const scaled = (x: Float64Array, factor: number): Float64Array => x.map((value) => value * factor);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Rows of the upper Hessenberg matrix. */
function squareOf(H: readonly Float64Array[], size: number): Float64Array[] {
  return Array.from({ length: size }, (_, i) => Float64Array.from({ length: size }, (_, j) => H[j][i] ?? 0));
}

/** The largest |eigenvalue| of an upper Hessenberg matrix of `size` rows, which are destroyed. */
function largestEigenvalue(rows: Float64Array[], size: number): number {
  let largest = 0;
  let tries = 0;
  for (let high = size - 1; high >= 0; ) {
    const low = splitAbove(rows, high);
    if (low < high - 1) {
      if (++tries > 100) throw new Error(`eigenvalue ${high} of ${size} does not converge`);
      francisStep(rows, low, high, tries);
      continue;
    }
    largest = Math.max(largest, low === high ? Math.abs(rows[high][high]) : largerOfTwo(rows, low));
    high = low - 1;
    tries = 0;
  }
  return largest;
}

// The first row of the last block that does not fall apart: above it, the value below the diagonal is 0 or rounding.
function splitAbove(rows: Float64Array[], high: number): number {
  for (let k = high; k > 0; k--) {
    const around = Math.abs(rows[k][k]) + Math.abs(rows[k - 1][k - 1]);
    if (Math.abs(rows[k][k - 1]) <= Number.EPSILON * (around || Math.abs(rows[k - 1][k]))) return k;
  }
  return 0;
}

function largerOfTwo(rows: Float64Array[], k: number): number {
  const middle = (rows[k][k] + rows[k + 1][k + 1]) / 2;
  const half = (rows[k][k] - rows[k + 1][k + 1]) / 2;
  const square = half * half + rows[k][k + 1] * rows[k + 1][k];
  return square < 0 ? Math.sqrt(middle * middle - square) : Math.abs(middle) + Math.sqrt(square);
}

// Chases the bulge of two shifts, the eigenvalues of the last two rows, from `low` to `high`. Every tenth try shifts by something else, as
// matrices exist that the usual shifts leave as they are.
function francisStep(rows: Float64Array[], low: number, high: number, tries: number): void {
  const [a, b] = [rows[high - 1], rows[high]];
  let sum = a[high - 1] + b[high];
  let product = a[high - 1] * b[high] - a[high] * b[high - 1];
  if (tries % 10 === 0) {
    const other = Math.abs(b[high - 1]) + Math.abs(a[high - 2]);
    [sum, product] = [1.5 * other, other * other];
  }
  const [p, q, r] = [rows[low], rows[low + 1], rows[low + 2]];
  let x = p[low] * p[low] + p[low + 1] * q[low] - sum * p[low] + product;
  let y = q[low] * (p[low] + q[low + 1] - sum);
  let z = q[low] * r[low + 1];
  for (let k = low; k < high; k++) {
    const three = k < high - 1;
    reflectBothSides(rows, k, three ? [x, y, z] : [x, y], low, high);
    x = rows[k + 1][k];
    y = rows[k + 2]?.[k] ?? 0;
    z = k + 3 <= high ? rows[k + 3][k] : 0;
  }
}

// Rows and columns from k on are reflected so that of x only the first value is left.
function reflectBothSides(rows: Float64Array[], k: number, x: number[], low: number, high: number): void {
  const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  if (length === 0) return;
  const v = [...x];
  v[0] += x[0] > 0 ? length : -length;
  const beta = 2 / v.reduce((sum, value) => sum + value * value, 0);
  for (let j = Math.max(low, k - 1); j <= high; j++) {
    let along = 0;
    for (let i = 0; i < v.length; i++) along += v[i] * rows[k + i][j];
    along *= beta;
    for (let i = 0; i < v.length; i++) rows[k + i][j] -= along * v[i];
  }
  for (let j = low; j <= Math.min(high, k + 3); j++) {
    let along = 0;
    for (let i = 0; i < v.length; i++) along += v[i] * rows[j][k + i];
    along *= beta;
    for (let i = 0; i < v.length; i++) rows[j][k + i] -= along * v[i];
  }
}
