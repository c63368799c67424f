// The window of a model that reads whole windows: frames come in, the layers run over it when it is full, results go out one by one.
// The twin of firmware/core/window.c.
import { type Model, ramParts, rowBytes } from "../model/model.ts";
import type { Window } from "../model/pieces.ts";
import { UserError } from "../spec/user-error.ts";

export class WindowRun {
  readonly #starts: number[] = []; // offset in RAM of the rows of the input and of each layer's results
  readonly #bytes: number[];
  /** Frames in the window, those of them that are there only to be seen, results that wait and the first of them. */
  #filled = 0;
  #seen = 0;
  #ready = 0;
  #first = 0;

  /** @param run steps all layers over so many rows, which lie at `at(source, row)` */
  constructor(
    readonly model: Model,
    readonly window: Window,
    readonly memory: WebAssembly.Memory,
    readonly ram: number,
    readonly run: (rows: number, at: (source: number, row: number) => number) => void,
  ) {
    this.#bytes = rowBytes(model);
    const { states, arena } = ramParts(model);
    const steps = window.before + window.hop + window.after;
    this.#bytes.reduce((at, bytes) => {
      this.#starts.push(at);
      return at + steps * bytes;
    }, states + arena);
  }

  reset(): void {
    this.#filled = this.#seen = this.#ready = this.#first = 0;
  }

  /** Offset in RAM of a row of the input (0) or of the results of layer source − 1. */
  at = (source: number, row: number): number => this.#starts[source] + row * this.#bytes[source];

  push(frame: Int16Array): Int16Array | undefined {
    const { rows } = this.model.frame;
    if (frame.length !== rows)
      throw new UserError(
        `a frame has ${frame.length} values; the model wants ${rows}`,
        "use the model's own front end",
      );
    const { before, hop, after } = this.window;
    new Int16Array(this.memory.buffer, this.ram + this.at(0, this.#filled++), rows).set(frame);
    if (this.#filled - this.#seen === hop + after) {
      this.#run(hop);
      const seen = Math.min(before, this.#seen + hop);
      const gone = this.#seen + hop - seen;
      const bytes = new Uint8Array(this.memory.buffer, this.ram);
      bytes.copyWithin(this.at(0, 0), this.at(0, gone), this.at(0, this.#filled));
      this.#filled -= gone;
      this.#seen = seen;
    }
    return this.#take();
  }

  drain(): Int16Array | undefined {
    const left = this.#filled - this.#seen;
    if (this.#ready === 0 && left > 0) {
      this.#run(left);
      this.#filled = this.#seen = 0;
    }
    return this.#take();
  }

  #run(results: number): void {
    this.run(this.#filled, this.at);
    this.#first = this.#seen;
    this.#ready = results;
  }

  #take(): Int16Array | undefined {
    if (this.#ready === 0) return undefined;
    this.#ready--;
    const { layers } = this.model;
    const { rows } = layers[layers.length - 1].records[layers[layers.length - 1].result];
    return new Int16Array(this.memory.buffer, this.ram + this.at(layers.length, this.#first++), rows);
  }
}
