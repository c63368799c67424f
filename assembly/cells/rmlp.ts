// Recurrent multilayer perceptron, one subnetwork of the cascade: a feed-forward layer, then a layer with feedback. G. Puskorius,
// L. Feldkamp 1994, "Neurocontrol of nonlinear dynamical systems with Kalman filter trained recurrent networks", IEEE Trans. Neural
// Networks 5(2):279-297; after B. Fernandez, A. Parlos, W. Tsai 1990, IJCNN.
//   a = tanh(A x + c)    h' = tanh(W a + U h + b)
import { affine, inputs, matrix, recurrent, set, size, state, tanh, units, Vector, vector } from "#ops";

const hidden = size("hidden", 12);

const A = matrix(hidden, inputs);
const c = vector(hidden);
const W = matrix(units, hidden);
const U = matrix(units, units);
const b = vector(units);
const h = state(units);

export function step(x: Vector): Vector {
  const a = tanh(affine(A, x, c));
  return set(h, tanh(recurrent(W, a, U, h, b)));
}
