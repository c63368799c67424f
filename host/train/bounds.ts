// Keeps trained parameters where their cell works (host/compile/bounds.ts), after each step.
import type { Network } from "../autodiff/network.ts";
import { boundsOf } from "../compile/bounds.ts";
import { parameterLengths } from "../compile/cell.ts";

/** Of sequences without an end. */
export function keepBounds(network: Network): void {
  let moved = false;
  for (const layer of network.layers) {
    const known = boundsOf(layer.cell.name, Number.POSITIVE_INFINITY);
    let at = layer.values;
    parameterLengths(layer).forEach((count, i) => {
      const bound = known[layer.cell.parameters[i].name];
      const values = network.memory.floats(at, count);
      at += count * 4;
      if (!bound) return;
      values.forEach((value, k) => {
        values[k] = Math.max(bound.least, Math.min(bound.most, value));
        moved ||= values[k] !== value;
      });
    });
  }
  if (moved) network.pack();
}
