// Independently recurrent network: each unit remembers itself alone. S. Li, W. Li, C. Cook, C. Zhu, Y. Gao 2018, "Independently recurrent
// neural network (IndRNN): building a longer and deeper RNN", CVPR 2018, 5457-5466.
//   h' = relu(W x + u ∘ h + b)
// For T steps of memory |u| ≤ 2^(1/T), which the recipe keeps. Residual stacks are blueprints: each layer reads the sum of all before it.
import { affine, inputs, matrix, multiplyAdd, relu, set, state, units, Vector, vector } from "#ops";

const W = matrix(units, inputs);
const u = vector(units);
const b = vector(units);
const h = state(units);

export function step(x: Vector): Vector {
  return set(h, relu(multiplyAdd(u, h, affine(W, x, b))));
}
