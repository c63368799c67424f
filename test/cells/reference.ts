// A compiled cell in doubles, as plainly as can be: what the tape and the integers are held against.
import { type FloatLayer, firstParameter, firstState, handleCount, shapeOf } from "../../host/compile/cell.ts";

type Values = Float64Array<ArrayBufferLike>;

/** Runs layers one after the other in doubles and keeps the greatest absolute value by handle. */
export class Reference {
  readonly ranges: Float32Array[];
  readonly values: Values[][];
  readonly #steps: ((...inputs: number[]) => number)[];

  constructor(readonly layers: FloatLayer[]) {
    this.ranges = layers.map(({ cell }) => new Float32Array(handleCount(cell)));
    this.values = layers.map((layer) => {
      const { cell, parameters } = layer;
      const values: Values[] = [];
      cell.states.forEach(({ shape }, i) => {
        values[firstState(cell) + i] = new Float64Array(shapeOf(shape, layer)[0]);
      });
      parameters.forEach((parameter, i) => {
        values[firstParameter(cell) + i] = Float64Array.from(parameter);
      });
      return values;
    });
    this.#steps = layers.map(({ cell }, i) => {
      const module = new WebAssembly.Module(new Uint8Array(cell.wasm));
      const instance = new WebAssembly.Instance(module, { ops: this.#ops(i) });
      return instance.exports.step as (...inputs: number[]) => number;
    });
  }

  reset(): void {
    this.layers.forEach(({ cell }, i) => {
      cell.states.forEach((_, s) => {
        this.values[i][firstState(cell) + s].fill(0);
      });
    });
  }

  step(input: ArrayLike<number>): Values {
    let values: Values = Float64Array.from(input);
    this.layers.forEach((_, i) => {
      this.#keep(i, 0, values);
      values = this.values[i][this.#steps[i](0)];
    });
    return values;
  }

  #keep(layer: number, handle: number, values: Values): number {
    this.values[layer][handle] = values;
    for (const value of values) this.ranges[layer][handle] = Math.max(this.ranges[layer][handle], Math.abs(value));
    return handle;
  }

  #ops(layer: number): WebAssembly.ModuleImports {
    const v = (handle: number) => this.values[layer][handle];
    const keep = (site: number, values: Values) => this.#keep(layer, site, values);
    const product = (W: number, x: number) => {
      const n = v(x).length;
      return Float64Array.from({ length: v(W).length / n }, (_, row) =>
        v(x).reduce((sum, value, i) => sum + value * v(W)[row * n + i], 0),
      );
    };
    return {
      recurrent: (W: number, x: number, U: number, h: number, b: number, site: number) => {
        const [wx, uh] = [product(W, x), product(U, h)];
        return keep(
          site,
          wx.map((value, i) => value + uh[i] + v(b)[i]),
        );
      },
      affine: (W: number, x: number, b: number, site: number) =>
        keep(
          site,
          product(W, x).map((value, i) => value + v(b)[i]),
        ),
      multiply: (a: number, b: number, site: number) =>
        keep(
          site,
          v(a).map((value, i) => value * v(b)[i]),
        ),
      multiplyAdd: (a: number, b: number, c: number, site: number) =>
        keep(
          site,
          v(a).map((value, i) => value * v(b)[i] + v(c)[i]),
        ),
      blend: (z: number, a: number, b: number, site: number) =>
        keep(
          site,
          v(z).map((value, i) => value * v(a)[i] + (1 - value) * v(b)[i]),
        ),
      add: (a: number, b: number, site: number) =>
        keep(
          site,
          v(a).map((value, i) => value + v(b)[i]),
        ),
      sigmoid: (a: number, site: number) =>
        keep(
          site,
          v(a).map((value) => 1 / (1 + Math.exp(-value))),
        ),
      tanh: (a: number, site: number) => keep(site, v(a).map(Math.tanh)),
      relu: (a: number, site: number) =>
        keep(
          site,
          v(a).map((value) => Math.max(0, value)),
        ),
      set: (s: number, a: number, site: number) => {
        keep(s, v(a).slice());
        return keep(site, v(s));
      },
      fires: (a: number, b: number, site: number) =>
        keep(
          site,
          v(a).map((value, i) => (value >= v(b)[i] ? 1 : 0)),
        ),
      change: (x: number, r: number, t: number, site: number) =>
        keep(
          site,
          v(x).map((value, i) => (Math.abs(value - v(r)[i]) >= v(t)[i] ? value - v(r)[i] : 0)),
        ),
      accumulate: (s: number, W: number, d: number, site: number) => {
        keep(
          s,
          product(W, d).map((value, i) => value + v(s)[i]),
        );
        return keep(site, v(s));
      },
      affineSums: (_W: number, s: number, b: number, site: number) =>
        keep(
          site,
          v(s).map((value, i) => value + v(b)[i]),
        ),
      recurrentSums: (_W: number, s: number, _U: number, h: number, b: number, site: number) =>
        keep(
          site,
          v(s).map((value, i) => value + v(h)[i] + v(b)[i]),
        ),
      exceeds: (a: number, b: number) => (v(a)[0] > v(b)[0] ? 1 : 0),
    };
  }
}

/** A reproducible generator for tests (mulberry32, Tommy Ettinger 2017). */
export function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random parameters: uniform within ±reach / √columns, biases within ±0.5. */
export function randomLayer(
  cell: FloatLayer["cell"],
  sizes: Record<string, number>,
  random: () => number,
  reach = 1.5,
): FloatLayer {
  const parameters = cell.parameters.map(({ shape }) => {
    const [rows, columns = 0] = shapeOf(shape, { cell, sizes });
    const bound = columns > 0 ? reach / Math.sqrt(columns) : 0.5;
    return Float32Array.from({ length: rows * Math.max(1, columns) }, () => (random() * 2 - 1) * bound);
  });
  return { cell, sizes, parameters };
}
