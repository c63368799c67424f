// Binary cross-entropy of results that are probabilities already, for cells with their read-out inside; of logits: loss.ts.

import type { Network } from "../autodiff/network.ts";
import type { Node } from "../autodiff/tape.ts";
import { ln } from "../data/reproducible-math.ts";

/** Where a probability is nearer to 0 or 1, its logarithm and gradient stay as they are there. */
const nearest = 1e-6;

/**
 * Σ weight · Σ −(t ln p + (1 − t) ln(1 − p)) over the values of a row; adds its gradient to the results' node.
 * @param targets [batch][results], 0 … 1
 * @param weights [batch], 0 leaves a sequence out
 */
export function probabilityLoss(network: Network, results: Node, targets: Float32Array, weights: Float32Array): number {
  const { tape, memory, batch } = network;
  const at = tape.zeroedGradient(results);
  const values = network.read(results);
  const gradients = memory.floats(at, tape.count(results));
  let loss = 0;
  for (let row = 0; row < batch; row++)
    for (let k = 0; k < results.length; k++) {
      const target = targets[row * results.length + k];
      const p = Math.min(1 - nearest, Math.max(nearest, values[row * results.length + k]));
      loss -= weights[row] * (target * ln(p) + (1 - target) * ln(1 - p));
      gradients[row * results.stride + k] += (weights[row] * (p - target)) / (p * (1 - p));
    }
  return loss;
}
