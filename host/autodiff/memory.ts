// The memory of assembly/float, laid out from here: what lasts (parameters, states) lies at the bottom and is made once;
// above it an arena that is emptied every step. Addresses are bytes; memory grows as it is needed.
import { loadAssembly } from "../compile/assembly.ts";

/** The kernels by name; their arguments stand in assembly/float. */
export type Kernels = Record<
  | "packRows"
  | "packColumns"
  | "packVector"
  | "broadcast"
  | "product"
  | "transposedProduct"
  | "columnSums"
  | "sigmoid"
  | "sigmoidGradient"
  | "tanh"
  | "tanhGradient"
  | "relu"
  | "reluGradient"
  | "add"
  | "addColumns"
  | "pass"
  | "retract"
  | "change"
  | "multiply"
  | "multiplyGradient"
  | "multiplyAdd"
  | "blend"
  | "blendGradient"
  | "crossEntropy"
  | "ctc"
  | "setLoss"
  | "squaredError"
  | "binaryCrossEntropy"
  | "windowMean"
  | "windowMeanGradient"
  | "clear"
  | "greatest"
  | "squares"
  | "scale"
  | "adam"
  | "momentum"
  | "heapBase",
  (...values: number[]) => number
>;

const pageBytes = 65536;

/** Rows are padded to 4, strides to 8. */
export const padRows = (rows: number): number => (rows + 3) & ~3;
export const padStride = (length: number): number => (length + 7) & ~7;

export class Memory {
  readonly kernels: Kernels;
  readonly #wasm: WebAssembly.Memory;
  #lasting: number;
  #top: number;
  #sealed = false;
  #floats: Float32Array<ArrayBufferLike>;

  constructor() {
    const exports = loadAssembly<Kernels>("float");
    this.kernels = exports;
    this.#wasm = exports.memory;
    this.#lasting = (exports.heapBase() + 15) & ~15;
    this.#top = this.#lasting;
    this.#floats = new Float32Array(this.#wasm.buffer);
  }

  /** Room for so many floats that lasts, zero at the start. Only before the arena is first used. */
  keep(floats: number): number {
    if (this.#sealed) throw new Error("lasting memory is laid out before the first step");
    const at = this.#take(floats);
    this.#lasting = this.#top;
    return at;
  }

  /** Room for so many floats in the arena, with whatever lies there, until the next `empty`. */
  temporary(floats: number): number {
    this.#sealed = true;
    return this.#take(floats);
  }

  empty(): void {
    this.#top = this.#lasting;
  }

  /** The floats at an address, valid until memory grows. */
  floats(at: number, count: number): Float32Array {
    return this.#all().subarray(at >> 2, (at >> 2) + count);
  }

  words(at: number, count: number): Int32Array {
    return new Int32Array(this.#wasm.buffer, at, count);
  }

  #all(): Float32Array {
    if (this.#floats.buffer !== this.#wasm.buffer) this.#floats = new Float32Array(this.#wasm.buffer);
    return this.#floats;
  }

  #take(floats: number): number {
    const at = this.#top;
    this.#top += (floats * 4 + 15) & ~15;
    const missing = this.#top - this.#wasm.buffer.byteLength;
    // By a quarter more than is missing now: growing copies nothing in V8, but makes every view anew.
    if (missing > 0) this.#wasm.grow(Math.ceil((missing + this.#top / 4) / pageBytes));
    return at;
  }
}
