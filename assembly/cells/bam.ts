// Bidirectional associative memory: pairs of patterns of ±1, each of which brings back the other. B. Kosko 1988, "Bidirectional
// associative memories", IEEE Trans. Systems, Man, and Cybernetics 18(1):49-60. The input is both, x then y, 0 where nothing is known.
//   twice as loud a pair is learned: W' = W + x yᵀ    at its own loudness it is where recall begins, silence lets it go on
//   y' = sign(Wᵀ x + by)    x' = sign(W y' + bx)    0 keeps the sign, +1 where there is none    E = −x' W y' is kept as a state
// Option stochastic: a unit is +1 with probability 1 / (1 + exp(−2 h / T)), T falling from `hot` by `cools` a step to 0.
// Option jumping: links come and go by a Markov chain of two modes, as in R. Rakkiyappan et al. 2015, "Exponential stability for Markovian
// jumping stochastic BAM neural networks", Complexity 20(3):39-65; in mode m = 1, which comes with probability 0.1 and goes with ½, each
// link of W is missing for a step with probability `loss`.
import {
  add,
  exceeds,
  fires,
  logit,
  multiply,
  multiplyAdd,
  option,
  outer,
  place,
  random,
  relu,
  rowsDot,
  set,
  signs,
  size,
  slice,
  spread,
  state,
  state8,
  state32,
  thin,
  units,
  Vector,
  vector,
  weightedRows,
} from "#ops";

const stochastic = option("stochastic");
const jumping = option("jumping");
const xs = size("xs", 140);
const ys = size("ys", 108);
// biome-ignore lint/correctness/noUnusedVariables: hot and cools are made from it.
const heat = size("heat", 20);

const bx = vector(xs); // not trained: 0, and so by: what a unit's threshold is below 0
const by = vector(ys); // not trained: 0
const half = vector(units); // not trained: ½
const minusOne = vector(1); // not trained: −1
const loud = vector(1); // not trained: 2½ units
const silence = vector(1); // not trained: ½
const begin = vector(1); // not trained: 0
const behind = vector(1); // not trained: xs
const hot = vector(1); // not trained: T at the first step, size `heat`
const cools = vector(1); // not trained: −T / 28 of it
const loss = vector(1); // not trained: 0.2
const stays = vector(1); // not trained: ½ ln 9, and rare below 0: by these a mode is as likely as it is to be
const rare = vector(1); // not trained
const W = state8(xs, ys);
const J = state8(xs, ys);
const m = state(1);
const rm = state32(1);
const s = state(units);
const T = state(1);
const rx = state32(xs);
const ry = state32(ys);
const e = state32(1);

export function step(input: Vector): Vector {
  const loudness = rowsDot(input, input);
  if (exceeds(loudness, loud)) {
    const p = multiply(half, input);
    outer(W, slice(p, bx, begin), slice(p, by, behind));
    set(s, p);
  } else {
    if (exceeds(loudness, silence)) {
      set(s, input);
      if (stochastic) set(T, hot);
    }
    let links: Vector = W;
    if (jumping) {
      set(m, fires(multiplyAdd(m, stays, rare), logit(random(rm))));
      const gone = multiply(m, loss);
      links = thin(J, W, random(rm), gone);
    }
    const seen = weightedRows(links, slice(s, bx, begin));
    const hy = add(seen, by);
    const y = slice(s, by, behind);
    if (stochastic) {
      const warm = multiplyAdd(spread(T, hy), logit(random(ry)), hy);
      place(s, signs(warm, y), behind);
    } else place(s, signs(hy, y), behind);
    const echo = rowsDot(links, slice(s, by, behind));
    const hx = add(echo, bx);
    const x = slice(s, bx, begin);
    if (stochastic) {
      const warm = multiplyAdd(spread(T, hx), logit(random(rx)), hx);
      place(s, signs(warm, x), begin);
      set(T, relu(add(T, cools)));
    } else place(s, signs(hx, x), begin);
  }
  const field = rowsDot(W, slice(s, by, behind));
  const now = slice(s, bx, begin);
  const agreement = rowsDot(field, now);
  const energy = multiply(minusOne, agreement);
  set(e, energy);
  return s;
}
