// Read-out: one affine map, no state.
//   y = W x + b
import { affine, inputs, matrix, units, Vector, vector } from "#ops";

const W = matrix(units, inputs);
const b = vector(units);

export function step(x: Vector): Vector {
  return affine(W, x, b);
}
