// The decoder in V8: the decisions that a board takes, to the bit.
import { loadAssembly } from "../compile/assembly.ts";
import { type DecoderParameters, decoderHead } from "../spec/decoder.ts";
import { outputSection, readOutput } from "./output-section.ts";

/** Exports of build/assembly/frontend.wasm that belong to the decoder (assembly/frontend/decoder.ts). */
type Module = {
  free(): number;
  decoderReset(section: number, ram: number): void;
  decoderPush(section: number, ram: number, logits: number): number;
};

/** What a frame brings. */
export type Decision = {
  /** Index of the label with the greatest mean of logits. */
  best: number;
  /** Index of the label that this frame detects. */
  detected: number | undefined;
  /** Probability, 0 … 1, of the detected label, or else of the best one. */
  score: number;
};

/** Logits of one stream in, a frame at a time; decisions out. */
export class Decoder {
  readonly parameters: DecoderParameters;
  readonly #module: Module;
  readonly #section: number;
  readonly #ram: number;
  readonly #logits: Int16Array;

  /** @param source parameters, or an OUTP section, which is checked (UserError) */
  constructor(source: DecoderParameters | Uint8Array) {
    this.parameters = source instanceof Uint8Array ? readOutput(source) : source;
    const section = source instanceof Uint8Array ? source : outputSection(source);
    const { labels, ramBytes } = decoderHead.read(section);
    const module = loadAssembly<Module>("frontend");
    const align = (bytes: number): number => (bytes + 15) & ~15;
    this.#section = module.free();
    this.#ram = align(this.#section + section.length);
    const logits = align(this.#ram + ramBytes);
    new Uint8Array(module.memory.buffer).set(section, this.#section);
    this.#logits = new Int16Array(module.memory.buffer, logits, labels);
    this.#module = module;
    this.reset();
  }

  /** Forgets all frames; every label is armed. */
  reset(): void {
    this.#module.decoderReset(this.#section, this.#ram);
  }

  /** @param logits one frame, in the order of `parameters.labels` */
  push(logits: Int16Array): Decision {
    if (logits.length !== this.#logits.length)
      throw new Error(`${logits.length} logits for ${this.#logits.length} labels`);
    this.#logits.set(logits);
    const packed = this.#module.decoderPush(this.#section, this.#ram, this.#logits.byteOffset) >>> 0;
    const detected = packed >>> 24;
    return {
      best: (packed >>> 16) & 0xff,
      detected: detected === 0 ? undefined : detected - 1,
      score: (packed & 0xffff) / 32768,
    };
  }

  /**
   * Index of the label of a whole clip: the greatest mean over its last `window` frames. Forgets what came before.
   * @param logits frames × labels
   */
  clip(logits: Int16Array): number {
    const labels = this.#logits.length;
    if (logits.length === 0 || logits.length % labels !== 0)
      throw new Error(`${logits.length} logits of ${labels} labels`);
    this.reset();
    let best = 0;
    for (let at = 0; at < logits.length; at += labels) ({ best } = this.push(logits.subarray(at, at + labels)));
    return best;
  }
}
