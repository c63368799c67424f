// Simple recurrent network. J. L. Elman 1990, "Finding Structure in Time", Cognitive Science 14:179-211.
//   h' = tanh(W x + U h + b)
import { inputs, matrix, recurrent, set, state, tanh, units, Vector, vector } from "#ops";

const W = matrix(units, inputs);
const U = matrix(units, units);
const b = vector(units);
const h = state(units);

export function step(x: Vector): Vector {
  return set(h, tanh(recurrent(W, x, U, h, b)));
}
