// The memory of a neural Turing machine, with a head that reads and one that writes; its input is the controller's result, its own
// result is what was read. A. Graves, G. Wayne, I. Danihelka 2014, "Neural Turing machines", arXiv 1410.5401, equations 2 to 9.
// Each head, by key k, strength β, gate g, shift s and sharpness γ:
//   c = softmax(β cos(M, k))    i = g c + (1 − g) w    t = i turned by −1, 0, 1 places with weights s    w' = t^γ / Σ t^γ
//   r = Mᵀ wr    M' = M ∘ (1 − ww eᵀ) + ww aᵀ    reading before writing
// Both heads begin at the first slot: w is kept as its difference from there.
import {
  add,
  affine,
  blend,
  cosine,
  erase,
  inputs,
  matrix,
  outer,
  power,
  set,
  shift,
  sigmoid,
  size,
  softmax,
  softplus,
  spread,
  state,
  tanh,
  units,
  Vector,
  vector,
  weightedRows,
} from "#ops";

const slots = size("slots", 32);

const Kr = matrix(units, inputs);
const kr = vector(units);
const Br = matrix(1, inputs);
const br = vector(1);
const Gr = matrix(1, inputs);
const gr = vector(1);
const Sr = matrix(3, inputs);
const sr = vector(3);
const Yr = matrix(1, inputs);
const yr = vector(1);
const Kw = matrix(units, inputs);
const kw = vector(units);
const Bw = matrix(1, inputs);
const bw = vector(1);
const Gw = matrix(1, inputs);
const gw = vector(1);
const Sw = matrix(3, inputs);
const sw = vector(3);
const Yw = matrix(1, inputs);
const yw = vector(1);
const E = matrix(units, inputs);
const be = vector(units);
const A = matrix(units, inputs);
const ba = vector(units);
const one = vector(1); // not trained: 1
const first = vector(slots); // not trained: 1, 0, 0 …
const away = vector(slots); // not trained: −1, 0, 0 …
const M = state(slots, units);
const wr = state(slots);
const ww = state(slots);
const r = state(units);

function address(w: Vector, k: Vector, beta: Vector, g: Vector, s: Vector, gamma: Vector): Vector {
  const content = softmax(cosine(M, tanh(k)), softplus(beta));
  const mixed = blend(spread(sigmoid(g), content), content, add(w, first));
  return power(shift(mixed, softmax(s, one)), add(softplus(gamma), one));
}

export function step(x: Vector): Vector {
  const read = address(
    wr,
    affine(Kr, x, kr),
    affine(Br, x, br),
    affine(Gr, x, gr),
    affine(Sr, x, sr),
    affine(Yr, x, yr),
  );
  const write = address(
    ww,
    affine(Kw, x, kw),
    affine(Bw, x, bw),
    affine(Gw, x, gw),
    affine(Sw, x, sw),
    affine(Yw, x, yw),
  );
  set(wr, add(read, away));
  set(ww, add(write, away));
  set(r, weightedRows(M, read));
  erase(M, write, sigmoid(affine(E, x, be)));
  outer(M, write, tanh(affine(A, x, ba)));
  return r;
}
