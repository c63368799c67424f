// "engram/johnny-five": keywords and policies for programs that use johnny-five or firmata-io. It imports neither: it speaks through the
// Firmata object that the program has opened already, beside the pins.
import { EventEmitter } from "node:events";
import { Notices } from "../data/notices.ts";
import { rawSamples } from "../data/raw-samples.ts";
import { readSound } from "../data/sound.ts";
import type { Episode } from "../evolve/episode.ts";
import { type FirmataIo, firmataCarrier } from "../link/carrier.ts";
import { connect, type Session, type Statistics } from "../link/session.ts";
import { readModel } from "../model/model.ts";
import { wire } from "../spec/messages.ts";
import { playing } from "../tasks/runner.ts";
import { boardRunner } from "./board-runner.ts";
import { type Detection, type Level, listen, overhear } from "./listening.ts";

export type { Detection, Level };

/** Talks with the board's model. */
class OfBoard<Events extends Record<keyof Events, unknown[]>> extends EventEmitter<Events> {
  readonly #io: FirmataIo;
  #session: Promise<Session> | undefined;

  /** @param board a johnny-five Board after its "ready", or the Firmata object (firmata-io) itself */
  constructor(board: FirmataIo | { io: FirmataIo }) {
    super();
    this.#io = "io" in board ? board.io : board;
  }

  /** Writes a model file into the board, unless it runs that one already. UserError if the board refuses it. */
  async flash(model: Uint8Array): Promise<void> {
    const session = await this.connected();
    await session.flashModel(model);
  }

  /** Ends the talk with the board's model; the Firmata object stays open. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    session?.close();
  }

  protected connected(): Promise<Session> {
    this.#session ??= connect(firmataCarrier(this.#io, wire.sysex));
    return this.#session;
  }
}

/** Emits "detection" ({ label, score, time, latency }) and "level" ({ peak, rms, time }). */
export class Keywords extends OfBoard<{ detection: [Detection]; level: [Level] }> {
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
    const heard = listen(await this.connected(), soundAt, { ...options, levels: this.listenerCount("level") > 0 });
    for (;;) {
      const { done, value } = await heard.next();
      if (done) return value;
      this.#tell(value);
    }
  }

  /**
   * Emits what a board with a microphone of its own hears, without disturbing it, until the signal aborts.
   * @throws UserError if the board has none
   */
  async overhear(options: { signal?: AbortSignal } = {}): Promise<void> {
    const heard = overhear(await this.connected(), { ...options, levels: this.listenerCount("level") > 0 });
    for await (const event of heard) this.#tell(event);
  }

  #tell(event: Detection | Level): void {
    if (event.type === "detection") this.emit("detection", event);
    else this.emit("level", event);
  }
}

/** Emits "result" (a Float32Array) for each frame that the board's model has answered: what is to be done. */
export class Policy extends OfBoard<{ result: [Float32Array] }> {
  /**
   * Plays an episode with the board's model, from a fresh start: each result goes to who listens for it, then into the world.
   * @param episode a generator that yields frames and is given the result of each
   * @returns what the episode returns
   */
  async play<Outcome>(episode: Episode<Outcome>): Promise<Outcome> {
    const session = await this.connected();
    const model = readModel(await session.readModel(), "the board's model");
    return playing(boardRunner(session, model))(this.#heard(episode));
  }

  *#heard<Outcome>(episode: Episode<Outcome>): Episode<Outcome> {
    let turn = episode.next();
    while (!turn.done) {
      const result = yield turn.value;
      this.emit("result", result);
      turn = episode.next(result);
    }
    return turn.value;
  }
}

async function* fileSound(path: string, sampleRate: number): AsyncGenerator<Int16Array> {
  const { samples } = readSound(path, new Notices(), sampleRate);
  const padded = new Int16Array(samples.length + sampleRate); // a second of quiet, in which the last word is decided
  padded.set(samples);
  const piece = Math.round(sampleRate / 20);
  for (let at = 0; at < padded.length; at += piece) yield padded.subarray(at, at + piece);
}
