// Gated recurrent unit. K. Cho et al. 2014, "Learning Phrase Representations using RNN Encoder-Decoder", arXiv:1406.1078;
// the reset gate is applied after the product, as cuDNN and PyTorch do.
//   z = σ(Wz x + Uz h + bz)    r = σ(Wr x + Ur h + br)    n = tanh(Wn x + bn + r ∘ (Un h + cn))    h' = z ∘ h + (1 − z) ∘ n
// Variants, one at a time:
//   resetBefore  as Cho has it: n = tanh(Wn x + Un (r ∘ h) + bn); so too in the next four
//   gru1         gates without input, z = σ(Uz h + bz); gru2 of the state alone, z = σ(Uz h); gru3 of the bias alone, z = σ(bz); r alike.
//                R. Dey, F. Salem 2017, "Gate-variants of Gated Recurrent Unit (GRU) neural networks", arXiv:1701.05923
//   mgu          one gate for both, r = z, and h' = z ∘ n + (1 − z) ∘ h. G.-B. Zhou et al. 2016, "Minimal Gated Unit for Recurrent
//                Neural Networks", arXiv:1603.09420
//   light        no reset, n = max(0, Wn x + Un h + bn); without its batch normalization, which weights can take in after training.
//                M. Ravanelli et al. 2018, "Light Gated Recurrent Units for Speech Recognition", arXiv:1803.10225
import {
  affine,
  blend,
  inputs,
  matrix,
  multiply,
  multiplyAdd,
  option,
  recurrent,
  relu,
  set,
  sigmoid,
  state,
  tanh,
  units,
  Vector,
  vector,
} from "#ops";

const resetBefore = option("resetBefore", "variant");
const gru1 = option("gru1", "variant");
const gru2 = option("gru2", "variant");
const gru3 = option("gru3", "variant");
const mgu = option("mgu", "variant");
const light = option("light", "variant");

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
const zero = vector(units); // not trained
const h = state(units);

export function step(x: Vector): Vector {
  const z = sigmoid(gru1 ? affine(Uz, h, bz) : gru2 ? affine(Uz, h, zero) : gru3 ? bz : recurrent(Wz, x, Uz, h, bz));
  const r =
    mgu || light
      ? z
      : sigmoid(gru1 ? affine(Ur, h, br) : gru2 ? affine(Ur, h, zero) : gru3 ? br : recurrent(Wr, x, Ur, h, br));
  const n = light
    ? relu(recurrent(Wn, x, Un, h, bn))
    : resetBefore || gru1 || gru2 || gru3 || mgu
      ? tanh(recurrent(Wn, x, Un, multiply(r, h), bn))
      : tanh(multiplyAdd(r, affine(Un, h, cn), affine(Wn, x, bn)));
  return set(h, mgu ? blend(z, n, h) : blend(z, h, n));
}
