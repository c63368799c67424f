// Rounding weights: int8 by row with one scale each, and the constants (b, m) of each product's call site.
import { modelLimits } from "../spec/container.ts";

export type Rows = {
  rows: number;
  columns: number;
  /** −127 … 127, row by row. */
  values: Int8Array;
  /** Value of one unit, by row. */
  scales: Float64Array;
};

/** Rounds a matrix to int8, symmetric, one scale a row: the greatest weight of a row becomes ±127. */
export function roundRows(weights: Float32Array, rows: number, columns: number): Rows {
  const values = new Int8Array(rows * columns);
  const scales = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    let most = 0;
    for (let i = 0; i < columns; i++) most = Math.max(most, Math.abs(weights[from + i]));
    scales[row] = most / 127;
    if (most === 0) continue;
    for (let i = 0; i < columns; i++) values[from + i] = Math.round(weights[from + i] / scales[row]);
  }
  return { rows, columns, values, scales };
}

/**
 * The constants of a product: b by row, then m by row for each matrix, int32.
 * @param bias the float bias, by row
 * @param terms each matrix with the format of the vector that it multiplies
 * @param format fraction bits of the result
 * @returns undefined if a ratio reaches 1/2 or a bias its limit: the result needs a coarser format
 */
export function productConstants(
  bias: Float32Array,
  terms: { matrix: Rows; format: number }[],
  format: number,
): Int32Array | undefined {
  const { length } = bias;
  const constants = new Int32Array(length * (1 + terms.length));
  for (let row = 0; row < length; row++) {
    const b = Math.round(bias[row] * 2 ** format);
    if (Math.abs(b) > modelLimits.bias) return undefined;
    constants[row] = b;
    for (const [i, { matrix, format: from }] of terms.entries()) {
      const m = Math.round(matrix.scales[row] * 2 ** (format - from + 32));
      if (m >= 2 ** 31) return undefined;
      constants[length * (1 + i) + row] = m;
    }
  }
  return constants;
}
