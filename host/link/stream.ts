// A stream to a board: samples or frames go in, as fast as the board takes them; detections, levels and logits come out.

import type { Values } from "../spec/layout.ts";
import { endings, events, type RequestName, requests, sources, wants } from "../spec/messages.ts";
import { UserError } from "../spec/user-error.ts";
import { companded } from "./compand.ts";
import type { LineCounts, Reply } from "./connection.ts";
import { partBytes } from "./frame.ts";
import { refusal } from "./refusal.ts";

export type StreamOptions = {
  /** `pcm16`: samples as they are; `pcm8`: µ-law, half the bytes; `frames`: feature frames, past the front end; `sensor`: the board's own. */
  source?: keyof typeof sources;
  /** Which events are wanted besides detections. */
  levels?: boolean;
  logits?: boolean;
  /** Go on with the model's states as they are. */
  keep?: boolean;
};

export type StreamEvent =
  | ({ type: "detection" } & Values<typeof events.detection.payload.fields>)
  | ({ type: "level" } & Values<typeof events.level.payload.fields>)
  | { type: "logits"; frame: number; logits: Int16Array };

/** What the board and the host's end of the line have counted. */
export type Statistics = Omit<Values<typeof requests.statistics.reply.fields>, "ticksHigh"> & { host: LineCounts };

/** @param payload of a reply to `statistics` or `streamStop` */
export function readStatistics(payload: Uint8Array, host: LineCounts): Statistics {
  const { ticks, ticksHigh, ...counts } = requests.statistics.reply.read(payload);
  return { ...counts, ticks: ticks + 2 ** 32 * ticksHigh, host: { ...host } };
}

/** What the model on the board expects: hop and rate are 0 if it has no front end. */
export type StreamFacts = Values<typeof requests.streamStart.reply.fields>;

type Line = {
  post: (name: RequestName, payload: Uint8Array) => Promise<void>;
  ask: (name: RequestName, payload?: Uint8Array) => Promise<Reply>;
  counts: LineCounts;
};

/** Iterate it for its events: it ends after `end`, and throws what went wrong. Made by `Session.stream`. */
export class SoundStream implements AsyncIterable<StreamEvent> {
  readonly #source: keyof typeof sources;
  readonly #options: StreamOptions;
  readonly #line: Line;
  #facts: StreamFacts | undefined;
  readonly #events: StreamEvent[] = [];
  #wake: () => void = () => {};
  #ended = false;
  #failure: Error | undefined;

  constructor(options: StreamOptions, line: Line) {
    this.#options = options;
    this.#source = options.source ?? "pcm16";
    this.#line = line;
  }

  /** Called by the session. */
  async open(): Promise<void> {
    const payload = new Uint8Array(requests.streamStart.payload.bytes);
    const { levels = false, logits = false, keep = false } = this.#options;
    const wanted = wants.detections + (levels ? wants.levels : 0) + (logits ? wants.logits : 0);
    const fields = { source: sources[this.#source], wants: wanted, keep: keep ? 1 : 0, reserved: 0 };
    requests.streamStart.payload.write(payload, 0, fields);
    const reply = await this.#line.ask("streamStart", payload);
    this.#facts = requests.streamStart.reply.read(reply.payload);
  }

  get facts(): StreamFacts {
    return this.#facts!;
  }

  /** Sends samples, or whole feature frames; resolves when the last is on the line. Throws if the stream has ended. */
  async write(samples: Int16Array): Promise<void> {
    const name = this.#source === "frames" ? "streamFrame" : "streamPcm";
    const bytes = this.#source === "pcm8" ? companded(samples) : littleEndian(samples);
    const unit = this.#source === "frames" ? 2 * this.facts.inputs : this.#source === "pcm16" ? 2 : 1;
    const most = partBytes(this.facts.payloadBytes, unit);
    for (let at = 0; at < bytes.length; at += most) {
      this.#throwIfOver();
      await this.#line.post(name, bytes.subarray(at, at + most));
    }
    this.#throwIfOver();
  }

  /** After the last frame, of a model that reads windows: asks for so many of the results that are still to come. */
  async drain(results: number): Promise<void> {
    const name = this.#source === "frames" ? "streamFrame" : "streamPcm";
    for (; results > 0; results--) {
      this.#throwIfOver();
      await this.#line.post(name, new Uint8Array());
    }
  }

  /** Ends the stream once all that was written is handled: then every event has come. */
  async end(): Promise<Statistics> {
    this.#throwIfOver();
    try {
      const { payload } = await this.#line.ask("streamStop");
      this.#throwIfOver();
      return readStatistics(payload, this.#line.counts);
    } catch (error) {
      throw this.#failure ?? error;
    } finally {
      this.#ended = true;
      this.#wake();
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<StreamEvent> {
    for (;;) {
      while (this.#events.length > 0) yield this.#events.shift()!;
      if (this.#failure) throw this.#failure;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Called by the session: an event of the board. */
  take(type: number, payload: Uint8Array): void {
    if (this.#ended || this.#failure || !this.#facts) return;
    if (type === events.trap.code) this.#trapped(payload);
    if (type === events.ended.code) this.#endedByBoard(events.ended.payload.read(payload).reason);
    const event = eventOf(type, payload);
    if (event) this.#events.push(event);
    this.#wake();
  }

  /** Called by the session: a message was refused, of the stream before as long as this one has not opened. */
  refuse(error: Error): void {
    if (this.#facts) this.fail(error);
  }

  /** Called by the session: nothing more will come. */
  fail(error: Error): void {
    if (this.#ended) return;
    this.#failure ??= error;
    this.#wake();
  }

  #trapped(payload: Uint8Array): void {
    const { error, frame, reverted } = events.trap.payload.read(payload);
    const doing = reverted === 1 ? "the model was dropped for the one before" : "the stream has ended";
    this.fail(refusal(`the model failed at frame ${frame}, ${doing}`, error));
  }

  #endedByBoard(reason: number): void {
    const why = reason === endings.reset ? "was reset by another program" : "has ended the stream";
    this.fail(new UserError(`the board ${why}`, "stream again; only one program may use a board"));
  }

  #throwIfOver(): void {
    if (this.#failure) throw this.#failure;
    if (this.#ended) throw new Error("the stream has ended");
  }
}

function eventOf(type: number, payload: Uint8Array): StreamEvent | undefined {
  if (type === events.detection.code) return { type: "detection", ...events.detection.payload.read(payload) };
  if (type === events.level.code) return { type: "level", ...events.level.payload.read(payload) };
  if (type !== events.logits.code) return undefined;
  const { frame } = events.logits.payload.read(payload);
  const values = payload.slice(events.logits.payload.bytes);
  return { type: "logits", frame, logits: new Int16Array(values.buffer) };
}

/** Every host that Node runs on is little-endian, as the wire is. */
const littleEndian = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer.slice(samples.byteOffset, samples.byteOffset + samples.byteLength) as ArrayBuffer);
