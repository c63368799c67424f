// Rounding weights: by row with one scale each, and the constants of each product's call site. docs/arithmetic.md defines both ways:
// int8 by int16 to int16 with a multiplier a row, and everything else with powers of two.
import { kinds, modelLimits } from "../spec/container.ts";

export type Rows = {
  rows: number;
  columns: number;
  /** Row by row; int8 −127 … 127. */
  values: Int8Array | Int16Array | Int32Array;
  /** Value of one unit, by row. */
  scales: Float64Array;
};

/** The scales of int8 rows whose greatest weight becomes ±127. */
export function finestScales(weights: Float32Array, rows: number, columns: number): Float64Array {
  return greatestByRow(weights, rows, columns).map((most) => most / 127);
}

/** The least powers of two that are scales of rows of a kind. */
export function powerScales(weights: Float32Array, rows: number, columns: number, kind: number): Float64Array {
  // A row of int32 by values of 32 bits stays within 60 if its magnitudes' sum has 29.
  const most = kind === kinds.int32[0] ? 2 ** 29 - columns : kind === kinds.int16[0] ? 32767 : 127;
  const of = kind === kinds.int32[0] ? sumsByRow : greatestByRow;
  return of(weights, rows, columns).map((value) => {
    let exponent = -mostExponent;
    while (value > most * 2 ** exponent) exponent++;
    return 2 ** exponent;
  });
}
const mostExponent = 32;

/** Rounds a matrix to such scales. */
export function roundRows(
  weights: Float32Array,
  rows: number,
  columns: number,
  scales: Float64Array,
  kind: number = kinds.int8[0],
): Rows {
  const Values = kind === kinds.int32[0] ? Int32Array : kind === kinds.int16[0] ? Int16Array : Int8Array;
  const values = new Values(rows * columns);
  for (let row = 0; row < rows; row++) {
    if (scales[row] === 0) continue;
    for (let i = row * columns; i < (row + 1) * columns; i++) values[i] = Math.round(weights[i] / scales[row]);
  }
  return { rows, columns, values, scales };
}

/** The values as int8Columns has them: column by column, each padded to a multiple of 4. */
export function byColumns({ rows, columns, values }: Rows): Int8Array {
  const stride = Math.ceil(rows / 4) * 4;
  const laid = new Int8Array(stride * columns);
  values.forEach((value, i) => {
    laid[(i % columns) * stride + Math.floor(i / columns)] = value;
  });
  return laid;
}

function sumsByRow(weights: Float32Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) =>
    weights.subarray(row * columns, (row + 1) * columns).reduce((sum, weight) => sum + Math.abs(weight), 0),
  );
}

function greatestByRow(weights: Float32Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) =>
    weights.subarray(row * columns, (row + 1) * columns).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0),
  );
}

/** A matrix with the format of the vector that it multiplies. */
type Term = { scales: Float64Array; format: number };

/**
 * The constants of a product of int8 by int16 to int16: b by row, then m by row for each matrix, int32.
 * @param bias the float bias, by row
 * @param format fraction bits of the result
 * @returns undefined if a ratio reaches 1/2 or a bias its limit: the result needs a coarser format
 */
export function productConstants(bias: Float32Array, terms: Term[], format: number): Int32Array | undefined {
  const { length } = bias;
  const constants = new Int32Array(length * (1 + terms.length));
  for (let row = 0; row < length; row++) {
    const b = Math.round(bias[row] * 2 ** format);
    if (Math.abs(b) > modelLimits.bias) return undefined;
    constants[row] = b;
    for (const [i, { scales, format: from }] of terms.entries()) {
      const m = Math.round(scales[row] * 2 ** (format - from + 32));
      if (m >= 2 ** 31) return undefined;
      constants[length * (1 + i) + row] = m;
    }
  }
  return constants;
}

/** Bits that the sums of wide products keep free: firmware/core/wide.c. */
const sumBits = 60;

/**
 * The constants of any other product: b by row, then s by row for each matrix. Scales are powers of two; one that is finer than the
 * sum of the terms has room for is made coarser, in place.
 * @param terms `bits`: of the sum of the matrix's products
 * @returns undefined if the result needs a coarser format
 */
export function wideConstants(
  bias: Float32Array,
  terms: (Term & { bits: number })[],
  format: number,
  most: number,
): Int32Array | undefined {
  const { length } = bias;
  const constants = new Int32Array(length * (1 + terms.length));
  for (let row = 0; row < length; row++) {
    const shifts = terms.map(({ scales, format: from }) => from - format - Math.log2(scales[row]));
    const finest = Math.min(...shifts.map((shift, i) => shift + sumBits - terms[i].bits));
    const b = Math.round(bias[row] * 2 ** format);
    if (Math.min(...shifts) < 0 || Math.abs(b) > most) return undefined;
    constants[row] = b;
    const room = b === 0 ? sumBits - 1 : sumBits - 1 - Math.ceil(Math.log2(Math.abs(b) + 1));
    terms.forEach(({ scales, format: from }, i) => {
      const shift = Math.min(shifts[i], finest, room);
      scales[row] = 2 ** (from - format - shift);
      constants[length * (1 + i) + row] = shift;
    });
  }
  return constants;
}
