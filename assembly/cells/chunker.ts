// History compressor: what level 1 foretells is no news, and only what it did not foretell reaches level 2. J. Schmidhuber 1992,
// "Learning complex, extended sequences using the principle of history compression", Neural Computation 4(2):234-242. Level 1 (there the
// automatizer) and level 2 (the chunker) are Elman's networks; x has a 1 for the symbol that came, p is what level 1 expected of this step:
//   if p·x ≤ limit: g' = tanh(V x + X g + d)    h' = tanh(W x + U h + b)    p' = softmax(R h' + c)
//   y = p' where p'·p' > certain, else half softmax(S g' + e)
// The result y foretells a symbol with more than `limit` only where level 1 does: what came and was not foretold so is the whole input in
// short. For that `certain` must be below limit², since Σ p² > limit² wherever a p is above the limit; and `half` keeps level 2 below it.
// In integers level 2 costs nothing in a step without surprise: the branch is taken, nothing is masked.
import {
  affine,
  exceeds,
  inputs,
  matrix,
  multiply,
  recurrent,
  rowsDot,
  set,
  size,
  softmax,
  state,
  tanh,
  units,
  Vector,
  vector,
} from "#ops";

const hidden = size("hidden", 32);
const chunks = size("chunks", 8);

const W = matrix(hidden, inputs);
const U = matrix(hidden, hidden);
const b = vector(hidden);
const R = matrix(units, hidden);
const c = vector(units);
const V = matrix(chunks, inputs);
const X = matrix(chunks, chunks);
const d = vector(chunks);
const S = matrix(units, chunks);
const e = vector(units);
const one = vector(1); // not trained, like those below
const limit = vector(1); // 0.9
const certain = vector(1); // 0.8
const half = vector(units);
const h = state(hidden);
const g = state(chunks);
const p = state(units);
const y = state(units);

export function step(x: Vector): Vector {
  const seen = rowsDot(p, x);
  if (!exceeds(seen, limit)) set(g, tanh(recurrent(V, x, X, g, d)));
  set(h, tanh(recurrent(W, x, U, h, b)));
  set(p, softmax(affine(R, h, c), one));
  const sure = rowsDot(p, p);
  if (exceeds(sure, certain)) set(y, p);
  else set(y, multiply(half, softmax(affine(S, g, e), one)));
  return y;
}
