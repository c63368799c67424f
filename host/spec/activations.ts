// Tables of sigmoid and tanh: 512 cells over the positive half of Q4.11, each word the value at the cell's centre in its
// upper and the slope in its lower 16 bits. The negative half follows by symmetry. Only + − · / are used, which are exact
// by IEEE 754, so that every machine makes the same tables.

/** Cells of a table; a cell spans 64 units of Q4.11, 1/32. */
export const tableCells = 512;

/** The table's value for a ≥ 0 in Q4.11, in Q0.15: what assembly/ops and firmware/kernels compute. */
export function lookup(table: Int32Array, a: number): number {
  const word = table[a >> 6];
  return (word + Math.imul((word << 16) >> 16, ((a & 63) - 32) << 10)) >> 16;
}

export const sigmoidTable = (): Int32Array => makeTable((x) => 1 / (1 + 1 / exponential(x)));
export const tanhTable = (): Int32Array => makeTable((x) => 1 - 2 / (1 + exponential(2 * x)));

/** e^x for 0 ≤ x ≤ 40, to double precision. */
function exponential(x: number): number {
  const halvings = 10;
  const small = x / 2 ** halvings;
  let sum = 1;
  for (let term = 18; term > 0; term--) sum = 1 + (sum * small) / term;
  for (let i = 0; i < halvings; i++) sum *= sum;
  return sum;
}

// For each cell the pair of value and slope with the least greatest error over its 64 inputs.
function makeTable(f: (x: number) => number): Int32Array {
  const table = new Int32Array(tableCells);
  const one = new Int32Array(1);
  for (let cell = 0; cell < tableCells; cell++) {
    const exact = Float64Array.from({ length: 64 }, (_, i) => Math.min(32767, f((cell * 64 + i) / 2048) * 32768));
    const rise = Math.round((exact[63] - exact[0]) * (64 / 63));
    const centre = Math.floor(exact[32]);
    let least = Number.POSITIVE_INFINITY;
    for (let value = centre - 1; value <= Math.min(32767, centre + 2); value++) {
      for (let slope = Math.max(0, rise - 2); slope <= rise + 2; slope++) {
        one[0] = (value << 16) | (slope & 0xffff);
        let low = Number.POSITIVE_INFINITY;
        let high = Number.NEGATIVE_INFINITY;
        for (let i = 0; i < 64; i++) {
          const result = lookup(one, i);
          low = Math.min(low, exact[i] - result);
          high = Math.max(high, exact[i] - result);
          if (result > 32767 || result < 0) high = Number.POSITIVE_INFINITY;
        }
        const worst = Math.max(-low, high);
        if (worst < least) {
          least = worst;
          table[cell] = one[0];
        }
      }
    }
  }
  return table;
}
