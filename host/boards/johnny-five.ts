// "engram/johnny-five": keywords for programs that use johnny-five or firmata-io. It imports neither: it speaks through the
// Firmata object that the program has opened already, beside the pins.
import { EventEmitter } from "node:events";
import { Notices } from "../data/notices.ts";
import { rawSamples } from "../data/raw-samples.ts";
import { readSound } from "../data/sound.ts";
import { type FirmataIo, firmataCarrier } from "../link/carrier.ts";
import { connect, type Session, type Statistics } from "../link/session.ts";
import { wire } from "../spec/messages.ts";
import { type Detection, type Level, listen } from "./listening.ts";

export type { Detection, Level };

/** Emits "detection" ({ label, score, time, latency }) and "level" ({ peak, rms, time }). */
export class Keywords extends EventEmitter<{ detection: [Detection]; level: [Level] }> {
  readonly #io: FirmataIo;
  #session: Promise<Session> | undefined;

  /** @param board a johnny-five Board after its "ready", or the Firmata object (firmata-io) itself */
  constructor(board: FirmataIo | { io: FirmataIo }) {
    super();
    this.#io = "io" in board ? board.io : board;
  }

  /** Writes a model file into the board, unless it runs that one already. UserError if the board refuses it. */
  async flash(model: Uint8Array): Promise<void> {
    const session = await this.#connected();
    await session.flashModel(model);
  }

  /**
   * Sends sound to the board's model and emits what it hears, until the sound ends.
   * @param sound a wav or FLAC file, or a stream of 16-bit little-endian mono samples at the model's rate
   * @param options `realtime`: no faster than spoken, which a file needs if pins shall move when its words are said
   */
  async listen(
    sound: string | AsyncIterable<Uint8Array>,
    options: { realtime?: boolean; signal?: AbortSignal } = {},
  ): Promise<Statistics> {
    const soundAt = (sampleRate: number) =>
      typeof sound === "string" ? fileSound(sound, sampleRate) : rawSamples(sound);
    const heard = listen(await this.#connected(), soundAt, { ...options, levels: this.listenerCount("level") > 0 });
    for (;;) {
      const { done, value } = await heard.next();
      if (done) return value;
      if (value.type === "detection") this.emit("detection", value);
      else this.emit("level", value);
    }
  }

  /** Ends the talk with the board's model; the Firmata object stays open. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    session?.close();
  }

  #connected(): Promise<Session> {
    this.#session ??= connect(firmataCarrier(this.#io, wire.sysex));
    return this.#session;
  }
}

async function* fileSound(path: string, sampleRate: number): AsyncGenerator<Int16Array> {
  const { samples } = readSound(path, new Notices(), sampleRate);
  const padded = new Int16Array(samples.length + sampleRate); // a second of quiet, in which the last word is decided
  padded.set(samples);
  const piece = Math.round(sampleRate / 20);
  for (let at = 0; at < padded.length; at += piece) yield padded.subarray(at, at + piece);
}
