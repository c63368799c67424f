// The float execution of a trained network: forward only, state kept from step to step, ranges by handle for calibration.
import type { FloatLayer } from "../compile/cell.ts";
import { Network } from "./network.ts";
import type { Node } from "./tape.ts";

export class FloatNetwork {
  readonly #network: Network;

  /** @param batch sequences at a time, each with states of its own */
  constructor(layers: readonly FloatLayer[], batch: number) {
    this.#network = new Network(layers, batch);
  }

  /** Values of a frame. */
  get inputs(): number {
    return this.#network.inputs;
  }

  /** All states to their initial values; ranges are kept. */
  reset(): void {
    this.#network.resetStates();
  }

  /** The states of some sequences to their initial values. */
  restart(of: (row: number) => boolean): void {
    const rows = Array.from({ length: this.#network.batch }, (_, row) => (of(row) ? -1 : row));
    if (rows.includes(-1)) this.#network.permuteStates(rows);
  }

  /** Starts measuring ranges, from zero. */
  calibrate(): void {
    for (const layer of this.#network.layers) {
      layer.measuring = true;
      layer.ranges.fill(0);
    }
  }

  /** One step of every sequence: [batch][inputs] to [batch][outputs]. */
  step(x: Float32Array): Float32Array {
    return this.#step(x, (nodes) => this.#network.read(nodes[nodes.length - 1]));
  }

  /** Likewise, to the results of all layers. */
  stepAll(x: Float32Array): Float32Array[] {
    return this.#step(x, (nodes) => nodes.slice(1).map((node) => this.#network.read(node)));
  }

  /** Whole sequences from a fresh start, each layer in its direction: by layer and step. @param lengths see Network.run */
  runAll(frames: readonly Float32Array[], lengths?: ArrayLike<number>): Float32Array[][] {
    const network = this.#network;
    network.resetStates();
    network.begin(false);
    const results = network.runAll(frames, lengths).slice(1);
    return results.map((nodes) => nodes.map((node) => network.read(node)));
  }

  #step<T>(x: Float32Array, read: (nodes: Node[]) => T): T {
    const network = this.#network;
    network.begin(false);
    const found = read(network.stepAll(x));
    network.keepStates();
    return found;
  }

  /**
   * By layer and handle, the greatest |value| since `calibrate`: inputs, states (with what is set), parameters used
   * element by element, call sites; 0 for what was not visited or is no vector.
   */
  ranges(): Float32Array[] {
    return this.#network.layers.map(({ ranges }) => ranges.slice());
  }
}
