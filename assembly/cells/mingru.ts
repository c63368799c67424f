// minGRU: a gated unit whose gate and candidate read the input alone. L. Feng, F. Tung, M. O. Ahmed, Y. Bengio, H. Hajimirsadeghi
// 2024, "Were RNNs All We Needed?", arXiv:2410.01201.
//   z = σ(Wz x + bz)    n = Wn x + bn    h' = z ∘ n + (1 − z) ∘ h
// A gate that is nearly shut moves h by less than 16 bits can hold.
import { affine, blend, inputs, matrix, set, sigmoid, state32, units, Vector, vector } from "#ops";

const Wz = matrix(units, inputs);
const bz = vector(units);
const Wn = matrix(units, inputs);
const bn = vector(units);
const h = state32(units);

export function step(x: Vector): Vector {
  const z = sigmoid(affine(Wz, x, bz));
  return set(h, blend(z, affine(Wn, x, bn), h));
}
