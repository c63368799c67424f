// Dropout: some of a layer's inputs are zero while training, the others larger, so that sums stay as they are. N. Srivastava et al. 2014,
// "Dropout: a simple way to prevent neural networks from overfitting".
import type { Network } from "../autodiff/network.ts";
import { floatOp } from "../autodiff/op.ts";
import type { Node } from "../autodiff/tape.ts";
import type { Random } from "../data/random.ts";

/** Has the network drop inputs of a layer with its probability, while it records. @param rates by layer, 0 for none */
export function dropInputs(network: Network, rates: readonly number[], random: Random): void {
  const { tape, memory } = network;
  network.between = (layer, input) => {
    const rate = rates[layer];
    if (!tape.recording || rate === 0) return input;
    const mask = tape.node(input.length, false);
    const floats = memory.floats(mask.value, tape.count(mask));
    const kept = 1 / (1 - rate);
    for (let i = 0; i < floats.length; i++) floats[i] = random.chance(rate) ? 0 : kept;
    return floatOp("multiply")(tape, input, mask) as Node;
  };
}
