// What a forward pass did, so that it can be gone back through: a node for each value, an entry for each op that must
// give gradients. Gradient buffers come from a pool, since a node's gradient is dead once its entry has run.
import { type Memory, padRows, padStride } from "./memory.ts";

/** A batch of vectors. `value` and `gradient` are addresses of [rows padded][stride]; gradient 0: nothing has come yet. */
export type Node = {
  value: number;
  gradient: number;
  readonly length: number;
  readonly stride: number;
  /** Whether anything before it can be trained. */
  readonly wants: boolean;
};

/** A matrix parameter: its gradient, and itself packed both ways. */
export type Matrix = { rows: number; columns: number; gradient: number; byRows: number; byColumns: number };
/** A vector parameter: its gradient, and itself padded to a stride. */
export type Bias = { length: number; gradient: number; padded: number };

export class Tape {
  /** Sequences of the batch, padded to 4. */
  readonly rows: number;
  /** Whether entries are kept; without it only the forward pass runs. */
  recording = false;
  /** A row of zeros as long as the longest vector. */
  readonly zeros: number;
  readonly #entries: { result: Node; back: () => void }[] = [];
  readonly #pool = new Map<number, number[]>();
  #sink = { at: 0, floats: 0 };

  /** @param longest elements of the longest vector */
  constructor(
    readonly memory: Memory,
    readonly batch: number,
    longest: number,
  ) {
    this.rows = padRows(batch);
    this.zeros = memory.keep(padStride(longest));
  }

  get kernels() {
    return this.memory.kernels;
  }

  /** Forgets everything since the last `clear`, and empties the arena. */
  clear(): void {
    this.#entries.length = 0;
    this.#pool.clear();
    this.#sink = { at: 0, floats: 0 };
    this.memory.empty();
  }

  /** A new node in the arena, its value not yet set. */
  node(length: number, wants: boolean): Node {
    const stride = padStride(length);
    return {
      value: this.memory.temporary(this.rows * stride),
      gradient: 0,
      length,
      stride,
      wants: wants && this.recording,
    };
  }

  /** A node for what lies elsewhere already, not to be trained. */
  leaf(value: number, length: number): Node {
    return { value, gradient: 0, length, stride: padStride(length), wants: false };
  }

  /** Floats of a node, padding included: what element-wise kernels count. */
  count(node: Node): number {
    return this.rows * node.stride;
  }

  /** Has `back` run in the backward pass, with `result.gradient` set, if a gradient reaches the result. */
  record(result: Node, back: () => void): Node {
    if (result.wants) this.#entries.push({ result, back });
    return result;
  }

  /**
   * Where an entry writes a gradient of `node`, and whether it adds (−1) or stores (0), as kernels take it.
   * @param heir the entry's result: `node` takes over its buffer where it has none yet, for entries that read each element
   *   of the result's gradient before they write there
   */
  gradient(node: Node, heir?: Node): [at: number, keep: number] {
    if (!node.wants) return [this.#nowhere(this.count(node)), 0];
    if (node.gradient !== 0) return [node.gradient, -1];
    if (heir && heir.gradient !== 0 && heir.stride === node.stride) {
      node.gradient = heir.gradient;
      heir.gradient = 0;
    } else {
      node.gradient = this.#buffer(this.count(node));
    }
    return [node.gradient, 0];
  }

  /** The address of a node's gradient, zero where nothing has come yet: for losses, which add. */
  zeroedGradient(node: Node): number {
    if (node.gradient === 0) {
      node.gradient = this.#buffer(this.count(node));
      this.kernels.clear(node.gradient, this.count(node) * 4);
    }
    return node.gradient;
  }

  /** Runs all entries from the last to the first. */
  backward(): void {
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const { result, back } = this.#entries[i];
      if (result.gradient === 0) continue;
      const buffer = result.gradient;
      back();
      if (result.gradient === buffer) this.#pool.get(this.count(result))?.push(buffer);
      result.gradient = 0;
    }
    this.#entries.length = 0;
  }

  #buffer(floats: number): number {
    let free = this.#pool.get(floats);
    if (!free) {
      free = [];
      this.#pool.set(floats, free);
    }
    return free.pop() ?? this.memory.temporary(floats);
  }

  // Gradients that nobody wants are written here.
  #nowhere(floats: number): number {
    if (this.#sink.floats < floats) this.#sink = { at: this.memory.temporary(floats), floats };
    return this.#sink.at;
  }
}
