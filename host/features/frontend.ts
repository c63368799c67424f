// The front end in V8: the frames that a board computes, to the bit, for streams and for whole clips.
import { loadAssembly } from "../compile/assembly.ts";
import { type FrontEnd, frontEndHead } from "../spec/frontend.ts";
import { frontEndSection, readFrontEnd } from "./frontend-section.ts";

/** Exports of build/assembly/frontend.wasm that belong to the front end (assembly/frontend/stream.ts). */
type Module = {
  free(): number;
  reset(section: number, ram: number): void;
  push(section: number, ram: number, pcm: number, samples: number, frame: number): number;
  frames(section: number, ram: number, pcm: number, samples: number, out: number): number;
  level(ram: number): number;
};

/** Loudness of the samples that the last frame brought, as fractions of full scale. */
export type Level = { peak: number; rms: number };

/** Samples that are copied into the module at a time. */
const block = 32768;

/** One stream of sound: samples in, in pieces of any size, frames out. */
export class FrontEndStream {
  readonly parameters: FrontEnd;
  /** Values of a frame. */
  readonly bands: number;
  readonly #module: Module & { memory: WebAssembly.Memory };
  readonly #section: number;
  readonly #ram: number;
  readonly #pcm: Int16Array;
  readonly #out: Int16Array;

  /** @param source parameters, or a FRNT section, which is checked (UserError) */
  constructor(source: FrontEnd | Uint8Array) {
    this.parameters = source instanceof Uint8Array ? readFrontEnd(source) : source;
    const section = source instanceof Uint8Array ? source : frontEndSection(source);
    const { bands, hop, ramBytes } = frontEndHead.read(section);
    const module = loadAssembly<Module>("frontend");
    const align = (bytes: number): number => (bytes + 15) & ~15;
    this.#section = module.free();
    this.#ram = align(this.#section + section.length);
    const pcm = align(this.#ram + ramBytes);
    const out = align(pcm + 2 * block);
    const values = bands * (Math.ceil(block / hop) + 1);
    const missing = out + 2 * values - module.memory.buffer.byteLength;
    if (missing > 0) module.memory.grow(Math.ceil(missing / 65536));
    new Uint8Array(module.memory.buffer).set(section, this.#section);
    this.#pcm = new Int16Array(module.memory.buffer, pcm, block);
    this.#out = new Int16Array(module.memory.buffer, out, values);
    this.#module = module;
    this.bands = bands;
    this.reset();
  }

  /** Forgets all samples. */
  reset(): void {
    this.#module.reset(this.#section, this.#ram);
  }

  /** The frames that these samples complete, each of `bands` values. */
  push(pcm: Int16Array): Int16Array[] {
    const all = this.pushAll(pcm);
    return Array.from({ length: all.length / this.bands }, (_, i) =>
      all.subarray(i * this.bands, (i + 1) * this.bands),
    );
  }

  /** The same frames in one array, frame after frame. */
  pushAll(pcm: Int16Array): Int16Array {
    if (pcm.length <= block) return this.#pushBlock(pcm).slice();
    const parts: Int16Array[] = [];
    for (let at = 0; at < pcm.length; at += block) parts.push(this.#pushBlock(pcm.subarray(at, at + block)).slice());
    const all = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Level of the samples that the last frame brought (0 before the first). */
  level(): Level {
    const level = this.#module.level(this.#ram);
    return { peak: (level & 0xffff) / 32768, rms: (level >>> 16) / 32768 };
  }

  #pushBlock(pcm: Int16Array): Int16Array {
    this.#pcm.set(pcm);
    const { byteOffset } = this.#out;
    const count = this.#module.frames(this.#section, this.#ram, this.#pcm.byteOffset, pcm.length, byteOffset);
    return this.#out.subarray(0, count * this.bands);
  }
}

const streams = new Map<string, FrontEndStream>();

/**
 * Features of a whole clip, frames × bands, from a front end that has heard nothing before. A clip of n samples has
 * floor((n − window) / hop) + 1 frames, none if it is shorter than the window.
 */
export function features(pcm: Int16Array, parameters: FrontEnd): Int16Array {
  const key = JSON.stringify(parameters);
  let stream = streams.get(key);
  if (!stream) {
    stream = new FrontEndStream(parameters);
    streams.set(key, stream);
  }
  stream.reset();
  return stream.pushAll(pcm);
}
