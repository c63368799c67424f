// Losses over logits, in double precision with AssemblyScript's own exp and log; and the mean over a window of frames.

// Softmax of n logits into `p` (f64); returns the logarithm of the sum with the greatest logit taken out, plus that logit.
function softmax(logits: usize, n: i32, p: usize): f64 {
  let most: f64 = load<f32>(logits);
  for (let c = 1; c < n; c++) most = Math.max(most, load<f32>(logits + ((<usize>c) << 2)));
  let sum: f64 = 0;
  for (let c = 0; c < n; c++) {
    const e = Math.exp(<f64>load<f32>(logits + ((<usize>c) << 2)) - most);
    store<f64>(p + ((<usize>c) << 3), e);
    sum += e;
  }
  for (let c = 0; c < n; c++) store<f64>(p + ((<usize>c) << 3), load<f64>(p + ((<usize>c) << 3)) / sum);
  return most + Math.log(sum);
}

/**
 * Cross-entropy against a distribution a row, Σ_r weight_r · (−Σ_c target_rc log p_rc).
 * @param logits [rows][stride], of which n count; gradient likewise, added to
 * @param targets [rows][n], each row sums to 1; weights [rows]
 * @param scratch n doubles
 */
export function crossEntropy(
  logits: usize,
  stride: i32,
  n: i32,
  rows: i32,
  targets: usize,
  weights: usize,
  gradient: usize,
  scratch: usize,
): f64 {
  let loss: f64 = 0;
  for (
    let r = 0;
    r < rows;
    r++, logits += (<usize>stride) << 2, gradient += (<usize>stride) << 2, targets += (<usize>n) << 2
  ) {
    const weight: f64 = load<f32>(weights + ((<usize>r) << 2));
    if (weight === 0) continue;
    const total = softmax(logits, n, scratch);
    for (let c = 0; c < n; c++) {
      const target: f64 = load<f32>(targets + ((<usize>c) << 2));
      loss += weight * target * (total - <f64>load<f32>(logits + ((<usize>c) << 2)));
      const at = gradient + ((<usize>c) << 2);
      store<f32>(at, load<f32>(at) + <f32>(weight * (load<f64>(scratch + ((<usize>c) << 3)) - target)));
    }
  }
  return loss;
}

/**
 * Σ_r weight_r · −log Σ_{c in the row's set} p_rc.
 * @param members [rows][n], 1 for what belongs to the set, else 0; the rest as in crossEntropy
 */
export function setLoss(
  logits: usize,
  stride: i32,
  n: i32,
  rows: i32,
  members: usize,
  weights: usize,
  gradient: usize,
  scratch: usize,
): f64 {
  let loss: f64 = 0;
  for (
    let r = 0;
    r < rows;
    r++, logits += (<usize>stride) << 2, gradient += (<usize>stride) << 2, members += (<usize>n) << 2
  ) {
    const weight: f64 = load<f32>(weights + ((<usize>r) << 2));
    if (weight === 0) continue;
    softmax(logits, n, scratch);
    let sum: f64 = 1e-30;
    for (let c = 0; c < n; c++)
      sum += load<f64>(scratch + ((<usize>c) << 3)) * <f64>load<f32>(members + ((<usize>c) << 2));
    loss -= weight * Math.log(sum);
    for (let c = 0; c < n; c++) {
      const p = load<f64>(scratch + ((<usize>c) << 3));
      const at = gradient + ((<usize>c) << 2);
      const share = <f64>load<f32>(members + ((<usize>c) << 2)) / sum;
      store<f32>(at, load<f32>(at) + <f32>(weight * p * (1 - share)));
    }
  }
  return loss;
}

/**
 * Σ_r weight_r · Σ_c (y_rc − target_rc)².
 * @param y [rows][stride], of which n count; gradient likewise, added to
 * @param targets [rows][n]; weights [rows]; scratch is not used
 */
export function squaredError(
  y: usize,
  stride: i32,
  n: i32,
  rows: i32,
  targets: usize,
  weights: usize,
  gradient: usize,
  _scratch: usize,
): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const weight: f64 = load<f32>(weights + ((<usize>r) << 2));
    if (weight === 0) continue;
    for (let c = 0; c < n; c++) {
      const at = (<usize>(r * stride + c)) << 2;
      const error = <f64>load<f32>(y + at) - <f64>load<f32>(targets + ((<usize>(r * n + c)) << 2));
      loss += weight * error * error;
      store<f32>(gradient + at, load<f32>(gradient + at) + <f32>(2 * weight * error));
    }
  }
  return loss;
}

/**
 * Σ_r weight_r · Σ_c −(target log p + (1 − target) log(1 − p)), p the sigmoid of the logit.
 * @param logits [rows][stride], of which n count; gradient likewise, added to
 * @param targets [rows][n], 0 … 1; weights [rows]; scratch is not used
 */
export function binaryCrossEntropy(
  logits: usize,
  stride: i32,
  n: i32,
  rows: i32,
  targets: usize,
  weights: usize,
  gradient: usize,
  _scratch: usize,
): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const weight: f64 = load<f32>(weights + ((<usize>r) << 2));
    if (weight === 0) continue;
    for (let c = 0; c < n; c++) {
      const at = (<usize>(r * stride + c)) << 2;
      const x: f64 = load<f32>(logits + at);
      const target: f64 = load<f32>(targets + ((<usize>(r * n + c)) << 2));
      const e = Math.exp(-Math.abs(x));
      loss += weight * (Math.max(x, 0) - x * target + Math.log(1 + e));
      const p = x >= 0 ? 1 / (1 + e) : e / (1 + e);
      store<f32>(gradient + at, load<f32>(gradient + at) + <f32>(weight * (p - target)));
    }
  }
  return loss;
}

/**
 * to[row] = mean over t of frame t's row, ends[row] − length < t ≤ ends[row].
 * @param frames addresses of [rows][stride]
 */
export function windowMean(to: usize, frames: usize, ends: usize, length: i32, rows: i32, stride: i32): void {
  const bytes = (<usize>stride) << 2;
  const share = f32x4.splat(<f32>1 / <f32>length);
  for (let r = 0; r < rows; r++) {
    const end = load<i32>(ends + ((<usize>r) << 2));
    for (let c: usize = <usize>r * bytes; c < <usize>(r + 1) * bytes; c += 16) {
      let sum = f32x4.splat(0);
      for (let t = end - length + 1; t <= end; t++)
        sum = f32x4.add(sum, v128.load(load<usize>(frames + ((<usize>t) << 2)) + c));
      v128.store(to + c, f32x4.mul(sum, share));
    }
  }
}

/** The gradient of windowMean: adds d[row] / length to the gradients at `frames`, which must have been set. */
export function windowMeanGradient(d: usize, frames: usize, ends: usize, length: i32, rows: i32, stride: i32): void {
  const bytes = (<usize>stride) << 2;
  const share = f32x4.splat(<f32>1 / <f32>length);
  for (let r = 0; r < rows; r++) {
    const end = load<i32>(ends + ((<usize>r) << 2));
    for (let c: usize = <usize>r * bytes; c < <usize>(r + 1) * bytes; c += 16) {
      const part = f32x4.mul(v128.load(d + c), share);
      for (let t = end - length + 1; t <= end; t++) {
        const at = load<usize>(frames + ((<usize>t) << 2)) + c;
        v128.store(at, f32x4.add(v128.load(at), part));
      }
    }
  }
}

/** Sets bytes to zero. */
export function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}
