// FastGRNN: a gate and a candidate of the same two products, for networks of few kilobytes. A. Kusupati, M. Singh, K. Bhatia,
// A. Kumar, P. Jain, M. Varma 2018, "FastGRNN: A Fast, Accurate, Stable and Tiny Kilobyte Sized Gated Recurrent Neural
// Network", NeurIPS 2018.
//   p = W x + U h + bn    z = σ(p + bz)    n = tanh(p)    h' = (σ(ζ) (1 − z) + σ(ν)) ∘ n + z ∘ h
// bz is the paper's b_z less its b_n. ζ and ν, scalars in the paper, are trained for each unit.
// Option lowRank: W = W1 W2 and U = U1 U2 of ranks rankW and rankU; the inner biases cW and cU add nothing that bn could not.
import {
  add,
  affine,
  blend,
  inputs,
  matrix,
  multiply,
  multiplyAdd,
  option,
  recurrent,
  set,
  sigmoid,
  size,
  state,
  tanh,
  units,
  Vector,
  vector,
} from "#ops";

const lowRank = option("lowRank");
const rankW = size("rankW", 4);
const rankU = size("rankU", 8);

const W = matrix(units, inputs);
const U = matrix(units, units);
const W1 = matrix(units, rankW);
const W2 = matrix(rankW, inputs);
const cW = vector(rankW);
const U1 = matrix(units, rankU);
const U2 = matrix(rankU, units);
const cU = vector(rankU);
const bn = vector(units);
const bz = vector(units);
const zeta = vector(units);
const nu = vector(units);
const h = state(units);

export function step(x: Vector): Vector {
  const p = lowRank ? recurrent(W1, affine(W2, x, cW), U1, affine(U2, h, cU), bn) : recurrent(W, x, U, h, bn);
  const z = sigmoid(add(p, bz));
  const n = tanh(p);
  const v = sigmoid(nu);
  const share = blend(z, v, add(sigmoid(zeta), v)); // σ(ζ) (1 − z) + σ(ν)
  return set(h, multiplyAdd(share, n, multiply(z, h)));
}
