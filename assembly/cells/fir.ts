// Time-delay layer: a finite impulse response. A. Waibel, T. Hanazawa, G. Hinton, K. Shikano, K. Lang 1989, "Phoneme recognition using
// time-delay neural networks", IEEE Trans. ASSP 37(3):328-339. The blueprint gives it what came before: {"delayed": "input", "by": 2}.
//   y = max(0, W [x(t); x(t − d); x(t − 2d) …] + b)
import { affine, inputs, matrix, relu, units, Vector, vector } from "#ops";

const W = matrix(units, inputs);
const b = vector(units);

export function step(x: Vector): Vector {
  return relu(affine(W, x, b));
}
