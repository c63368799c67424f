// Long short-term memory. S. Hochreiter, J. Schmidhuber 1997, Neural Computation 9(8):1735-1780; with forget gates
// (F. Gers, J. Schmidhuber, F. Cummins 2000) and, by option, peepholes (F. Gers, N. Schraudolph, J. Schmidhuber 2002, JMLR 3).
//   i = σ(Wi x + Ui h + bi [+ pi ∘ c])    f = σ(Wf x + Uf h + bf [+ pf ∘ c])    g = tanh(Wg x + Ug h + bg)
//   c' = f ∘ c + i ∘ g    o = σ(Wo x + Uo h + bo [+ po ∘ c'])    h' = o ∘ tanh(c')
import {
  inputs,
  matrix,
  multiply,
  multiplyAdd,
  option,
  recurrent,
  set,
  sigmoid,
  state,
  tanh,
  units,
  Vector,
  vector,
} from "#ops";

const peepholes = option("peepholes");

const Wi = matrix(units, inputs);
const Ui = matrix(units, units);
const bi = vector(units);
const pi = vector(units);
const Wf = matrix(units, inputs);
const Uf = matrix(units, units);
const bf = vector(units);
const pf = vector(units);
const Wg = matrix(units, inputs);
const Ug = matrix(units, units);
const bg = vector(units);
const Wo = matrix(units, inputs);
const Uo = matrix(units, units);
const bo = vector(units);
const po = vector(units);
const h = state(units);
const c = state(units);

export function step(x: Vector): Vector {
  const ai = recurrent(Wi, x, Ui, h, bi);
  const i = sigmoid(peepholes ? multiplyAdd(pi, c, ai) : ai);
  const af = recurrent(Wf, x, Uf, h, bf);
  const f = sigmoid(peepholes ? multiplyAdd(pf, c, af) : af);
  const g = tanh(recurrent(Wg, x, Ug, h, bg));
  const ao = recurrent(Wo, x, Uo, h, bo);
  set(c, multiplyAdd(f, c, multiply(i, g)));
  const o = sigmoid(peepholes ? multiplyAdd(po, c, ao) : ao);
  return set(h, multiply(o, tanh(c)));
}
