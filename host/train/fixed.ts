// Parameters that are not trained: what an architecture sets once and for all, such as time constants.
import type { Network } from "../autodiff/network.ts";
import { type CompiledCell, parameterLengths, shapeOf } from "../compile/cell.ts";

/** Values by cell and vector, from the layer's sizes. */
const fixed: Record<string, Record<string, (size: (name: string) => number) => number>> = {
  gru: { zero: () => 0 }, // Dey and Salem 2017: gates of GRU2 have no bias
  evolved: { one: () => 1, minus: () => -1 }, // host/evolve/genome-cell.ts: 1 − a
  mtrnn: { rate: (size) => 1 / size("tau") }, // Yamashita and Tani 2008
};

type Sized = { cell: CompiledCell; sizes: Record<string, number> };

/** The value of all elements of a parameter that is not trained, undefined for one that is. */
export function fixedValue(layer: Sized, parameter: string): number | undefined {
  return fixed[layer.cell.name]?.[parameter]?.((name) => shapeOf([name], layer)[0]);
}

/** A parameter's place in a network's blocks, and what stays there. */
export type Fixed = { value: number; count: number; values: number; gradients: number };

/** The parameters of a network that are not trained. */
export function fixedOf({ layers }: Network): Fixed[] {
  return layers.flatMap((layer) => {
    let offset = 0;
    return parameterLengths(layer).flatMap((count, i): Fixed[] => {
      const at = offset;
      offset += count * 4;
      const value = fixedValue(layer, layer.cell.parameters[i].name);
      return value === undefined ? [] : [{ value, count, values: layer.values + at, gradients: layer.gradients + at }];
    });
  });
}
