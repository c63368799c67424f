// Gated recurrent unit. K. Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder", arXiv:1406.1078;
// the reset gate is applied after the product, as cuDNN and PyTorch do.
//   z = σ(Wz x + Uz h + bz)    r = σ(Wr x + Ur h + br)    n = tanh(Wn x + bn + r ∘ (Un h + cn))    h' = z ∘ h + (1 − z) ∘ n
import {
  affine,
  blend,
  inputs,
  matrix,
  multiplyAdd,
  recurrent,
  set,
  sigmoid,
  state,
  tanh,
  units,
  Vector,
  vector,
} from "#ops";

const Wz = matrix(units, inputs);
const Uz = matrix(units, units);
const bz = vector(units);
const Wr = matrix(units, inputs);
const Ur = matrix(units, units);
const br = vector(units);
const Wn = matrix(units, inputs);
const bn = vector(units);
const Un = matrix(units, units);
const cn = vector(units);
const h = state(units);

export function step(x: Vector): Vector {
  const z = sigmoid(recurrent(Wz, x, Uz, h, bz));
  const r = sigmoid(recurrent(Wr, x, Ur, h, br));
  const n = tanh(multiplyAdd(r, affine(Un, h, cn), affine(Wn, x, bn)));
  return set(h, blend(z, h, n));
}
