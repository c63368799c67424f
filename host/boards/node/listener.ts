// What a board does with sound: front end, steps, decoder, in V8. The twin of firmware/core/stream.c.
import { Decoder } from "../../features/decoder.ts";
import { FrontEndStream } from "../../features/frontend.ts";
import { expanded } from "../../link/compand.ts";
import type { IntegerModel } from "../../runtime/integer-model.ts";
import { frontEndHead } from "../../spec/frontend.ts";
import { events, sources, wants } from "../../spec/messages.ts";

export type Emit = (type: number, payload: Uint8Array) => void;

export class NodeStream {
  readonly source: number;
  /** Samples a second and a step; zero without a front end. */
  readonly sampleRate: number = 0;
  readonly hop: number = 0;
  frames = 0;
  samples = 0;
  /** Milliseconds that the steps took, and the slowest one. */
  busyMs = 0;
  mostMs = 0;
  readonly #model: IntegerModel;
  readonly #wants: number;
  readonly #emit: Emit;
  readonly #window: number = 0;
  readonly #frontEnd: FrontEndStream | undefined;
  #taken = 0; // frames of the front end
  readonly #decoder: Decoder | undefined;

  constructor(model: IntegerModel, options: { source: number; wants: number }, emit: Emit) {
    this.#model = model;
    this.source = options.source;
    this.#wants = options.wants;
    this.#emit = emit;
    const front = model.model.sections.get("FRNT")?.bytes;
    const output = model.model.sections.get("OUTP")?.bytes;
    if (front) {
      const { sampleRate, hop, window } = frontEndHead.read(front);
      this.sampleRate = sampleRate;
      this.hop = hop;
      this.#window = window;
      this.#frontEnd = new FrontEndStream(front);
    }
    if (output) this.#decoder = new Decoder(output);
  }

  /** Whether the model takes this source. */
  get possible(): boolean {
    return this.source === sources.frames || (this.source <= sources.frames && this.#frontEnd !== undefined);
  }

  /** Payload of a stream message. False if it has no whole samples or frames. */
  take(payload: Uint8Array): boolean {
    if (this.source === sources.pcm8) return this.#listen(expanded(payload));
    if (payload.length % 2 !== 0 || (payload.length === 0 && !this.#model.model.window)) return false;
    if (payload.length === 0) this.#step(undefined, performance.now());
    const values = new Int16Array(payload.slice().buffer);
    if (this.source === sources.pcm16) return this.#listen(values);
    if (values.length % this.#model.inputs !== 0) return false;
    for (let at = 0; at < values.length; at += this.#model.inputs) {
      this.#step(values.subarray(at, at + this.#model.inputs), performance.now());
    }
    return true;
  }

  // Pieces of at most a hop complete at most one frame, whose level is then still there.
  #listen(samples: Int16Array): boolean {
    for (let at = 0; at < samples.length; at += this.hop) {
      const begun = performance.now();
      const piece = samples.subarray(at, at + this.hop);
      const [frame] = this.#frontEnd!.push(piece);
      if (frame) {
        this.samples = this.#window + this.#taken * this.hop;
        this.#step(frame, begun);
      }
    }
    return true;
  }

  // Without a frame: the next result that a model of windows still owes.
  #step(frame: Int16Array | undefined, begun: number): void {
    const logits = frame ? this.#model.push(frame) : this.#model.drain();
    const decision = logits && this.#decoder?.push(logits);
    const took = performance.now() - begun;
    if (frame) this.#taken++;
    this.busyMs += took;
    this.mostMs = Math.max(this.mostMs, took);
    if (!logits) return;
    if (this.#wants & wants.levels && this.source !== sources.frames) this.#sendLevel();
    if (this.#wants & wants.logits) this.#sendLogits(logits);
    if (decision?.detected !== undefined && this.#wants & wants.detections) {
      const score = Math.round(decision.score * 32768);
      this.#send(events.detection, { frame: this.frames, sample: this.samples, label: decision.detected, score });
    }
    this.frames++;
  }

  #sendLevel(): void {
    const { peak, rms } = this.#frontEnd!.level();
    this.#send(events.level, { frame: this.frames, peak: Math.round(peak * 32768), rms: Math.round(rms * 32768) });
  }

  #sendLogits(logits: Int16Array): void {
    const head = events.logits.payload;
    const bytes = new Uint8Array(head.bytes + logits.byteLength);
    head.write(bytes, 0, { frame: this.frames });
    bytes.set(new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength), head.bytes);
    this.#emit(events.logits.code, bytes);
  }

  #send(event: typeof events.detection | typeof events.level, values: Record<string, number>): void {
    const bytes = new Uint8Array(event.payload.bytes);
    event.payload.write(bytes, 0, values as never);
    this.#emit(event.code, bytes);
  }
}
