// First values of a layer's parameters, the same for a seed on every machine.
import { type CompiledCell, shapeOf } from "../compile/cell.ts";
import { Random } from "../data/random.ts";
import { fixedValues } from "./fixed.ts";

/** First values by cell and vector, where they are not zero. */
const vectors: Record<string, Record<string, number>> = {
  lstm: { bf: 1 }, // Gers, Schmidhuber and Cummins 2000
  indrnn: { u: 1 }, // Le, Jaitly and Hinton 2015: the identity
  fastgrnn: { bz: 1, zeta: 1, nu: -4 }, // Kusupati et al. 2018: nearly all of the state stays at first
};

/**
 * Recurrent matrices (units by units) are orthogonal; others uniform within ±1/√columns, whatever the number of gates
 * (LeCun et al. 1998, "Efficient BackProp", section 4.6, with a third of its variance); vectors zero, but for those of `vectors` and fixed ones.
 * @param key tells layers of one seed apart
 */
export function initialize(
  cell: CompiledCell,
  sizes: Record<string, number>,
  seed: number,
  key: string | number,
): Float32Array[] {
  return cell.parameters.map(({ name, role, shape }) => {
    const [rows, columns = 1] = shapeOf(shape, { cell, sizes });
    const random = new Random(seed, "initialize", key, name);
    if (role === "vector")
      return fixedValues({ cell, sizes }, name, rows) ?? new Float32Array(rows).fill(vectors[cell.name]?.[name] ?? 0);
    const recurrent = shape[0] === "units" && shape[1] === "units";
    return recurrent ? orthogonal(rows, random) : uniform(rows, columns, random);
  });
}

function uniform(rows: number, columns: number, random: Random): Float32Array {
  const limit = 1 / Math.sqrt(columns);
  return Float32Array.from({ length: rows * columns }, () => random.uniform(-limit, limit));
}

// Rows of normal numbers, made orthonormal by Gram and Schmidt; each projection twice, which suffices in double precision
// (Giraud, Langou and Rozložník 2005).
function orthogonal(n: number, random: Random): Float32Array {
  const rows: Float64Array[] = [];
  while (rows.length < n) {
    const row = Float64Array.from({ length: n }, () => random.normal());
    for (const other of [...rows, ...rows]) {
      const along = dot(row, other);
      for (let i = 0; i < n; i++) row[i] -= along * other[i];
    }
    const length = Math.sqrt(dot(row, row));
    if (length < 1e-6) continue;
    rows.push(row.map((value) => value / length));
  }
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
