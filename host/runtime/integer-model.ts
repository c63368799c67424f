// The engine in V8: the same steps as firmware/core/engine.c. A cell's wasm is bound to assembly/ops, wasm to wasm; the file
// lies in that module's memory and is read in place.
import { loadAssembly } from "../compile/assembly.ts";
import { type Model, type ModelLayer, ramParts, readModel, resultOf, rowBytes } from "../model/model.ts";
import { header as headLayout, kinds, record as recordLayout, valueBytes } from "../spec/container.ts";
import { errors } from "../spec/errors.ts";
import { UserError } from "../spec/user-error.ts";
import { WindowRun } from "./window-run.ts";

type Ops = {
  unused(): number;
  stopped(): number;
  work(all: boolean): number;
  open(model: number, memory: number): void;
  layer(records: number, handles: number, counters: number): void;
  piece(from: number, kind: number, rows: number, shift: number, at: number, adds: number): void;
};
type Step = (...inputs: number[]) => number;

const align = (at: number): number => Math.ceil(at / 16) * 16;

/** A model that runs on integers. Not for several streams at once: make one for each. */
export class IntegerModel {
  readonly model: Model;
  readonly #ops: Ops & { memory: WebAssembly.Memory };
  readonly #fileAt: number;
  readonly #ram: number;
  readonly #steps: Step[];
  readonly #pieces: ((row: number) => void)[][];
  readonly #window: WindowRun | undefined;
  readonly #counters: number[] = [];
  readonly #input: Int16Array;
  readonly #output: Int16Array;

  /**
   * @param file bytes of an .engram file
   * @param name what errors call it
   * @throws UserError if the file is not one that a board would run
   */
  constructor(file: Uint8Array, name = "the model") {
    this.model = readModel(file, name);
    const { layers, modules, layout, frame } = this.model;
    if (layout !== "int8")
      throw new UserError(`${name} has its weights laid out for a board`, "give the file that was flashed");
    this.#ops = loadAssembly<Ops>("ops");
    this.#fileAt = align(this.#ops.unused());
    this.#ram = align(this.#fileAt + file.length);
    let end = align(this.#ram + this.model.header.ramBytes);
    for (const layer of layers) {
      this.#counters.push(end);
      end = align(end + layer.records.length * 4);
    }
    const missing = end - this.#ops.memory.buffer.byteLength;
    if (missing > 0) this.#ops.memory.grow(Math.ceil(missing / 65536));
    new Uint8Array(this.#ops.memory.buffer).set(file, this.#fileAt);
    this.#ops.open(this.#fileAt, this.#ram);
    const imports = this.#ops as unknown as WebAssembly.ModuleImports;
    const compiled = modules.map((module) => new WebAssembly.Module(new Uint8Array(module)));
    const steps = compiled.map((module) => new WebAssembly.Instance(module, { ops: imports }).exports.step as Step);
    this.#steps = layers.map((layer) => steps[layer.module]);
    const { window } = this.model;
    this.#window =
      window &&
      new WindowRun(this.model, window, this.#ops.memory, this.#ram, (rows, at) => {
        for (let i = 0; i < layers.length; i++) this.#runLayer(i, rows, at);
      });
    this.#pieces = layers.map((_, i) => this.#piecesOf(i));
    const view = (offset: number, rows: number) => new Int16Array(this.#ops.memory.buffer, this.#ram + offset, rows);
    const result = resultOf(layers[layers.length - 1]);
    this.#input = window ? new Int16Array(frame.rows) : view(frame.offset, frame.rows);
    this.#output = view(result.offset, result.rows);
    this.reset();
  }

  /**
   * Takes the weights of a file that is otherwise the same, which is much faster than a new model: evolution tries thousands.
   * @returns false, and takes nothing, if more differs than weights with their constants and what the file says of itself
   */
  takeWeights(file: Uint8Array): boolean {
    const { file: mine, sections } = this.model;
    const { offset, bytes } = sections.get("WGHT")!;
    const end = offset + bytes.length;
    const same = (from: number, to?: number) => Buffer.compare(mine.subarray(from, to), file.subarray(from, to)) === 0;
    if (!same(headLayout.bytes, offset) || !same(end)) return false;
    new Uint8Array(this.#ops.memory.buffer).set(file.subarray(offset, end), this.#fileAt + offset);
    return true;
  }

  /** Values of a frame. */
  get inputs(): number {
    return this.#input.length;
  }

  /** Values of a result. */
  get outputs(): number {
    return this.#output.length;
  }

  /** Fraction bits of what goes in and of what comes out. */
  get formats(): { input: number; output: number } {
    const { frame, layers } = this.model;
    return { input: frame.format, output: resultOf(layers[layers.length - 1]).format };
  }

  /** States to their initial values. */
  reset(): void {
    const { states, arena } = ramParts(this.model);
    new Uint8Array(this.#ops.memory.buffer).fill(0, this.#ram, this.#ram + states + arena);
    for (const layer of this.model.layers) this.#resetLayer(layer);
    this.#window?.reset();
  }

  #resetLayer(layer: ModelLayer): void {
    const memory = new Uint8Array(this.#ops.memory.buffer);
    let from = layer.initial;
    for (const { offset, rows, kind } of layer.records.slice(layer.inputs, layer.inputs + layer.states)) {
      const bytes = rows * valueBytes(kind);
      if (from === 0) memory.fill(0, this.#ram + offset, this.#ram + offset + bytes);
      else {
        memory.set(this.model.file.subarray(from, from + bytes), this.#ram + offset);
        from += bytes;
      }
    }
  }

  // A layer over the rows of a window, from a fresh start, in its direction.
  #runLayer(i: number, rows: number, at: (source: number, row: number) => number): void {
    const layer = this.model.layers[i];
    const { offset } = resultOf(layer);
    const memory = new Uint8Array(this.#ops.memory.buffer);
    const bytes = rowBytes(this.model)[i + 1];
    this.#resetLayer(layer);
    for (let n = 0; n < rows; n++) {
      const row = layer.backward ? rows - 1 - n : n;
      this.#stepLayer(i, row);
      memory.copyWithin(this.#ram + at(i + 1, row), this.#ram + offset, this.#ram + offset + bytes);
    }
  }

  /** Steps from a frame to its result, of a model that reads whole windows; else 0. */
  get latency(): number {
    const { window } = this.model;
    return window ? window.hop + window.after - 1 : 0;
  }

  /**
   * Takes a frame. @returns the result of the frame `latency` steps before it, undefined as long as there is none; a view
   */
  push(frame: Int16Array): Int16Array | undefined {
    return this.#window ? this.#window.push(frame) : this.step(frame);
  }

  /** After the last frame of a sequence: the next of the results that are still to come, undefined after the last. */
  drain(): Int16Array | undefined {
    return this.#window?.drain();
  }

  /**
   * One step of every layer.
   * @param frame `inputs` values
   * @returns `outputs` values; a view that the next step overwrites
   */
  step(frame: Int16Array): Int16Array {
    if (frame.length !== this.#input.length) {
      throw new UserError(
        `a frame has ${frame.length} values; the model wants ${this.#input.length}`,
        "use the model's own front end",
      );
    }
    if (this.#window)
      throw new UserError(
        "the model reads whole windows and gives no result at each step",
        "push its frames, then drain it",
      );
    this.#input.set(frame);
    for (let i = 0; i < this.model.layers.length; i++) this.#stepLayer(i, 0);
    const memory = new Uint8Array(this.#ops.memory.buffer, this.#ram);
    for (const { source, depth, offset } of this.model.lines) {
      const bytes = rowBytes(this.model)[source];
      const from = source > 0 ? resultOf(this.model.layers[source - 1]).offset : this.model.frame.offset;
      memory.copyWithin(offset, offset + bytes, offset + depth * bytes);
      memory.copyWithin(offset + (depth - 1) * bytes, from, from + bytes);
    }
    return this.#output;
  }

  // @param row of the window
  #stepLayer(i: number, row: number): void {
    const { recordsAt, records, result } = this.model.layers[i];
    this.#ops.layer(recordsAt, records.length, this.#counters[i]);
    for (const piece of this.#pieces[i]) piece(row);
    let returned: number;
    try {
      returned = this.#steps[i](0);
    } catch (trap) {
      const [, what, hint] = [undefined, errors.trapFull, errors.trapSymbol][this.#ops.stopped()] ?? [];
      if (!what || !(trap instanceof WebAssembly.RuntimeError)) throw trap;
      throw new UserError(what, hint!, { cause: trap });
    }
    if (returned !== result) throw new Error(`layer ${i} returned another handle than ${result}`);
  }

  /** Multiplications of weights in accumulate since the start: done, and with those that it skipped; 0 for cells without. */
  get work(): { done: number; whole: number } {
    return { done: this.#ops.work(false), whole: this.#ops.work(true) };
  }

  /** Saturated values since the start, by layer and handle. */
  clips(): Uint32Array[] {
    return this.#counters.map((at, i) =>
      new Uint32Array(this.#ops.memory.buffer, at, this.model.layers[i].records.length).slice(),
    );
  }

  /** The values that a handle's buffer holds now: of a site not visited in this step, anything. */
  values(layer: number, handle: number): Int8Array | Int16Array | Int32Array {
    const { offset, rows, kind } = this.model.layers[layer].records[handle];
    const Values = { [kinds.int8[0]]: Int8Array, [kinds.int32[0]]: Int32Array }[kind] ?? Int16Array;
    return new Values(this.#ops.memory.buffer, this.#ram + offset, rows);
  }

  // Each piece of a layer's input as a call that puts it there.
  #piecesOf(layer: number): ((row: number) => void)[] {
    const { frame, layers, pieces, lines } = this.model;
    const input = layers[layer].records[0];
    return pieces
      .filter((piece) => piece.layer === layer)
      .map(({ source, at, adds, delay = 0 }) => {
        const line = lines.find((each) => each.source === source);
        const before = delay > 0 ? line!.offset + (line!.depth - delay) * rowBytes(this.model)[source] : undefined;
        const { offset, rows, format, kind } =
          source > 0 ? resultOf(layers[source - 1]) : { ...frame, kind: kinds.int16[0] };
        const place = (row: number) => before ?? this.#window?.at(source, row) ?? offset;
        return (row) => this.#ops.piece(place(row), kind, rows, format - input.format, at, adds ? 1 : 0);
      });
  }

  /** The bytes of all states, as they lie in the model's RAM; a view. */
  get states(): Uint8Array {
    return new Uint8Array(this.#ops.memory.buffer, this.#ram, this.model.header.stateBytes);
  }

  /** Bytes of records, for reports. */
  get recordBytes(): number {
    return this.model.layers.reduce((sum, { records }) => sum + records.length * recordLayout.bytes, 0);
  }
}
