// Connectionist temporal classification: forward and backward over all alignments of a target, logarithms in double
// precision. A. Graves, S. Fernandez, F. Gomez, J. Schmidhuber 2006, "Connectionist Temporal Classification", ICML:369-376.
// A target l of n labels has S = 2n + 1 states l': its labels, with blanks before, between and after.
//   α_t(s) = log Σ exp of α_{t−1}(s), α_{t−1}(s−1), and α_{t−1}(s−2) where l'_s is a label other than l'_{s−2}; + log y_t(l'_s)
//   β_t(s) likewise from behind, without log y_t;   loss = −log p,   gradient to logit k: y_t(k) − Σ_{s: l'_s = k} exp(α + β − log p)

// log Σ exp of three; −∞ where all are, NaN where one is.
function logSum(a: f64, b: f64, c: f64): f64 {
  const most = max<f64>(a, max<f64>(b, c));
  if (most === -Infinity) return most;
  if (a === most) return a + Math.log1p(Math.exp(b - a) + Math.exp(c - a));
  if (b === most) return b + Math.log1p(Math.exp(a - b) + Math.exp(c - b));
  return c + Math.log1p(Math.exp(a - c) + Math.exp(b - c));
}

// log softmax of n logits.
function logSoftmax(logits: usize, n: i32, to: usize): void {
  let most: f64 = load<f32>(logits);
  for (let c = 1; c < n; c++) most = max<f64>(most, load<f32>(logits + ((<usize>c) << 2)));
  let sum: f64 = 0;
  for (let c = 0; c < n; c++) sum += Math.exp(<f64>load<f32>(logits + ((<usize>c) << 2)) - most);
  const total = most + Math.log(sum);
  for (let c = 0; c < n; c++) store<f64>(to + ((<usize>c) << 3), <f64>load<f32>(logits + ((<usize>c) << 2)) - total);
}

// l'_s
function symbol(labels: usize, s: i32, blank: i32): i32 {
  return s & 1 ? load<i32>(labels + ((<usize>(s >> 1)) << 2)) : blank;
}

// Whether a path may come to state s from s − 2.
function skips(labels: usize, s: i32): bool {
  return (s & 1) !== 0 && s > 1 && symbol(labels, s, 0) !== symbol(labels, s - 2, 0);
}

// α of all frames; returns log p.
function forward(alpha: usize, logs: usize, n: i32, frames: i32, labels: usize, states: i32, blank: i32): f64 {
  const row = (<usize>states) << 3;
  for (let s = 0; s < states; s++) {
    const first = s < 2 ? load<f64>(logs + ((<usize>symbol(labels, s, blank)) << 3)) : -Infinity;
    store<f64>(alpha + ((<usize>s) << 3), first);
  }
  for (let t = 1; t < frames; t++) {
    logs += (<usize>n) << 3;
    for (let s = 0; s < states; s++) {
      const before = alpha + ((<usize>s) << 3);
      const stay = load<f64>(before);
      const next = s > 0 ? load<f64>(before - 8) : -Infinity;
      const skip = skips(labels, s) ? load<f64>(before - 16) : -Infinity;
      const log = load<f64>(logs + ((<usize>symbol(labels, s, blank)) << 3));
      store<f64>(before + row, logSum(stay, next, skip) + log);
    }
    alpha += row;
  }
  const last = alpha + row - 8;
  return logSum(load<f64>(last), states > 1 ? load<f64>(last - 8) : -Infinity, -Infinity);
}

// β of the frame before, in place: `logs` are those of the frame that β is of.
function stepBack(beta: usize, logs: usize, labels: usize, states: i32, blank: i32): void {
  for (let s = 0; s < states; s++) {
    const at = beta + ((<usize>s) << 3);
    store<f64>(at, load<f64>(at) + load<f64>(logs + ((<usize>symbol(labels, s, blank)) << 3)));
  }
  for (let s = 0; s < states; s++) {
    const at = beta + ((<usize>s) << 3);
    const next = s + 1 < states ? load<f64>(at + 8) : -Infinity;
    const skip = s + 2 < states && skips(labels, s + 2) ? load<f64>(at + 16) : -Infinity;
    store<f64>(at, logSum(load<f64>(at), next, skip));
  }
}

/**
 * Σ_r weight_r · −log p(target_r | logits of the first lengths_r frames), with its gradient added. A row whose target no
 * path reaches (logits of −∞) costs ∞ and gets no gradient.
 * @param frames addresses of the frames' logits, [rows][stride] each, of which n count; gradients likewise, or 0
 * @param lengths [rows], frames of each sequence; counts [rows], labels of each target
 * @param labels the targets one after another, each label 0 … n − 1 and not `blank`
 * @param weights [rows]
 * @param scratch doubles: frames · n, then frames · S, S, n, for the longest
 */
export function ctc(
  frames: usize,
  gradients: usize,
  stride: i32,
  n: i32,
  rows: i32,
  lengths: usize,
  counts: usize,
  labels: usize,
  blank: i32,
  weights: usize,
  scratch: usize,
): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const length = load<i32>(lengths + ((<usize>r) << 2));
    const count = load<i32>(counts + ((<usize>r) << 2));
    const weight: f64 = load<f32>(weights + ((<usize>r) << 2));
    const offset = (<usize>(r * stride)) << 2;
    if (weight !== 0 && length > 0) {
      const states = 2 * count + 1;
      const alpha = scratch + ((<usize>(length * n)) << 3);
      for (let t = 0; t < length; t++) {
        const logits = load<usize>(frames + ((<usize>t) << 2)) + offset;
        logSoftmax(logits, n, scratch + ((<usize>(t * n)) << 3));
      }
      const log = forward(alpha, scratch, n, length, labels, states, blank);
      loss -= weight * log;
      if (gradients !== 0 && log !== -Infinity)
        backward(gradients, offset, n, length, labels, states, blank, weight, log, scratch);
    }
    labels += (<usize>count) << 2;
  }
  return loss;
}

// From the last frame to the first: β in one row, gradients as it goes.
function backward(
  gradients: usize,
  offset: usize,
  n: i32,
  length: i32,
  labels: usize,
  states: i32,
  blank: i32,
  weight: f64,
  log: f64,
  scratch: usize,
): void {
  const row = (<usize>states) << 3;
  const alpha = scratch + ((<usize>(length * n)) << 3);
  const beta = alpha + <usize>length * row;
  const share = beta + row;
  for (let s = 0; s < states; s++) store<f64>(beta + ((<usize>s) << 3), s + 2 < states ? -Infinity : 0);
  for (let t = length - 1; t >= 0; t--) {
    const logs = scratch + ((<usize>(t * n)) << 3);
    for (let c: usize = 0, end = (<usize>n) << 3; c < end; c += 8) store<f64>(share + c, Math.exp(load<f64>(logs + c)));
    for (let s = 0; s < states; s++) {
      const at = (<usize>s) << 3;
      const through = load<f64>(alpha + <usize>t * row + at) + load<f64>(beta + at) - log;
      const to = share + ((<usize>symbol(labels, s, blank)) << 3);
      store<f64>(to, load<f64>(to) - Math.exp(through));
    }
    const gradient = load<usize>(gradients + ((<usize>t) << 2)) + offset;
    for (let c = 0; c < n; c++) {
      const at = gradient + ((<usize>c) << 2);
      store<f32>(at, load<f32>(at) + <f32>(weight * load<f64>(share + ((<usize>c) << 3))));
    }
    if (t > 0) stepBack(beta, logs, labels, states, blank);
  }
}
