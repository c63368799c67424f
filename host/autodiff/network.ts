// Layers on one tape: forward over a batch, step by step, and backward through all of it.
import {
  delaysOf,
  type FloatLayer,
  networkInputs,
  type Piece,
  parameterLengths,
  readsWindows,
  shapeOf,
} from "../compile/cell.ts";
import { Kept } from "./kept.ts";
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
  /** Changes what a layer reads, while training: dropout, noise. */
  between: (layer: number, input: Node) => Node = (_, input) => input;
  /** Changes what layers read of a result of the step before, while training: mixes in the target. */
  feedback: (layer: number, result: Node) => Node = (_, result) => result;
  readonly #pieces: (Piece[] | undefined)[];
  readonly #shapes: readonly Pick<FloatLayer, "backward">[];
  /** The past of results by source, the oldest first, as nodes of this pass and as what is kept. */
  readonly #past = new Map<number, { kept: Kept[]; nodes: Node[] }>();
  /** Results that the next step reads, by layer. */
  readonly #previous = new Map<number, { kept: Kept; node: Node }>();

  /** @param batch sequences at a time */
  constructor(layers: readonly FloatLayer[], batch: number) {
    this.#shapes = layers;
    const lengths = layers.map(({ cell, sizes }) => parameterLengths({ cell, sizes }));
    const totals = lengths.map((list) => list.reduce((a, b) => a + b, 0));
    const count = (totals.reduce((a, b) => a + b, 0) + 3) & ~3;
    this.parameters = { values: this.memory.keep(count), gradients: this.memory.keep(count), count };
    const shapes = layers.flatMap(({ cell, sizes }) =>
      [...cell.parameters, ...cell.states].map(({ shape }) => shapeOf(shape, { cell, sizes })),
    );
    const longest = Math.max(...shapes.flat(), ...layers.map(({ sizes }) => sizes.inputs));
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
    this.#pieces = layers.map(({ pieces }) => pieces);
    for (const { source, previous } of layers.flatMap(({ pieces }) => pieces ?? [])) {
      if (!previous || this.#previous.has(source - 1)) continue;
      const kept = new Kept(this.tape, this.layers[source - 1].outputs);
      this.#previous.set(source - 1, { kept, node: kept.leaf() });
    }
    for (const [source, depth] of delaysOf(layers)) {
      const length = source > 0 ? this.layers[source - 1].outputs : networkInputs(layers);
      this.#past.set(source, { kept: Array.from({ length: depth }, () => new Kept(this.tape, length)), nodes: [] });
    }
    this.layers.slice(1).forEach((layer, i) => {
      const { outputs } = this.layers[i];
      if (!layers[i + 1].pieces && layer.inputs !== outputs)
        throw new Error(`layer ${i + 1} takes ${layer.inputs} values, not ${outputs}`);
    });
    this.inputs = networkInputs(layers);
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
    for (const previous of this.#previous.values()) previous.node = previous.kept.leaf();
    for (const past of this.#past.values()) past.nodes = past.kept.map((kept) => kept.leaf());
  }

  /**
   * Whole sequences, each layer in its direction. @param frames by step, [batch][inputs]
   * @param lengths of the sequences; where one is shorter than the frames, its last results mean nothing
   * @returns by step, the last layer's result
   */
  run(frames: readonly Float32Array[], lengths?: ArrayLike<number>): Node[] {
    if (!readsWindows(this.#shapes)) return frames.map((frame) => this.step(frame));
    return this.runAll(frames, lengths)[this.layers.length];
  }

  /** Likewise, layer after layer: by layer, the input first, and step. For networks that do not look back a step. */
  runAll(frames: readonly Float32Array[], lengths?: ArrayLike<number>): Node[][] {
    const results = [frames.map((frame) => this.#inputNode(frame))];
    for (const [i, layer] of this.layers.entries()) {
      const found: Node[] = new Array(frames.length);
      const { backward } = this.#shapes[i];
      for (let n = 0; n < frames.length; n++) {
        const t = backward ? frames.length - 1 - n : n;
        if (backward && lengths) layer.restart((row) => lengths[row] === t + 1);
        const sources = results.map((of) => of[t]);
        found[t] = layer.step(this.between(i, this.#inputOf(i, sources)));
      }
      results.push(found);
    }
    return results;
  }

  /** One step. @param x [batch][inputs] @returns the last layer's result */
  step(x: Float32Array): Node {
    return this.stepAll(x)[this.layers.length];
  }

  /** One step. @param x [batch][inputs] @returns the input, then every layer's result */
  stepAll(x: Float32Array): Node[] {
    const results = [this.#inputNode(x)];
    for (const [i, layer] of this.layers.entries())
      results.push(layer.step(this.between(i, this.#inputOf(i, results))));
    for (const [i, previous] of this.#previous) previous.node = results[i + 1];
    for (const [source, { nodes }] of this.#past) {
      nodes.shift();
      nodes.push(results[source]);
    }
    return results;
  }

  #inputNode(x: Float32Array): Node {
    const { tape, inputs } = this;
    const node = tape.node(inputs, false);
    const floats = this.memory.floats(node.value, tape.count(node)).fill(0);
    for (let row = 0; row < tape.batch; row++) {
      floats.set(x.subarray(row * inputs, (row + 1) * inputs), row * node.stride);
    }
    return node;
  }

  // What a layer reads, of the network's input and the results until now.
  #inputOf(layer: number, results: readonly Node[]): Node {
    const pieces = this.#pieces[layer];
    if (!pieces) return results[layer];
    const past = (source: number, delay: number) => {
      const { nodes } = this.#past.get(source)!;
      return nodes[nodes.length - delay];
    };
    const nodes = pieces.map(({ source, previous, delay = 0 }) =>
      delay > 0
        ? past(source, delay)
        : previous
          ? this.feedback(source - 1, this.#previous.get(source - 1)!.node)
          : results[source],
    );
    if (nodes.length === 1) return nodes[0];
    const { tape } = this;
    const { kernels, rows } = tape;
    const whole = tape.node(
      this.layers[layer].inputs,
      nodes.some(({ wants }) => wants),
    );
    kernels.clear(whole.value, tape.count(whole) * 4);
    const column = (at: number, i: number) => at + pieces[i].at * 4;
    nodes.forEach(({ value, length, stride }, i) => {
      kernels.addColumns(column(whole.value, i), whole.stride, value, stride, length, rows);
    });
    return tape.record(whole, () => {
      nodes.forEach((node, i) => {
        if (!node.wants) return;
        const to = tape.zeroedGradient(node);
        kernels.addColumns(to, node.stride, column(whole.gradient, i), whole.stride, node.length, rows);
      });
    });
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
    for (const { kept, node } of this.#previous.values()) kept.keep(node);
    // The oldest first: each takes what lies in the next one's place.
    for (const { kept, nodes } of this.#past.values()) for (const [i, each] of kept.entries()) each.keep(nodes[i]);
  }

  /** All kept states to zero. */
  resetStates(): void {
    for (const kept of this.#kept()) kept.write();
  }

  /** Gives sequence i the kept states of sequence rows[i], or zero where that is negative. */
  permuteStates(rows: ArrayLike<number>): void {
    for (const kept of this.#kept()) kept.permute(rows);
  }

  readStates(): Float32Array[] {
    return this.#kept().map((kept) => kept.read());
  }

  writeStates(values: readonly Float32Array[]): void {
    this.#kept().forEach((kept, i) => {
      kept.write(values[i]);
    });
  }

  #kept(): Kept[] {
    const previous = [...this.#previous.values()].map(({ kept }) => kept);
    const past = [...this.#past.values()].flatMap(({ kept }) => kept);
    return [...this.layers.flatMap(({ states }) => states), ...previous, ...past];
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
