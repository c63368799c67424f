// Multiple timescales recurrent network, units of one time constant. Y. Yamashita, J. Tani 2008, "Emergence of functional hierarchy in a
// multiple timescale neural network model: a humanoid robot experiment", PLoS Computational Biology 4(11):e1000220.
//   u' = (1 − 1/τ) u + 1/τ (W x + U h + b)    h' = tanh(u')
// Fast and slow units are layers of this cell, each with its size tau; rate is 1/τ and is not trained (host/train/fixed.ts).
import { blend, inputs, matrix, recurrent, set, size, state, state32, tanh, units, Vector, vector } from "#ops";

// biome-ignore lint/correctness/noUnusedVariables: a layer of this cell has it, and rate is made from it.
const tau = size("tau", 2);

const W = matrix(units, inputs);
const U = matrix(units, units);
const b = vector(units);
const rate = vector(units);
const h = state(units);
const u = state32(units);

export function step(x: Vector): Vector {
  set(u, blend(rate, recurrent(W, x, U, h, b), u));
  return set(h, tanh(u));
}
