// Eigen decomposition of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, section 8.5), in a
// fixed order and with nothing but + − × ÷ and sqrt, so that it is the same to the bit on every machine.

export type Eigen = {
  values: Float64Array;
  /** [row][column], row by row: column k belongs to value k. */
  vectors: Float64Array;
};

/** Off-diagonal squares against the diagonal's at which it is done; sweeps that suffice in any case. */
const small = 1e-30;
const mostSweeps = 50;

/** @param matrix symmetric, [n][n], row by row */
export function eigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < mostSweeps && !isDiagonal(a, n); sweep++)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

function isDiagonal(a: Float64Array, n: number): boolean {
  let [on, off] = [0, 0];
  for (let i = 0; i < n; i++) {
    on += a[i * n + i] * a[i * n + i];
    for (let j = i + 1; j < n; j++) off += a[i * n + j] * a[i * n + j];
  }
  return !(off > small * on);
}

// Makes a[p][q] zero.
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  a[p * n + p] -= t * apq;
  a[q * n + q] += t * apq;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  for (let i = 0; i < n; i++) {
    if (i !== p && i !== q) {
      const [ip, iq] = [a[i * n + p], a[i * n + q]];
      a[i * n + p] = c * ip - s * iq;
      a[p * n + i] = a[i * n + p];
      a[i * n + q] = s * ip + c * iq;
      a[q * n + i] = a[i * n + q];
    }
    const [vp, vq] = [vectors[i * n + p], vectors[i * n + q]];
    vectors[i * n + p] = c * vp - s * vq;
    vectors[i * n + q] = s * vp + c * vq;
  }
}
