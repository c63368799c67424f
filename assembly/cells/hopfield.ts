// Hopfield network: patterns of ±1 that an outer product stores and that return from a damaged one. J. J. Hopfield 1982, "Neural networks
// and physical systems with emergent collective computational abilities", PNAS 79(8):2554-2558.
//   a pattern p at twice its loudness (x = 2 p) is learned: W' = W + p pᵀ    at its own it is where recall begins: s = x, +1 for 0
//   silence (x = 0) lets the network go on; each step but of learning is a sweep: one after the other si = sign(Σ Wij sj − ti), j ≠ i
//   with the option synchronous all at once    E = −½ Σ Wij si sj + Σ ti si, i ≠ j, is kept as a state
import {
  add,
  exceeds,
  multiply,
  multiplyAdd,
  option,
  outer,
  rowsDot,
  set,
  signs,
  spread,
  state,
  state8,
  state32,
  sweep,
  units,
  Vector,
  vector,
} from "#ops";

const synchronous = option("synchronous");

const t = vector(units); // not trained: 0
const half = vector(units); // not trained: ½
const less = vector(units); // not trained: −1
const minusHalf = vector(1); // not trained: −½
const minusOne = vector(1); // not trained: −1
const loud = vector(1); // not trained: 2½ units, between x · x of a pattern and of one to learn
const silence = vector(1); // not trained: ½
const W = state8(units, units);
const s = state(units);
const n = state(1);
const e = state32(1);

// Without what a unit gives itself: Wii counts the patterns, and so does −n.
function field(): Vector {
  const all = rowsDot(W, s);
  const others = multiplyAdd(spread(n, s), s, all);
  return others;
}

export function step(x: Vector): Vector {
  const loudness = rowsDot(x, x);
  if (exceeds(loudness, loud)) {
    const p = multiply(half, x);
    outer(W, p, p);
    const count = add(n, minusOne);
    set(n, count);
    set(s, p);
  } else {
    if (exceeds(loudness, silence)) set(s, signs(x, x));
    if (synchronous) {
      const others = multiplyAdd(less, t, field());
      set(s, signs(others, s));
    } else sweep(s, W, t);
  }
  const twice = rowsDot(field(), s);
  const bound = multiply(minusHalf, twice);
  const leaning = rowsDot(t, s);
  const energy = add(bound, leaning);
  set(e, energy);
  return s;
}
