// The engine in V8: the same steps as firmware/core/engine.c. A cell's wasm is bound to assembly/ops, wasm to wasm; the file
// lies in that module's memory and is read in place.
import { loadAssembly } from "../compile/assembly.ts";
import { type Model, ramParts, readModel } from "../model/model.ts";
import { record as recordLayout } from "../spec/container.ts";
import { UserError } from "../spec/user-error.ts";

type Ops = {
  free(): number;
  open(model: number, memory: number): void;
  layer(records: number, handles: number, counters: number): void;
};
type Step = (...inputs: number[]) => number;

const align = (at: number): number => Math.ceil(at / 16) * 16;

/** A model that runs on integers. Not for several streams at once: make one for each. */
export class IntegerModel {
  readonly model: Model;
  readonly #ops: Ops & { memory: WebAssembly.Memory };
  readonly #ram: number;
  readonly #steps: Step[];
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
    const { layers, modules, kind } = this.model;
    if (kind !== "int8")
      throw new UserError(`${name} has its weights laid out for a board`, "give the file that was flashed");
    this.#ops = loadAssembly<Ops>("ops");
    const at = align(this.#ops.free());
    this.#ram = align(at + file.length);
    let end = align(this.#ram + this.model.header.ramBytes);
    for (const layer of layers) {
      this.#counters.push(end);
      end = align(end + layer.records.length * 4);
    }
    const missing = end - this.#ops.memory.buffer.byteLength;
    if (missing > 0) this.#ops.memory.grow(Math.ceil(missing / 65536));
    new Uint8Array(this.#ops.memory.buffer).set(file, at);
    this.#ops.open(at, this.#ram);
    const imports = this.#ops as unknown as WebAssembly.ModuleImports;
    const compiled = modules.map((module) => new WebAssembly.Module(new Uint8Array(module)));
    const steps = compiled.map((module) => new WebAssembly.Instance(module, { ops: imports }).exports.step as Step);
    this.#steps = layers.map((layer) => steps[layer.module]);
    const view = (handle: number, layer: number) => {
      const { offset, rows } = layers[layer].records[handle];
      return new Int16Array(this.#ops.memory.buffer, this.#ram + offset, rows);
    };
    this.#input = view(0, 0);
    this.#output = view(layers[layers.length - 1].result, layers.length - 1);
    this.reset();
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
    const { layers } = this.model;
    const last = layers[layers.length - 1];
    return { input: layers[0].records[0].format, output: last.records[last.result].format };
  }

  /** States to their initial values. */
  reset(): void {
    const memory = new Uint8Array(this.#ops.memory.buffer);
    const { states, arena } = ramParts(this.model);
    memory.fill(0, this.#ram, this.#ram + states + arena);
    for (const layer of this.model.layers) {
      if (layer.initial === 0) continue;
      let from = layer.initial;
      for (const { offset, rows } of layer.records.slice(layer.inputs, layer.inputs + layer.states)) {
        memory.set(this.model.file.subarray(from, from + rows * 2), this.#ram + offset);
        from += rows * 2;
      }
    }
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
    this.#input.set(frame);
    const { layers } = this.model;
    for (let i = 0; i < layers.length; i++) {
      const { recordsAt, records, result } = layers[i];
      this.#ops.layer(recordsAt, records.length, this.#counters[i]);
      if (this.#steps[i](0) !== result) throw new Error(`layer ${i} returned another handle than ${result}`);
    }
    return this.#output;
  }

  /** Saturated values since the start, by layer and handle. */
  clips(): Uint32Array[] {
    return this.#counters.map((at, i) =>
      new Uint32Array(this.#ops.memory.buffer, at, this.model.layers[i].records.length).slice(),
    );
  }

  /** The values that a handle's buffer holds now: of a site not visited in this step, anything. */
  values(layer: number, handle: number): Int16Array {
    const { offset, rows } = this.model.layers[layer].records[handle];
    return new Int16Array(this.#ops.memory.buffer, this.#ram + offset, rows);
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
