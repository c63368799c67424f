// Losses over logits. Each adds its gradient to the node that it is given and returns its value; the backward pass then
// carries all of them. What is averaged over the batch is the caller's choice, by the weights.
import type { Network } from "../autodiff/network.ts";
import type { Node } from "../autodiff/tape.ts";

/** Targets of a batch: a distribution over the labels for each sequence, [batch][labels]. */
export function oneHot(classes: ArrayLike<number>, labels: number, smoothing = 0): Float32Array {
  const targets = new Float32Array(classes.length * labels).fill(smoothing / labels);
  for (let i = 0; i < classes.length; i++) targets[i * labels + classes[i]] += 1 - smoothing;
  return targets;
}

/**
 * Σ weight · cross-entropy of the softmax of the logits against the targets.
 * @param targets [batch][labels], each row sums to 1
 * @param weights [batch], 0 leaves a sequence out
 */
export function crossEntropy(network: Network, logits: Node, targets: Float32Array, weights: Float32Array): number {
  return rowLoss(network, "crossEntropy", logits, targets, weights);
}

/**
 * Σ weight · −log(sum of the probabilities of a set of labels).
 * @param members [batch][labels], 1 for labels in the sequence's set, else 0
 */
export function setLoss(network: Network, logits: Node, members: Float32Array, weights: Float32Array): number {
  return rowLoss(network, "setLoss", logits, members, weights);
}

/** Σ weight · Σ (result − target)² over the values of a row; shapes as in crossEntropy. */
export function squaredError(network: Network, results: Node, targets: Float32Array, weights: Float32Array): number {
  return rowLoss(network, "squaredError", results, targets, weights);
}

/** Σ weight · binary cross-entropy of the sigmoid of each logit of a row against targets of 0 … 1; shapes as in crossEntropy. */
export function binaryCrossEntropy(
  network: Network,
  logits: Node,
  targets: Float32Array,
  weights: Float32Array,
): number {
  return rowLoss(network, "binaryCrossEntropy", logits, targets, weights);
}

/** Some of a result's values, from `first` on, as a node of their own: its gradient is theirs. */
export function part({ tape }: Network, result: Node, first: number, length: number): Node {
  const gradient = tape.zeroedGradient(result) + first * 4;
  return { value: result.value + first * 4, gradient, length, stride: result.stride, wants: result.wants };
}

/**
 * The mean of the logits of the last `length` frames up to a frame of each sequence's own, as a new node.
 * @param frames the logits of all steps of the pass
 * @param ends [batch], the last frame of each window, length − 1 … frames − 1
 */
export function windowMean(network: Network, frames: readonly Node[], ends: ArrayLike<number>, length: number): Node {
  const { tape, memory } = network;
  for (let i = 0; i < network.batch; i++) {
    if (!(ends[i] >= length - 1 && ends[i] < frames.length)) throw new Error(`a window ends at frame ${ends[i]}`);
  }
  const mean = tape.node(frames[0].length, true);
  const values = memory.temporary(frames.length);
  const last = memory.temporary(tape.rows);
  memory.words(values, frames.length).set(frames.map(({ value }) => value));
  memory
    .words(last, tape.rows)
    .fill(length - 1)
    .set(Array.from(ends));
  tape.kernels.windowMean(mean.value, values, last, length, tape.rows, mean.stride);
  return tape.record(mean, () => {
    const gradients = memory.temporary(frames.length);
    const addresses = frames.map((frame) => tape.zeroedGradient(frame));
    memory.words(gradients, frames.length).set(addresses);
    tape.kernels.windowMeanGradient(mean.gradient, gradients, last, length, tape.rows, mean.stride);
  });
}

/** The mean of the logits of each sequence's frames, of which there are lengths[row], as a new node. */
export function meanOfFrames(network: Network, frames: readonly Node[], lengths: ArrayLike<number>): Node {
  const { tape, memory } = network;
  const mean = tape.node(frames[0].length, true);
  const { stride } = mean;
  const each = (use: (row: number, t: number, share: number) => void) => {
    for (let row = 0; row < network.batch; row++)
      for (let t = 0; t < lengths[row]; t++) use(row * stride, t, 1 / lengths[row]);
  };
  const values = frames.map(({ value }) => memory.floats(value, tape.count(mean)));
  const sums = memory.floats(mean.value, tape.count(mean)).fill(0);
  each((at, t, share) => {
    for (let i = at; i < at + mean.length; i++) sums[i] += values[t][i] * share;
  });
  return tape.record(mean, () => {
    const addresses = frames.map((frame) => tape.zeroedGradient(frame)); // memory may grow here
    const gradients = addresses.map((address) => memory.floats(address, tape.count(mean)));
    const from = memory.floats(mean.gradient, tape.count(mean));
    each((at, t, share) => {
      for (let i = at; i < at + mean.length; i++) gradients[t][i] += from[i] * share;
    });
  });
}

/** How many sequences have their target as the greatest logit. */
export function countCorrect(network: Network, logits: Node, classes: ArrayLike<number>, rows = network.batch): number {
  const values = network.read(logits);
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    if (greatest(values, row * logits.length, logits.length) === classes[row]) correct++;
  }
  return correct;
}

/** The class that a sequence's results say in the mean. @param results [steps][classes] */
export function greatestMean(results: ArrayLike<number>, classes: number): number {
  const sums = new Float64Array(classes);
  for (let i = 0; i < results.length; i++) sums[i % classes] += results[i];
  return greatest(sums, 0, classes);
}

/** The position of the greatest of `count` values from `from` on, the first of equals. */
export function greatest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[from + i] > values[from + best]) best = i;
  return best;
}

function rowLoss(
  network: Network,
  kernel: "crossEntropy" | "setLoss" | "squaredError" | "binaryCrossEntropy",
  logits: Node,
  rows: Float32Array,
  weights: Float32Array,
): number {
  const { tape, memory, batch } = network;
  const [at, weightsAt, scratch] = [rows.length, batch, logits.length * 2].map((floats) => memory.temporary(floats));
  memory.floats(at, rows.length).set(rows);
  memory.floats(weightsAt, batch).set(weights.subarray(0, batch));
  const gradient = tape.zeroedGradient(logits);
  return tape.kernels[kernel](logits.value, logits.stride, logits.length, batch, at, weightsAt, gradient, scratch);
}
