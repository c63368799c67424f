// A memory cell that was searched for: what learns to count in 300 steps (a^n b^n, host/tasks/kinds/anbn.ts). The search is that of
// J. Bayer, D. Wierstra, J. Togelius, J. Schmidhuber 2009, "Evolving memory cell structures for sequence learning", ICANN.
// Written by `npm run topology -- 1`, the best of 1624 candidates: fitness 47.91 over the seeds by which the last eight were compared,
// 33 … 96, of which its integers count to
// 60 26 60 60 60 56 60 47 0 27 31 60 60 60 60 37 60 60 60 60 60 28 60 45 60 60 42 33 60 60 49 60
// 60 60 40 46 60 60 60 35 60 38 12 60 60 58 60 60 15 60 60 0 60 60 0 51 0 60 60 60 60 25 60 60.
// {"nodes":[["lin"],["sigmoid",2],["add",3,3],["lin"],["add",5,5],["tanh",6],["add",7,1],["tanh",8],["mul",4,9]],"c":8,"h":10}
//   a = Wa x + Ua h + ba    b = σ(a)    d = b + b    e = We x + Ue h + be    f = e + e    g = tanh(f)    i = g + c
//   j = tanh(i)    k = d ∘ j    c' = i    h' = k
import { add, inputs, matrix, multiply, recurrent, set, sigmoid, state, tanh, units, Vector, vector } from "#ops";

const Wa = matrix(units, inputs);
const Ua = matrix(units, units);
const ba = vector(units);
const We = matrix(units, inputs);
const Ue = matrix(units, units);
const be = vector(units);
const h = state(units);
const c = state(units);

export function step(x: Vector): Vector {
  const a = recurrent(Wa, x, Ua, h, ba);
  const b = sigmoid(a);
  const d = add(b, b);
  const e = recurrent(We, x, Ue, h, be);
  const f = add(e, e);
  const g = tanh(f);
  const i = add(g, c);
  const j = tanh(i);
  const k = multiply(d, j);
  set(c, i);
  return set(h, k);
}
