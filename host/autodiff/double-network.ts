// A network in 64-bit floats, for what 32 bits cannot follow: reservoirs, whose read-outs weigh thousandths against each other. Forward
// only, one sequence at a time; rows of a matrix that are mostly zero are kept sparse.
import { type FloatLayer, firstParameter, firstState, piecesOf, shapeOf } from "../compile/cell.ts";
import type { OpName } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";

/** Columns and weights of what is not zero, row by row. */
type Sparse = { starts: Uint32Array; columns: Uint16Array; weights: Float64Array };
type Run = (...handles: number[]) => number;

/** Whether integers hold some of it in 32 bits, so that 32-bit floats would tell less of it than they do. */
export const wantsDoubles = (layers: readonly FloatLayer[]): boolean =>
  layers.some(({ numbers, cell }) => {
    const wide = numbers?.input !== undefined || Object.keys(numbers?.sites ?? {}).length > 0;
    return wide && !cell.states.some(({ kind }) => kind === "int8"); // whole numbers are exact in 32 bits
  });

export class DoubleNetwork {
  readonly #layers: DoubleLayer[];

  constructor(readonly layers: readonly FloatLayer[]) {
    this.#layers = layers.map((layer) => new DoubleLayer(layer));
  }

  /** All states, and what is left of the step before, to zero. */
  reset(): void {
    for (const layer of this.#layers) layer.reset();
  }

  /** One step; a view of the last layer's result. */
  step(frame: ArrayLike<number>): Float64Array {
    const results: Float64Array[] = [Float64Array.from(frame)];
    this.#layers.forEach((layer, i) => {
      const input = new Float64Array(layer.inputs);
      for (const { source, at, previous, adds, delay } of piecesOf(this.layers, i)) {
        if (delay) throw new Error("delays are not followed in doubles");
        const from = previous ? this.#layers[source - 1].result : results[source];
        for (let k = 0; k < from.length; k++) input[at + k] = adds ? input[at + k] + from[k] : from[k];
      }
      results.push(layer.step(input));
    });
    return results[results.length - 1];
  }

  /** A state's values; a view until the next step. */
  state(layer: number, name: string): Float64Array {
    return this.#layers[layer].state(name);
  }
}

class DoubleLayer {
  readonly inputs: number;
  /** Of the last step. */
  result: Float64Array;
  readonly #values: Float64Array[] = [];
  readonly #matrices = new Map<number, Sparse>();
  readonly #step: Run;

  constructor(readonly layer: FloatLayer) {
    const { cell, parameters } = layer;
    this.inputs = shapeOf(["inputs"], layer)[0];
    this.result = new Float64Array(shapeOf(["units"], layer)[0]);
    parameters.forEach((values, i) => {
      const { role, shape } = cell.parameters[i];
      const handle = firstParameter(cell) + i;
      if (role === "matrix") this.#matrices.set(handle, sparse(values, shapeOf(shape, layer)[1]));
      else this.#values[handle] = Float64Array.from(values);
    });
    const module = new WebAssembly.Module(cell.wasm as BufferSource);
    const ops: Record<string, Run> = this.#ops();
    const missing = cell.sites.find(({ op }) => !(op in ops));
    if (missing) {
      throw new UserError(
        `cell ${cell.name} uses ${missing.op}, which does not run in 64-bit floats`,
        "leave 32-bit inputs and results (numbers) out of its layer",
      );
    }
    this.#step = new WebAssembly.Instance(module, { ops }).exports.step as Run;
    this.reset();
  }

  reset(): void {
    const { cell } = this.layer;
    cell.states.forEach(({ shape }, i) => {
      this.#values[firstState(cell) + i] = new Float64Array(shapeOf(shape, this.layer)[0]);
    });
    this.result = new Float64Array(this.result.length);
  }

  state(name: string): Float64Array {
    const { cell } = this.layer;
    return this.#values[firstState(cell) + cell.states.findIndex((state) => state.name === name)];
  }

  step(input: Float64Array): Float64Array {
    this.#values[0] = input;
    this.result = this.#values[this.#step(0)];
    return this.result;
  }

  #product(W: number, x: number): (row: number) => number {
    const { starts, columns, weights } = this.#matrices.get(W)!;
    const from = this.#values[x];
    return (row) => {
      let sum = 0;
      for (let k = starts[row]; k < starts[row + 1]; k++) sum += weights[k] * from[columns[k]];
      return sum;
    };
  }

  // By name, each taking handles and giving its call site's; of memories and noise there is none, which reservoirs have not.
  #ops(): Partial<Record<OpName, Run>> {
    const v = (handle: number) => this.#values[handle];
    const each = (length: number, of: (i: number) => number, site: number): number => {
      const values = new Float64Array(length);
      for (let i = 0; i < length; i++) values[i] = of(i);
      this.#values[site] = values;
      return site;
    };
    const rows = (W: number) => this.#matrices.get(W)!.starts.length - 1;
    const to = (state: number, site: number): number => {
      this.#values[state] = this.#values[site];
      return site;
    };
    return {
      recurrent: (W, x, U, h, b, site) => {
        const [wx, uh] = [this.#product(W, x), this.#product(U, h)];
        return each(rows(W), (i) => wx(i) + uh(i) + v(b)[i], site);
      },
      affine: (W, x, b, site) => {
        const wx = this.#product(W, x);
        return each(rows(W), (i) => wx(i) + v(b)[i], site);
      },
      multiply: (a, b, site) => each(v(a).length, (i) => v(a)[i] * v(b)[i], site),
      multiplyAdd: (a, b, c, site) => each(v(a).length, (i) => v(a)[i] * v(b)[i] + v(c)[i], site),
      blend: (z, a, b, site) => each(v(z).length, (i) => v(z)[i] * v(a)[i] + (1 - v(z)[i]) * v(b)[i], site),
      add: (a, b, site) => each(v(a).length, (i) => v(a)[i] + v(b)[i], site),
      sigmoid: (a, site) => each(v(a).length, (i) => 1 / (1 + Math.exp(-v(a)[i])), site),
      tanh: (a, site) => each(v(a).length, (i) => Math.tanh(v(a)[i]), site),
      relu: (a, site) => each(v(a).length, (i) => Math.max(0, v(a)[i]), site),
      set: (s, a, site) =>
        to(
          s,
          each(v(a).length, (i) => v(a)[i], site),
        ),
      exceeds: (a, b) => (v(a)[0] > v(b)[0] ? 1 : 0),
      fires: (a, b, site) => each(v(a).length, (i) => (v(a)[i] >= v(b)[i] ? 1 : 0), site),
      change: (x, r, t, site) =>
        each(v(x).length, (i) => (Math.abs(v(x)[i] - v(r)[i]) >= v(t)[i] ? v(x)[i] - v(r)[i] : 0), site),
      accumulate: (s, W, d, site) => {
        const wd = this.#product(W, d);
        return to(
          s,
          each(rows(W), (i) => v(s)[i] + wd(i), site),
        );
      },
      affineSums: (_W, s, b, site) => each(v(s).length, (i) => v(s)[i] + v(b)[i], site),
      recurrentSums: (_W, s, _U, h, b, site) => each(v(s).length, (i) => v(s)[i] + v(h)[i] + v(b)[i], site),
    };
  }
}

function sparse(values: Float32Array, columns: number): Sparse {
  const rows = values.length / columns;
  const starts = new Uint32Array(rows + 1);
  const found: { column: number; weight: number }[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const weight = values[row * columns + column];
      if (weight !== 0) found.push({ column, weight });
    }
    starts[row + 1] = found.length;
  }
  return {
    starts,
    columns: Uint16Array.from(found, ({ column }) => column),
    weights: Float64Array.from(found, ({ weight }) => weight),
  };
}
