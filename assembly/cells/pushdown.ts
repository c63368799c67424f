// Neural network pushdown automaton: a controller and a stack whose entries have strengths, so that pushing and popping have gradients.
// G. Z. Sun, C. L. Giles, H. H. Chen, Y. C. Lee 1993, "The neural network pushdown automaton: model, stack and learning simulations",
// UMIACS-TR-93-77; the strengths: E. Grefenstette, K. Hermann, M. Suleyman, P. Blunsom 2015, "Learning to transduce with unbounded
// memory", NIPS 28. The controller has no memory of its own (ρ = 0): what the next step needs must be on the stack.
//   h = tanh(W x + R r + b)    v = tanh(V h + bv)    d = σ(D h + bd)    u = σ(U h + bu)
//   pop u from s; put v on S with strength d; r' = Σ ti Si, t the uppermost unit of s    y = Y h + Z r' + c
import {
  add,
  affine,
  erase,
  free,
  inputs,
  matrix,
  multiply,
  outer,
  pop,
  recurrent,
  set,
  sigmoid,
  size,
  spread,
  state,
  tanh,
  top,
  units,
  Vector,
  vector,
  weightedRows,
} from "#ops";

const hidden = size("hidden", 8);
const width = size("width", 3);
const entries = size("entries", 96);

const W = matrix(hidden, inputs);
const R = matrix(hidden, width);
const b = vector(hidden);
const V = matrix(width, hidden);
const bv = vector(width);
const D = matrix(1, hidden);
const bd = vector(1);
const U = matrix(1, hidden);
const bu = vector(1);
const Y = matrix(units, hidden);
const Z = matrix(units, width);
const c = vector(units);
const whole = vector(width); // not trained: 1
const S = state(entries, width);
const s = state(entries);
const r = state(width);

export function step(x: Vector): Vector {
  const h = tanh(recurrent(W, x, R, r, b));
  const v = tanh(affine(V, h, bv));
  const d = sigmoid(affine(D, h, bd));
  pop(s, sigmoid(affine(U, h, bu)));
  const place = free(s);
  erase(S, place, whole);
  outer(S, place, v);
  set(s, add(s, multiply(spread(d, s), place)));
  set(r, weightedRows(S, top(s)));
  return recurrent(Y, h, Z, r, c);
}
