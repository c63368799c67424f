// A layer of units that look at nothing but the input: the feed-forward controller of a memory. F. Rosenblatt 1958, with the smooth units of
// D. Rumelhart, G. Hinton, R. Williams 1986, "Learning representations by back-propagating errors", Nature 323:533-536.
//   y = tanh(W x + b)
import { affine, inputs, matrix, tanh, units, Vector, vector } from "#ops";

const W = matrix(units, inputs);
const b = vector(units);

export function step(x: Vector): Vector {
  return tanh(affine(W, x, b));
}
