// One pass of a batch through a small untrained network: what its loss says, and the logits of which it says it.
import { Network } from "../../host/autodiff/network.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import type { Batch } from "../../host/tasks/task.ts";
import { initialize } from "../../host/train/initialize.ts";
import type { Outcome } from "../../host/train/train.ts";

export type Pass = Outcome & {
  /** By step, [batch][outputs]. */
  logits: Float32Array[];
  /** Sum of the squares of all gradients. */
  gradients: number;
};

export async function firstPass(batch: Batch, size: number, outputs: number): Promise<Pass> {
  const layers = [
    { cell: "elman", units: 4 },
    { cell: "dense", units: outputs },
  ];
  const shapes = await layersOf({ inputs: batch.frames[0].length / size, layers });
  const network = new Network(
    shapes.map((shape, i) => ({ ...shape, parameters: initialize(shape.cell, shape.sizes, 1, i) })),
    size,
  );
  network.begin(true);
  const results = network.run(batch.frames, batch.lengths);
  const outcome = batch.loss(network, results);
  const logits = results.map((result) => network.read(result).slice());
  network.backward();
  const gradients = network.memory.kernels.squares(network.parameters.gradients, network.parameters.count);
  return { ...outcome, logits, gradients };
}

/** −log softmax at a class. */
export function surprisal(logits: ArrayLike<number>, wanted: number): number {
  return Math.log(Array.from(logits).reduce((sum, logit) => sum + Math.exp(logit - logits[wanted]), 0));
}

/** Binary cross-entropy of a logit's sigmoid. */
export const binarySurprisal = (logit: number, wanted: number): number =>
  Math.log(1 + Math.exp(wanted > 0 ? -logit : logit));
