// Parameters that are not trained: what an architecture sets once and for all, such as time constants.
import type { Layer } from "../autodiff/layer.ts";
import type { Network } from "../autodiff/network.ts";
import { type CompiledCell, parameterLengths, shapeOf } from "../compile/cell.ts";

const firstOnly = (value: number) => (_: unknown, i: number) => (i === 0 ? value : 0);
const one = () => 1;

/** Values by cell and vector, from the layer's sizes and the element's place. */
const fixed: Record<string, Record<string, (size: (name: string) => number, i: number) => number>> = {
  chunker: { one, limit: () => 0.9, certain: () => 0.8, half: () => 0.5 },
  dnc: {
    ...{ one, ones: one, none: () => 0, less: () => -1 },
    ...{ behind: firstOnly(1), here: (_, i) => (i === 1 ? 1 : 0), ahead: (_, i) => (i === 2 ? 1 : 0) },
  },
  gru: { zero: () => 0 }, // Dey and Salem 2017: gates of GRU2 have no bias
  evolved: { one: () => 1, minus: () => -1 }, // host/evolve/genome-cell.ts: 1 − a
  hopfield: {
    ...{ t: () => 0, half: () => 0.5, less: () => -1, minusHalf: () => -0.5, minusOne: () => -1 },
    ...{ loud: (size) => 2.5 * size("units"), silence: () => 0.5 },
  },
  bam: {
    ...{ bx: () => 0, by: () => 0, half: () => 0.5, minusOne: () => -1, begin: () => 0, behind: (size) => size("xs") },
    ...{
      loud: (size) => 2.5 * size("units"),
      silence: () => 0.5,
      hot: (size) => size("heat"),
      cools: (size) => -size("heat") / 28,
    },
    ...{ loss: () => 0.2, stays: () => Math.log(9) / 2, rare: () => -Math.log(9) / 2 },
  },
  ntm: { one, first: firstOnly(1), away: firstOnly(-1) },
  pushdown: { whole: one },
  recursive: { one, whole: one, reduce: () => -1, nothing: () => 0, empty: () => 0 },
  mtrnn: { rate: (size) => 1 / size("tau") }, // Yamashita and Tani 2008
};

type Sized = { cell: CompiledCell; sizes: Record<string, number> };

/** The values of a parameter that is not trained, undefined for one that is. @param count its elements */
export function fixedValues(layer: Sized, parameter: string, count: number): Float32Array | undefined {
  const value = fixed[layer.cell.name]?.[parameter];
  return value && Float32Array.from({ length: count }, (_, i) => value((name) => shapeOf([name], layer)[0], i));
}

/** A parameter's place in a network's blocks, and what stays there. */
export type Fixed = { layer: Layer; parameter: number; stay: Float32Array; values: number; gradients: number };

/** The parameters of a network that are not trained. */
export function fixedOf({ layers }: Network): Fixed[] {
  return layers.flatMap((layer) => {
    let offset = 0;
    return parameterLengths(layer).flatMap((count, i): Fixed[] => {
      const at = offset;
      offset += count * 4;
      const stay = fixedValues(layer, layer.cell.parameters[i].name, count);
      return stay ? [{ layer, parameter: i, stay, values: layer.values + at, gradients: layer.gradients + at }] : [];
    });
  });
}
