// One step over all parameters at once: they lie in one block, their gradients and the optimizer's memory in others of
// the same order. `count` is a multiple of 4.

/** The sum of squares, in double precision. */
export function squares(g: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (const end = g + ((<usize>count) << 2); g < end; g += 16) {
    const v = v128.load(g);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** g = g · factor */
export function scale(g: usize, factor: f32, count: i32): void {
  const by = f32x4.splat(factor);
  for (const end = g + ((<usize>count) << 2); g < end; g += 16) v128.store(g, f32x4.mul(v128.load(g), by));
}

/**
 * Adam with decoupled weight decay. D. P. Kingma, J. Ba 2015, arXiv:1412.6980; I. Loshchilov, F. Hutter 2019, arXiv:1711.05101.
 * @param m first moments, v second moments
 * @param decay rate · weight decay
 * @param first 1 − β1^t, second 1 − β2^t
 */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  rate: f32,
  decay: f32,
  beta1: f32,
  beta2: f32,
  first: f32,
  second: f32,
  epsilon: f32,
): void {
  const kept = f32x4.splat(1 - decay);
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const n1 = f32x4.splat(1 - beta1);
  const n2 = f32x4.splat(1 - beta2);
  const step = f32x4.splat(rate / first);
  const unbias = f32x4.splat(1 / second);
  const least = f32x4.splat(epsilon);
  for (const end = w + ((<usize>count) << 2); w < end; w += 16, g += 16, m += 16, v += 16) {
    const d = v128.load(g);
    const mean = f32x4.add(f32x4.mul(b1, v128.load(m)), f32x4.mul(n1, d));
    const square = f32x4.add(f32x4.mul(b2, v128.load(v)), f32x4.mul(n2, f32x4.mul(d, d)));
    v128.store(m, mean);
    v128.store(v, square);
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(square, unbias)), least);
    v128.store(w, f32x4.sub(f32x4.mul(v128.load(w), kept), f32x4.div(f32x4.mul(step, mean), size)));
  }
}

/** Gradient descent with momentum: m = momentum · m + g + decay · w; w = w − rate · m. */
export function momentum(w: usize, g: usize, m: usize, count: i32, rate: f32, decay: f32, momentum: f32): void {
  const kept = f32x4.splat(momentum);
  const pull = f32x4.splat(decay);
  const step = f32x4.splat(rate);
  for (const end = w + ((<usize>count) << 2); w < end; w += 16, g += 16, m += 16) {
    const old = v128.load(w);
    const velocity = f32x4.add(f32x4.mul(kept, v128.load(m)), f32x4.add(v128.load(g), f32x4.mul(pull, old)));
    v128.store(m, velocity);
    v128.store(w, f32x4.sub(old, f32x4.mul(step, velocity)));
  }
}
