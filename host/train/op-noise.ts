// Noise on what calls of ops give, while training: what a network learns under it does not hang on the last bits of its states.
import type { Layer } from "../autodiff/layer.ts";
import { floatOp } from "../autodiff/op.ts";
import type { Node } from "../autodiff/tape.ts";
import { firstSite } from "../compile/cell.ts";
import type { Random } from "../data/random.ts";

/** Has a layer add normal noise to the results of its calls of ops, while it records. @param deviations by op */
export function addNoise(layer: Layer, deviations: Readonly<Record<string, number>>, random: Random): void {
  const { tape, cell } = layer;
  layer.after = (site, result) => {
    const deviation = deviations[cell.sites[site - firstSite(cell)].op] ?? 0;
    if (deviation === 0) return result;
    const noise = tape.node(result.length, false);
    const floats = tape.memory.floats(noise.value, tape.count(noise));
    for (let i = 0; i < floats.length; i++) floats[i] = deviation * random.normal();
    return floatOp("add")(tape, result, noise) as Node;
  };
}
