// The memory of a differentiable neural computer, with one head that writes and one that reads; its input is the controller's result,
// its own result is what was read. A. Graves et al. 2016, "Hybrid computing using a neural network with dynamic external memory",
// Nature 538:471-476, Methods.
//   u' = (u + w − u ∘ w) ∘ (1 − f v)    a = allocation(u')    w' = gw (ga a + (1 − ga) softmax(βw cos(M, kw)))
//   M' = M ∘ (1 − w' eᵀ) + w' zᵀ    Lij' = (1 − wi' − wj') Lij + wi' pj    p' = (1 − Σ w') p + w'
//   v' = π1 Lᵀ v + π2 softmax(βr cos(M', kr)) + π3 L v    r = M'ᵀ v'    w where it wrote, v where it read
// Where memory is too small for L: option sparse keeps the greatest elements of each of its rows, as in J. Rae et al. 2016, "Scaling
// memory-augmented neural networks with sparse reads and writes", arXiv 1610.09027: half as many as S has columns; option unlinked reads by
// content alone, v' = softmax(βr cos(M', kr)).
import {
  add,
  affine,
  allocation,
  blend,
  cosine,
  erase,
  inputs,
  link,
  matrix,
  multiply,
  multiplyAdd,
  option,
  outer,
  rowsDot,
  set,
  sigmoid,
  size,
  softmax,
  softplus,
  sparseLink,
  sparseRowsDot,
  sparseWeightedRows,
  spread,
  state,
  units,
  Vector,
  vector,
  weightedRows,
} from "#ops";

const sparse = option("sparse", "links");
const unlinked = option("unlinked", "links");
const slots = size("slots", 10);
const columns = size("columns", 8); // of S: two for each link that is kept

const Kw = matrix(units, inputs);
const kw = vector(units);
const Bw = matrix(1, inputs);
const bw = vector(1);
const E = matrix(units, inputs);
const be = vector(units);
const Z = matrix(units, inputs);
const z = vector(units);
const F = matrix(1, inputs);
const bf = vector(1);
const Ga = matrix(1, inputs);
const ga = vector(1);
const Gw = matrix(1, inputs);
const gw = vector(1);
const Kr = matrix(units, inputs);
const kr = vector(units);
const Br = matrix(1, inputs);
const br = vector(1);
const P = matrix(3, inputs);
const bp = vector(3);
const one = vector(1); // not trained: 1
const ones = vector(slots); // not trained: 1
const none = vector(slots); // not trained: 0
const less = vector(slots); // not trained: −1
const behind = vector(3); // not trained: 1, 0, 0
const here = vector(3); // not trained: 0, 1, 0
const ahead = vector(3); // not trained: 0, 0, 1
const M = state(slots, units);
const L = state(slots, slots);
const S = state(slots, columns);
const u = state(slots);
const p = state(slots);
const w = state(slots);
const v = state(slots);
const r = state(units);

function content(k: Vector, beta: Vector): Vector {
  return softmax(cosine(M, k), add(softplus(beta), one));
}

export function step(x: Vector): Vector {
  const freed = multiply(spread(sigmoid(affine(F, x, bf)), v), v);
  const used = set(u, blend(freed, none, blend(w, ones, u)));
  const sought = content(affine(Kw, x, kw), affine(Bw, x, bw));
  const allocated = spread(sigmoid(affine(Ga, x, ga)), sought);
  const written = spread(sigmoid(affine(Gw, x, gw)), sought);
  set(w, multiply(written, blend(allocated, allocation(used), sought)));
  erase(M, w, sigmoid(affine(E, x, be)));
  outer(M, w, affine(Z, x, z));
  const found = content(affine(Kr, x, kr), affine(Br, x, br));
  if (unlinked) set(v, found);
  else {
    const way = softmax(affine(P, x, bp), one);
    if (sparse) sparseLink(S, w, p);
    else link(L, w, p);
    set(p, add(multiplyAdd(spread(rowsDot(w, less), p), p, p), w));
    const before = sparse ? sparseWeightedRows(S, v) : weightedRows(L, v);
    const after = sparse ? sparseRowsDot(S, v) : rowsDot(L, v);
    const back = multiply(spread(rowsDot(way, behind), v), before);
    const forth = multiply(spread(rowsDot(way, ahead), v), after);
    set(v, add(multiplyAdd(spread(rowsDot(way, here), found), found, back), forth));
  }
  return set(r, weightedRows(M, v));
}
