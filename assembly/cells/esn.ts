// Echo state network: a random recurrence that is not trained, and a linear read-out that is. H. Jaeger 2001, "The 'echo state' approach to
// analysing and training recurrent neural networks", GMD report 148; H. Jaeger, H. Haas 2004, Science 304:78-80.
//   h' = a ∘ tanh(V x + W h + b) + (1 − a) ∘ h    y = R h' + c
// Option: generates   x is a switch, a value that is given, and the network's own last result; V reads the given one while the switch is
//                     above 1/2 and F the network's own after that, so that it runs on from its own results
// In integers the reservoir's weights are drawn from a seed on the board (numbers of a blueprint), and the read-out is solved for on the
// states of the integers, so that nothing but its own rounding is lost.
import {
  affine,
  blend,
  exceeds,
  inputs,
  matrix,
  option,
  recurrent,
  set,
  size,
  state,
  tanh,
  units,
  Vector,
  vector,
} from "#ops";

const generates = option("generates");
const neurons = size("neurons", 100);

const V = matrix(neurons, inputs); // not trained
const F = matrix(neurons, inputs); // not trained
const W = matrix(neurons, neurons); // not trained
const b = vector(neurons); // not trained
const half = vector(inputs); // not trained
const leak = vector(neurons); // not trained
const R = matrix(units, neurons);
const c = vector(units);
const h = state(neurons);

export function step(x: Vector): Vector {
  const sums = generates && !exceeds(x, half) ? recurrent(F, x, W, h, b) : recurrent(V, x, W, h, b);
  const answer = tanh(sums);
  const mixed = blend(leak, answer, h);
  set(h, mixed);
  const y = affine(R, h, c);
  return y;
}
