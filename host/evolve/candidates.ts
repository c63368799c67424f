// Candidates as a board would have them: genes to a network whose matrices are int8 by row and whose formats are fixed beforehand, then
// to integers in V8. What is selected is so what runs; nothing is left for quantization to lose.

import type { LayerShape } from "../compile/blueprint.ts";
import { boundsOf } from "../compile/bounds.ts";
import { type FloatLayer, handleCount, parameterLengths } from "../compile/cell.ts";
import { assemble } from "../quantize/assemble.ts";
import { IntegerModel } from "../runtime/integer-model.ts";
import { roundMatrices } from "../train/rounding.ts";

/** How a network is laid out for evolution. */
export type Genome = {
  /** What a gene of 1 is in a parameter, by LAYER.PARAMETER: 1 if absent; at 0 it has no genes and stays zero. */
  scales?: Record<string, number>;
  /** Fraction bits of the input. */
  inputFormat: number;
  /** Greatest magnitude that call sites have room for, where nothing bounds them. */
  range: number;
};

/** Ranges as calibration gives them, but fixed. */
export const fixedRanges = (layers: readonly Pick<FloatLayer, "cell">[], range: number): Float32Array[] =>
  layers.map(({ cell }) => new Float32Array(handleCount(cell)).fill(range));

export class Candidates {
  /** Of one candidate. */
  readonly genes: number;
  #integers: IntegerModel | undefined;

  /** @param names of the layers, as `scales` has them */
  constructor(
    readonly shapes: readonly LayerShape[],
    readonly names: readonly string[],
    readonly genome: Genome,
  ) {
    const counts = shapes.map((shape, i) =>
      parameterLengths(shape).map((count, p) => (this.#scale(i, p) === 0 ? 0 : count)),
    );
    this.genes = counts.flat().reduce((sum, count) => sum + count, 0);
  }

  /** The network that genes stand for, with the weights that its integers have. */
  layers(genes: ArrayLike<number>): FloatLayer[] {
    let at = 0;
    const parameters = this.shapes.map((shape, i) => {
      const bounds = boundsOf(shape.cell.name, Number.POSITIVE_INFINITY);
      return parameterLengths(shape).map((count, p) => {
        const scale = this.#scale(i, p);
        const { least, most } = bounds[shape.cell.parameters[p].name] ?? unbounded;
        return Float32Array.from({ length: count }, () =>
          Math.max(least, Math.min(most, scale === 0 ? 0 : scale * genes[at++])),
        );
      });
    });
    roundMatrices(this.shapes, parameters);
    return this.shapes.map((shape, i) => ({ ...shape, parameters: parameters[i] }));
  }

  /** The bytes of an .engram file. @throws UserError for weights that no format holds */
  file(layers: FloatLayer[]): Uint8Array {
    const { inputFormat, range } = this.genome;
    return assemble(layers, { inputFormat, ranges: fixedRanges(layers, range), meta: { engram: "1" } }).file;
  }

  /** The integers of such a file from a fresh start; those that were given before are gone. */
  integers(file: Uint8Array): IntegerModel {
    if (!this.#integers?.takeWeights(file)) this.#integers = new IntegerModel(file, "the candidate");
    this.#integers.reset();
    return this.#integers;
  }

  #scale(layer: number, parameter: number): number {
    return this.genome.scales?.[`${this.names[layer]}.${this.shapes[layer].cell.parameters[parameter].name}`] ?? 1;
  }
}

const unbounded = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
