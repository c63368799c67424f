// Element-wise ops and their gradients over `count` floats, a multiple of 4.
//
// Gradient kernels take, for each gradient they give, its address and a mask: 0 where this is the first contribution
// (what lies there is garbage), −1 to add to what is there. A gradient may lie where `dy` lies: dy is read first.

function put(to: usize, value: v128, keep: v128): void {
  v128.store(to, f32x4.add(v128.and(v128.load(to), keep), value));
}

function all(value: f32): v128 {
  return f32x4.splat(value);
}

// to = offset + gain · tanh(slope · a), and tanh(u) = m / (m + 2) with m = e^x − 1, x = 2u: relative error below 1e-6.
// e^x = 2^n (1 + p): n = round(x / ln 2), p the Taylor polynomial of e^r − 1 of degree 7, |r| ≤ ln 2 / 2, which leaves 6e-9.
// ln 2 comes in two parts, so that n · high is exact; 2^n · p and 2^n − 1 apart keep e^x − 1 exact near zero.
function squash(to: usize, a: usize, count: i32, slope: f32, gain: f32, offset: f32): void {
  const round: f32 = 12582912 + 127; // 1.5 · 2^23 and the bias of exponents: n + bias stands in the lowest bits of t
  const one = all(1);
  const two = all(2);
  for (const end = to + ((<usize>count) << 2); to < end; to += 16, a += 16) {
    const x = f32x4.pmax(f32x4.pmin(f32x4.mul(all(2 * slope), v128.load(a)), all(40)), all(-40));
    const t = f32x4.add(f32x4.mul(x, all(<f32>Math.LOG2E)), all(round));
    const n = f32x4.sub(t, all(round));
    let r = f32x4.sub(x, f32x4.mul(n, all(0.693145751953125)));
    r = f32x4.sub(r, f32x4.mul(n, all(1.42860677e-6)));
    let p = all(1.0 / 5040.0);
    p = f32x4.add(f32x4.mul(p, r), all(1.0 / 720.0));
    p = f32x4.add(f32x4.mul(p, r), all(1.0 / 120.0));
    p = f32x4.add(f32x4.mul(p, r), all(1.0 / 24.0));
    p = f32x4.add(f32x4.mul(p, r), all(1.0 / 6.0));
    p = f32x4.add(f32x4.mul(p, r), all(0.5));
    p = f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r);
    const scale = i32x4.shl(t, 23);
    const m = f32x4.add(f32x4.mul(scale, p), f32x4.sub(scale, one));
    v128.store(to, f32x4.add(all(offset), f32x4.mul(all(gain), f32x4.div(m, f32x4.add(m, two)))));
  }
}

/** y = 1 / (1 + e^−a) = (1 + tanh(a / 2)) / 2, absolute error below 1e-7. */
export function sigmoid(y: usize, a: usize, count: i32): void {
  squash(y, a, count, 0.5, 0.5, 0.5);
}

/** y = tanh(a) */
export function tanh(y: usize, a: usize, count: i32): void {
  squash(y, a, count, 1, 1, 0);
}

/** da: dy ∘ y ∘ (1 − y) */
export function sigmoidGradient(dy: usize, y: usize, da: usize, keep: i32, count: i32): void {
  const one = all(1);
  const mask = i32x4.splat(keep);
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, dy += 16, da += 16) {
    const s = v128.load(y);
    put(da, f32x4.mul(v128.load(dy), f32x4.mul(s, f32x4.sub(one, s))), mask);
  }
}

/** da: dy ∘ (1 − y ∘ y) */
export function tanhGradient(dy: usize, y: usize, da: usize, keep: i32, count: i32): void {
  const one = all(1);
  const mask = i32x4.splat(keep);
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, dy += 16, da += 16) {
    const t = v128.load(y);
    put(da, f32x4.mul(v128.load(dy), f32x4.sub(one, f32x4.mul(t, t))), mask);
  }
}

/** y = max(0, a) */
export function relu(y: usize, a: usize, count: i32): void {
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, a += 16) {
    v128.store(y, f32x4.pmax(all(0), v128.load(a)));
  }
}

/** da: dy where y > 0, else 0 */
export function reluGradient(dy: usize, y: usize, da: usize, keep: i32, count: i32): void {
  const mask = i32x4.splat(keep);
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, dy += 16, da += 16) {
    put(da, v128.and(v128.load(dy), f32x4.gt(v128.load(y), all(0))), mask);
  }
}

/** y = a + b */
export function add(y: usize, a: usize, b: usize, count: i32): void {
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, a += 16, b += 16) {
    v128.store(y, f32x4.add(v128.load(a), v128.load(b)));
  }
}

/** da = dy, or da + dy */
export function pass(dy: usize, da: usize, keep: i32, count: i32): void {
  const mask = i32x4.splat(keep);
  for (const end = dy + ((<usize>count) << 2); dy < end; dy += 16, da += 16) put(da, v128.load(dy), mask);
}

/** da = −dy, or da − dy */
export function retract(dy: usize, da: usize, keep: i32, count: i32): void {
  const mask = i32x4.splat(keep);
  for (const end = dy + ((<usize>count) << 2); dy < end; dy += 16, da += 16) put(da, f32x4.neg(v128.load(dy)), mask);
}

/** y = x − r where that is at least t in magnitude, else 0 */
export function change(y: usize, x: usize, r: usize, t: usize, count: i32): void {
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, x += 16, r += 16, t += 16) {
    const d = f32x4.sub(v128.load(x), v128.load(r));
    v128.store(y, v128.and(d, f32x4.ge(f32x4.abs(d), v128.load(t))));
  }
}

/** y = a ∘ b */
export function multiply(y: usize, a: usize, b: usize, count: i32): void {
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, a += 16, b += 16) {
    v128.store(y, f32x4.mul(v128.load(a), v128.load(b)));
  }
}

/** da: dy ∘ b; db: dy ∘ a */
export function multiplyGradient(
  dy: usize,
  a: usize,
  b: usize,
  da: usize,
  keepA: i32,
  db: usize,
  keepB: i32,
  count: i32,
): void {
  const maskA = i32x4.splat(keepA);
  const maskB = i32x4.splat(keepB);
  for (const end = dy + ((<usize>count) << 2); dy < end; dy += 16, a += 16, b += 16, da += 16, db += 16) {
    const d = v128.load(dy);
    const va = v128.load(a);
    const vb = v128.load(b);
    put(da, f32x4.mul(d, vb), maskA);
    put(db, f32x4.mul(d, va), maskB);
  }
}

/** y = a ∘ b + c */
export function multiplyAdd(y: usize, a: usize, b: usize, c: usize, count: i32): void {
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, a += 16, b += 16, c += 16) {
    v128.store(y, f32x4.add(f32x4.mul(v128.load(a), v128.load(b)), v128.load(c)));
  }
}

/** y = z ∘ a + (1 − z) ∘ b */
export function blend(y: usize, z: usize, a: usize, b: usize, count: i32): void {
  for (const end = y + ((<usize>count) << 2); y < end; y += 16, z += 16, a += 16, b += 16) {
    const vb = v128.load(b);
    v128.store(y, f32x4.add(vb, f32x4.mul(v128.load(z), f32x4.sub(v128.load(a), vb))));
  }
}

/** dz: dy ∘ (a − b); da: dy ∘ z; db: dy ∘ (1 − z) */
export function blendGradient(
  dy: usize,
  z: usize,
  a: usize,
  b: usize,
  dz: usize,
  keepZ: i32,
  da: usize,
  keepA: i32,
  db: usize,
  keepB: i32,
  count: i32,
): void {
  const maskZ = i32x4.splat(keepZ);
  const maskA = i32x4.splat(keepA);
  const maskB = i32x4.splat(keepB);
  for (const end = dy + ((<usize>count) << 2); dy < end; dy += 16) {
    const d = v128.load(dy);
    const vz = v128.load(z);
    const kept = f32x4.mul(d, vz);
    const difference = f32x4.sub(v128.load(a), v128.load(b));
    put(dz, f32x4.mul(d, difference), maskZ);
    put(da, kept, maskA);
    put(db, f32x4.sub(d, kept), maskB);
    z += 16;
    a += 16;
    b += 16;
    dz += 16;
    da += 16;
    db += 16;
  }
}

/** Adds the first n columns of a [rows][strideA] to those of y, [rows][strideY]. */
export function addColumns(y: usize, strideY: i32, a: usize, strideA: i32, n: i32, rows: i32): void {
  for (let r = 0; r < rows; r++, y += (<usize>strideY) << 2, a += (<usize>strideA) << 2) {
    for (let c: usize = 0, end = (<usize>n) << 2; c < end; c += 4)
      store<f32>(y + c, load<f32>(y + c) + load<f32>(a + c));
  }
}
