// A penalty on the mean absolute value of weights (L1): draws those to zero that the loss can do without.
// R. Tibshirani 1996, "Regression shrinkage and selection via the lasso".
import type { Layer } from "../autodiff/layer.ts";
import { parameterLengths } from "../compile/cell.ts";

/** Adds the penalty's gradient to a layer's parameters of the given names. @returns strength · the mean of their absolute values */
export function penalizeAbsolute(layer: Layer, names: readonly string[], strength: number): number {
  const lengths = parameterLengths(layer);
  const chosen = layer.cell.parameters.map(({ name }) => names.includes(name));
  const each = strength / lengths.reduce((sum, length, i) => sum + (chosen[i] ? length : 0), 0);
  let [offset, sum] = [0, 0];
  for (const [i, length] of lengths.entries()) {
    if (chosen[i]) {
      const gradients = layer.tape.memory.floats(layer.gradients + offset, length);
      layer.tape.memory.floats(layer.values + offset, length).forEach((value, k) => {
        sum += Math.abs(value);
        gradients[k] += each * Math.sign(value);
      });
    }
    offset += length * 4;
  }
  return each * sum;
}
