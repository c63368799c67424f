// Sparse matrices that a seed makes: entry i of row r is drawn from a counter, so that any row can be had alone. The twin of `dot` in
// firmware/core/wide.c and assembly/ops/wide.ts; docs/container.md has the rule.

/** `most`: greatest magnitude of an entry, 1 … 127. `positive`: entries from 1 on instead of both signs. */
export type Seed = { seed: number; degree: number; most: number; positive?: boolean };

/** Entries of a row: columns and integers; some may fall on one column, and add up there. */
export function seededRow(
  { seed, degree, most, positive }: Seed,
  row: number,
  columns: number,
): [column: number, weight: number][] {
  return Array.from({ length: degree }, (_, i) => {
    const drawn = mixed((seed + row * 65536 + i) >>> 0);
    const low = drawn & 0xffff;
    const weight = positive ? 1 + ((low * most) >>> 16) : ((low * (2 * most + 1)) >>> 16) - most;
    return [((drawn >>> 16) * columns) >>> 16, weight];
  });
}

/** The whole matrix in integers, row by row. */
export function seededMatrix(seed: Seed, rows: number, columns: number): Float32Array {
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (const [column, weight] of seededRow(seed, row, columns)) values[row * columns + column] += weight;
  return values;
}

/** The finalizer of A. Appleby's MurmurHash3. @param x 32 bits without a sign */
export function mixed(x: number): number {
  let bits = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
