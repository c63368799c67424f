// Recursive network over binary trees that come as a stream, children before their parent: what goes in is one number a step, that of a
// word (0, 1 …: a leaf), −1 (the two uppermost nodes become children of a new one) or, with the option compares, −2 (they are compared).
// C. Goller, A. Küchler 1996, "Learning task-dependent distributed representations by backpropagation through structure", ICNN; option
// tensor: R. Socher et al. 2013, "Recursive deep models for semantic compositionality over a sentiment treebank", EMNLP, equation 1.
//   leaf p = tanh(Ew)    node p = tanh(Wl l + Wr r + b)    y = Y p + c
//   with tensor: pk = tanh(l' Vllk l + l' Vlrk r + r' Vrrk r + wlk l + wrk r + bk): all of [l; r]' Vk [l; r] of a symmetric Vk
//   compared: y = H max(0, l' T r + t l + C r + bc) + c
import {
  add,
  affine,
  embed,
  erase,
  exceeds,
  free,
  matrix,
  option,
  outer,
  pop,
  recurrent,
  relu,
  rowsDot,
  set,
  size,
  state,
  tanh,
  top,
  units,
  Vector,
  vector,
  weightedRows,
} from "#ops";

const compares = option("compares");
const tensor = option("tensor");
const words = size("words", 11);
const width = size("width", 25);
const squared = size("squared", 625); // width · width
const depth = size("depth", 32);
const compared = size("compared", 45);
const crossed = size("crossed", 1125); // compared · width

const E = matrix(words, width);
const Wl = matrix(width, width);
const Wr = matrix(width, width);
const b = vector(width);
const Vll = matrix(squared, width);
const Vlr = matrix(squared, width);
const wl = vector(squared);
const Vrr = matrix(squared, width);
const wr = vector(squared);
const T = matrix(crossed, width);
const t = vector(crossed);
const C = matrix(compared, width);
const bc = vector(compared);
const H = matrix(units, compared);
const Y = matrix(units, width);
const c = vector(units);
const one = vector(1); // not trained: 1
const reduce = vector(1); // not trained: −1
const nothing = vector(1); // not trained: 0
const empty = vector(depth); // not trained: 0
const whole = vector(width); // not trained: 1
const S = state(depth, width);
const s = state(depth);
const p = state(width);
const y = state(units);

function upper(): Vector {
  const node = weightedRows(S, top(s));
  pop(s, one);
  return node;
}

function joined(l: Vector, r: Vector): Vector {
  if (tensor) {
    const left = rowsDot(recurrent(Vll, l, Vlr, r, wl), l);
    const right = rowsDot(affine(Vrr, r, wr), r);
    return tanh(add(add(left, right), b));
  }
  return tanh(recurrent(Wl, l, Wr, r, b));
}

// Where fewer than two are on the stack x is looked up as a word: E has no row −1 and none −2, which stops the network.
export function step(x: Vector): Vector {
  if (compares && exceeds(reduce, x)) {
    const r = upper();
    if (exceeds(s, empty)) {
      const l = upper();
      set(y, affine(H, relu(add(rowsDot(affine(T, r, t), l), affine(C, r, bc))), c));
    } else set(p, embed(E, x));
  } else {
    if (exceeds(nothing, x)) {
      const r = upper();
      if (exceeds(s, empty)) {
        const l = upper();
        set(p, joined(l, r));
      } else set(p, embed(E, x));
    } else set(p, tanh(embed(E, x)));
    const place = free(s);
    erase(S, place, whole);
    outer(S, place, p);
    set(s, add(s, place));
    if (!compares) set(y, affine(Y, p, c));
  }
  return y;
}
