// Matrix products in tiles of 4 sequences by 8 results: eight accumulators fill the registers, and nothing is unrolled.

function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * y = start + a p + b q: both products in one pass over registers.
 * @param y [batch][panels · 8]; `batch` is a multiple of 4
 * @param start rows of `startStride` floats, added first; stride 0 gives every sequence the same row (a bias, or zeros);
 *   it may be y itself, to accumulate
 * @param a [batch][aStride], of which the first `aLength` count; p [panels][aLength][8]
 * @param b likewise with q; `bLength` 0 leaves it out
 */
export function product(
  y: usize,
  panels: i32,
  batch: i32,
  start: usize,
  startStride: i32,
  a: usize,
  aStride: i32,
  aLength: i32,
  p: usize,
  b: usize,
  bStride: i32,
  bLength: i32,
  q: usize,
): void {
  const yBytes = (<usize>panels) << 5;
  const startBytes = (<usize>startStride) << 2;
  const aBytes = (<usize>aStride) << 2;
  const bBytes = (<usize>bStride) << 2;
  for (let panel = 0; panel < panels; panel++) {
    for (let row = 0; row < batch; row += 4) {
      let s = start + <usize>row * startBytes;
      let s00 = v128.load(s);
      let s01 = v128.load(s, 16);
      s += startBytes;
      let s10 = v128.load(s);
      let s11 = v128.load(s, 16);
      s += startBytes;
      let s20 = v128.load(s);
      let s21 = v128.load(s, 16);
      s += startBytes;
      let s30 = v128.load(s);
      let s31 = v128.load(s, 16);

      let x0 = a + <usize>row * aBytes;
      let w = p;
      for (let k = aLength; k > 0; k--) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        const v0 = v128.load32_splat(x0);
        s00 = madd(s00, v0, w0);
        s01 = madd(s01, v0, w1);
        const v1 = v128.load32_splat(x0 + aBytes);
        s10 = madd(s10, v1, w0);
        s11 = madd(s11, v1, w1);
        const v2 = v128.load32_splat(x0 + 2 * aBytes);
        s20 = madd(s20, v2, w0);
        s21 = madd(s21, v2, w1);
        const v3 = v128.load32_splat(x0 + 3 * aBytes);
        s30 = madd(s30, v3, w0);
        s31 = madd(s31, v3, w1);
        x0 += 4;
        w += 32;
      }
      x0 = b + <usize>row * bBytes;
      w = q;
      for (let k = bLength; k > 0; k--) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        const v0 = v128.load32_splat(x0);
        s00 = madd(s00, v0, w0);
        s01 = madd(s01, v0, w1);
        const v1 = v128.load32_splat(x0 + bBytes);
        s10 = madd(s10, v1, w0);
        s11 = madd(s11, v1, w1);
        const v2 = v128.load32_splat(x0 + 2 * bBytes);
        s20 = madd(s20, v2, w0);
        s21 = madd(s21, v2, w1);
        const v3 = v128.load32_splat(x0 + 3 * bBytes);
        s30 = madd(s30, v3, w0);
        s31 = madd(s31, v3, w1);
        x0 += 4;
        w += 32;
      }

      let to = y + <usize>row * yBytes;
      v128.store(to, s00);
      v128.store(to, s01, 16);
      to += yBytes;
      v128.store(to, s10);
      v128.store(to, s11, 16);
      to += yBytes;
      v128.store(to, s20);
      v128.store(to, s21, 16);
      to += yBytes;
      v128.store(to, s30);
      v128.store(to, s31, 16);
    }
    y += 32;
    start += 32;
    p += (<usize>aLength) << 5;
    q += (<usize>bLength) << 5;
  }
}

const edge = memory.data(128, 16); // a tile of 4 by 8 that does not fit into the matrix

/**
 * w += dyᵀ x, the gradient of a matrix.
 * @param w [rows][columns], without padding
 * @param dy [batch][dyStride], x [batch][xStride]; strides padded to 8
 */
export function transposedProduct(
  w: usize,
  rows: i32,
  columns: i32,
  batch: i32,
  dy: usize,
  dyStride: i32,
  x: usize,
  xStride: i32,
): void {
  const rowBytes = (<usize>columns) << 2;
  for (let c = 0; c < columns; c += 8) {
    for (let r = 0; r < rows; r += 4) {
      const target = w + <usize>r * rowBytes + ((<usize>c) << 2);
      if (r + 4 <= rows && c + 8 <= columns) {
        transposedTile(target, rowBytes, batch, dy + ((<usize>r) << 2), dyStride, x + ((<usize>c) << 2), xStride);
        continue;
      }
      memory.fill(edge, 0, 128);
      transposedTile(edge, 32, batch, dy + ((<usize>r) << 2), dyStride, x + ((<usize>c) << 2), xStride);
      addTile(target, rowBytes, min(4, rows - r), min(8, columns - c));
    }
  }
}

function transposedTile(w: usize, rowBytes: usize, batch: i32, dy: usize, dyStride: i32, x: usize, xStride: i32): void {
  const dyBytes = (<usize>dyStride) << 2;
  const xBytes = (<usize>xStride) << 2;
  const w1 = w + rowBytes;
  const w2 = w1 + rowBytes;
  const w3 = w2 + rowBytes;
  let s00 = v128.load(w);
  let s01 = v128.load(w, 16);
  let s10 = v128.load(w1);
  let s11 = v128.load(w1, 16);
  let s20 = v128.load(w2);
  let s21 = v128.load(w2, 16);
  let s30 = v128.load(w3);
  let s31 = v128.load(w3, 16);
  for (let k = batch; k > 0; k--) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const d0 = v128.load32_splat(dy);
    s00 = madd(s00, d0, x0);
    s01 = madd(s01, d0, x1);
    const d1 = v128.load32_splat(dy, 4);
    s10 = madd(s10, d1, x0);
    s11 = madd(s11, d1, x1);
    const d2 = v128.load32_splat(dy, 8);
    s20 = madd(s20, d2, x0);
    s21 = madd(s21, d2, x1);
    const d3 = v128.load32_splat(dy, 12);
    s30 = madd(s30, d3, x0);
    s31 = madd(s31, d3, x1);
    x += xBytes;
    dy += dyBytes;
  }
  v128.store(w, s00);
  v128.store(w, s01, 16);
  v128.store(w1, s10);
  v128.store(w1, s11, 16);
  v128.store(w2, s20);
  v128.store(w2, s21, 16);
  v128.store(w3, s30);
  v128.store(w3, s31, 16);
}

function addTile(w: usize, rowBytes: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = w + <usize>r * rowBytes + ((<usize>c) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(edge + ((<usize>(r * 8 + c)) << 2)));
    }
  }
}

/** to += the sum of the rows of dy [batch][stride], its first n columns: the gradient of a bias. */
export function columnSums(to: usize, n: i32, batch: i32, dy: usize, stride: i32): void {
  const bytes = (<usize>stride) << 2;
  let c = 0;
  for (; c + 4 <= n; c += 4) {
    let sum = v128.load(to + ((<usize>c) << 2));
    let at = dy + ((<usize>c) << 2);
    for (let k = batch; k > 0; k--, at += bytes) sum = f32x4.add(sum, v128.load(at));
    v128.store(to + ((<usize>c) << 2), sum);
  }
  for (; c < n; c++) {
    let sum = load<f32>(to + ((<usize>c) << 2));
    let at = dy + ((<usize>c) << 2);
    for (let k = batch; k > 0; k--, at += bytes) sum += load<f32>(at);
    store<f32>(to + ((<usize>c) << 2), sum);
  }
}
