// Teacher forcing: while training, a layer's state is what it would be had the layer given the targets. No gradient goes through time.
import type { Layer } from "../autodiff/layer.ts";
import { firstSite } from "../compile/cell.ts";

/**
 * For a layer that sets one state, once a step. To be called before each pass.
 * @param states what each step sets, [batch][elements of the state]
 */
export function forceState(layer: Layer, states: readonly Float32Array[]): void {
  const { tape, cell } = layer;
  let step = 0;
  layer.after = (site, result) => {
    if (cell.sites[site - firstSite(cell)].op !== "set") return result;
    const forced = tape.node(result.length, false);
    const floats = tape.memory.floats(forced.value, tape.count(forced)).fill(0);
    for (let row = 0; row < tape.batch; row++) {
      const from = row * result.length;
      floats.set(states[step].subarray(from, from + result.length), row * forced.stride);
    }
    step++;
    return forced;
  };
}
