// Jordan's network: a plan at the input, the own results back through a state that forgets slowly; the read-out is part of the cell.
// M. I. Jordan 1986, "Serial order: a parallel distributed processing approach", ICS report 8604, UC San Diego.
//   h = tanh(Wp p + Ws s + b)    y = σ(V h + c)    s' = μ ∘ s + y
// Units are results; μ in 0 … 1, the same for all of them and not trained in the paper.
import {
  affine,
  inputs,
  matrix,
  multiplyAdd,
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

const hidden = size("hidden", 16);

const Wp = matrix(hidden, inputs);
const Ws = matrix(hidden, units);
const b = vector(hidden);
const V = matrix(units, hidden);
const c = vector(units);
const mu = vector(units);
const s = state(units);

export function step(p: Vector): Vector {
  const h = tanh(recurrent(Wp, p, Ws, s, b));
  const y = sigmoid(affine(V, h, c));
  set(s, multiplyAdd(mu, s, y));
  return y;
}
