// Layers in a row on one tape: forward over a batch, step by step, and backward through all of it.
import { type FloatLayer, parameterLengths, shapeOf } from "../compile/cell.ts";
import { Layer } from "./layer.ts";
import { Memory } from "./memory.ts";
import { type Node, Tape } from "./tape.ts";

export class Network {
  readonly memory = new Memory();
  readonly tape: Tape;
  readonly layers: Layer[];
  readonly inputs: number;
  readonly outputs: number;
  /** All parameters and their gradients, each in one block; `count` floats, padded to 4. */
  readonly parameters: { values: number; gradients: number; count: number };

  /** @param batch sequences at a time */
  constructor(layers: readonly FloatLayer[], batch: number) {
    const lengths = layers.map(({ cell, sizes }) => parameterLengths({ cell, sizes }));
    const totals = lengths.map((list) => list.reduce((a, b) => a + b, 0));
    const count = (totals.reduce((a, b) => a + b, 0) + 3) & ~3;
    this.parameters = { values: this.memory.keep(count), gradients: this.memory.keep(count), count };
    const shapes = layers.flatMap(({ cell, sizes }) =>
      [...cell.parameters, ...cell.states].map(({ shape }) => shapeOf(shape, { cell, sizes })),
    );
    const longest = Math.max(...shapes.flat());
    this.tape = new Tape(this.memory, batch, longest);
    let offset = 0;
    this.layers = layers.map(({ cell, sizes }, i) => {
      const layer = new Layer(
        this.tape,
        cell,
        sizes,
        this.parameters.values + offset,
        this.parameters.gradients + offset,
      );
      offset += totals[i] * 4;
      return layer;
    });
    this.layers.slice(1).forEach((layer, i) => {
      const { outputs } = this.layers[i];
      if (layer.inputs !== outputs) throw new Error(`layer ${i + 1} takes ${layer.inputs} values, not ${outputs}`);
    });
    this.inputs = this.layers[0].inputs;
    this.outputs = this.layers[this.layers.length - 1].outputs;
    this.writeParameters(layers.map(({ parameters }) => parameters));
  }

  get batch(): number {
    return this.tape.batch;
  }

  /** Copies of all parameters, by layer, in each cell's order. */
  readParameters(): Float32Array[][] {
    return this.#views().map((list) => list.map((view) => view.slice()));
  }

  /** Sets all parameters. */
  writeParameters(values: readonly (readonly Float32Array[])[]): void {
    this.#views().forEach((list, l) => {
      list.forEach((view, i) => {
        if (values[l][i]?.length !== view.length) {
          throw new Error(`layer ${l}: parameter ${i} has ${values[l][i]?.length} elements, not ${view.length}`);
        }
        view.set(values[l][i]);
      });
    });
    this.pack();
  }

  /** After the parameters changed: makes what the products read. */
  pack(): void {
    for (const layer of this.layers) layer.pack();
  }

  /** Opens a pass with the kept states; whatever nodes came from the pass before are gone. */
  begin(recording: boolean): void {
    this.tape.clear();
    this.tape.recording = recording;
    for (const layer of this.layers) layer.begin();
  }

  /** One step. @param x [batch][inputs] @returns the last layer's result */
  step(x: Float32Array): Node {
    const { tape, inputs } = this;
    let node = tape.node(inputs, false);
    const floats = this.memory.floats(node.value, tape.count(node)).fill(0);
    for (let row = 0; row < tape.batch; row++) {
      floats.set(x.subarray(row * inputs, (row + 1) * inputs), row * node.stride);
    }
    for (const layer of this.layers) node = layer.step(node);
    return node;
  }

  /** A node's values without padding, [batch][length]. */
  read({ value, length, stride }: Node): Float32Array {
    const out = new Float32Array(this.batch * length);
    const floats = this.memory.floats(value, this.tape.rows * stride);
    for (let row = 0; row < this.batch; row++) {
      out.set(floats.subarray(row * stride, row * stride + length), row * length);
    }
    return out;
  }

  /** Sets the gradients of all parameters to zero. */
  clearGradients(): void {
    this.memory.kernels.clear(this.parameters.gradients, this.parameters.count * 4);
  }

  /** Adds the gradients of the losses whose gradients stand in the nodes. */
  backward(): void {
    this.tape.backward();
  }

  keepStates(): void {
    for (const layer of this.layers) layer.keepStates();
  }

  /** All kept states to zero. */
  resetStates(): void {
    for (const layer of this.layers) layer.writeStates();
  }

  /** See Layer.permuteStates. */
  permuteStates(rows: ArrayLike<number>): void {
    for (const layer of this.layers) layer.permuteStates(rows);
  }

  readStates(): Float32Array[][] {
    return this.layers.map((layer) => layer.readStates());
  }

  writeStates(values: readonly (readonly Float32Array[])[]): void {
    this.layers.forEach((layer, i) => {
      layer.writeStates(values[i]);
    });
  }

  #views(): Float32Array[][] {
    return this.layers.map(({ cell, sizes, values }) => {
      let at = values;
      return parameterLengths({ cell, sizes }).map((length) => {
        const view = this.memory.floats(at, length);
        at += length * 4;
        return view;
      });
    });
  }
}
