// A value that lasts from pass to pass, a row for each sequence: a cell's state, or a result that the next step reads.
import { padStride } from "./memory.ts";
import type { Node, Tape } from "./tape.ts";

export class Kept {
  readonly #stride: number;
  #at: number;
  #spare: number; // takes what is kept while a pass still reads the old

  /** Zero at the start. To be made before the tape's first pass. */
  constructor(
    readonly tape: Tape,
    readonly length: number,
  ) {
    this.#stride = padStride(length);
    this.#at = tape.memory.keep(tape.rows * this.#stride);
    this.#spare = tape.memory.keep(tape.rows * this.#stride);
  }

  /** The value as a leaf of the pass that begins. */
  leaf(): Node {
    return this.tape.leaf(this.#at, this.length);
  }

  /** Keeps a node's value for the next pass, without its gradient. */
  keep({ value }: Node): void {
    if (value === this.#at) return;
    const count = this.tape.rows * this.#stride;
    this.tape.memory.floats(this.#spare, count).set(this.tape.memory.floats(value, count));
    [this.#at, this.#spare] = [this.#spare, this.#at];
  }

  /** A copy of [rows padded][stride]. */
  read(): Float32Array {
    return this.#floats().slice();
  }

  /** Sets what `read` gave; without values zero. */
  write(values?: Float32Array): void {
    if (values) this.#floats().set(values);
    else this.#floats().fill(0);
  }

  /** Gives sequence i the value of sequence rows[i], or zero where that is negative. */
  permute(rows: ArrayLike<number>): void {
    const floats = this.#floats();
    const old = floats.slice();
    const stride = this.#stride;
    floats.fill(0);
    for (let i = 0; i < rows.length; i++) {
      if (rows[i] >= 0) floats.set(old.subarray(rows[i] * stride, (rows[i] + 1) * stride), i * stride);
    }
  }

  #floats(): Float32Array {
    return this.tape.memory.floats(this.#at, this.tape.rows * this.#stride);
  }
}
