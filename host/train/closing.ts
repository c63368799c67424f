// A loop that closes while training: what layers read of a result of the step before begins as the target and ends as the result.
// R. Williams, D. Zipser 1989, "A learning algorithm for continually running fully recurrent neural networks" (teacher forcing), by degrees.
import type { Network } from "../autodiff/network.ts";
import { floatOp } from "../autodiff/op.ts";
import type { Node } from "../autodiff/tape.ts";

/**
 * To be called before each pass.
 * @param layer whose result goes back
 * @param targets of each step, [batch][units]; before the first step the result is zero
 * @param share of the target, 1 … 0
 */
export function mixTargets(network: Network, layer: number, targets: readonly Float32Array[], share: number): void {
  const { tape, memory, batch } = network;
  let step = -2;
  let last: Node | undefined;
  let mixed: Node;
  network.feedback = (from, result) => {
    if (from !== layer) return result;
    if (result === last) return mixed; // several layers read it
    step++;
    last = result;
    if (share === 0 || step < 0) {
      mixed = result;
      return result;
    }
    const [shares, target] = [0, 1].map(() => tape.node(result.length, false));
    memory.floats(shares.value, tape.count(shares)).fill(share);
    const floats = memory.floats(target.value, tape.count(target)).fill(0);
    for (let row = 0; row < batch; row++) {
      const from = row * result.length;
      floats.set(targets[step].subarray(from, from + result.length), row * target.stride);
    }
    mixed = floatOp("blend")(tape, shares, target, result) as Node;
    return mixed;
  };
}
