// A memory cell that was searched for: what learns to count in 300 steps (a^n b^n, host/tasks/kinds/anbn.ts). The search is that of
// J. Bayer, D. Wierstra, J. Togelius, J. Schmidhuber 2009, "Evolving memory cell structures for sequence learning", ICANN.
// Written by `npm run topology -- 2`, the best of 60 candidates: fitness 24.09; of seeds 1 … 32 its integers count to
// 12 51 15 23 30 20 14 30 42 18 17 15 41 30 42 11 27 22 20 31 12 18 17 53 29 25 38 15 22 9 21 15.
// {"nodes":[["lin"],["sigmoid",2],["add",3,3],["lin"],["tanh",5],["lin"],["sigmoid",7],["mul",6,8],["mul",1,3],["add",9,10],["tanh",11],["lin"],["sigmoid",13],["mul",12,14],["mul",4,15]],"c":11,"h":16}
//   a = Wa x + Ua h + ba    b = σ(a)    d = b + b    e = We x + Ue h + be    f = tanh(e)    g = Wg x + Ug h + bg
//   i = σ(g)    j = f ∘ i    k = c ∘ b    l = j + k    m = tanh(l)    n = Wn x + Un h + bn    o = σ(n)    p = m ∘ o
//   q = d ∘ p    c' = l    h' = q
import { add, inputs, matrix, multiply, recurrent, set, sigmoid, state, tanh, units, Vector, vector } from "#ops";

const Wa = matrix(units, inputs);
const Ua = matrix(units, units);
const ba = vector(units);
const We = matrix(units, inputs);
const Ue = matrix(units, units);
const be = vector(units);
const Wg = matrix(units, inputs);
const Ug = matrix(units, units);
const bg = vector(units);
const Wn = matrix(units, inputs);
const Un = matrix(units, units);
const bn = vector(units);
const h = state(units);
const c = state(units);

export function step(x: Vector): Vector {
  const a = recurrent(Wa, x, Ua, h, ba);
  const b = sigmoid(a);
  const d = add(b, b);
  const e = recurrent(We, x, Ue, h, be);
  const f = tanh(e);
  const g = recurrent(Wg, x, Ug, h, bg);
  const i = sigmoid(g);
  const j = multiply(f, i);
  const k = multiply(c, b);
  const l = add(j, k);
  const m = tanh(l);
  const n = recurrent(Wn, x, Un, h, bn);
  const o = sigmoid(n);
  const p = multiply(m, o);
  const q = multiply(d, p);
  set(c, l);
  return set(h, q);
}
