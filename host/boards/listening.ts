// Sound to a board, and what it hears in it: labels instead of numbers, seconds instead of samples.

import { readOutput } from "../features/output-section.ts";
import type { Session, Statistics } from "../link/session.ts";
import type { SoundStream } from "../link/stream.ts";
import { readModel } from "../model/model.ts";
import { frontEndHead } from "../spec/frontend.ts";
import { UserError } from "../spec/user-error.ts";

/** `time`: seconds of sound from the stream's start to the end of the frame; `latency`: from when its last sample was sent. */
export type Detection = { type: "detection"; time: number; label: string; score: number; latency: number };
/** Fractions of full scale. */
export type Level = { type: "level"; time: number; peak: number; rms: number };

export type ListenOptions = {
  /** Send samples no faster than they are spoken. */
  realtime?: boolean;
  levels?: boolean;
  /** Go on from the states that the model has, instead of from a fresh start. */
  keep?: boolean;
  /** Ends the stream in order: what was sent is still decided. */
  signal?: AbortSignal;
};

/**
 * Streams sound to the board's model.
 * @param soundAt makes the pieces of sound, 16-bit mono, at the model's rate
 * @returns what the board counted, after all it detected
 * @throws UserError if the board has no model, its model takes no sound, or the link fails
 */
export async function* listen(
  session: Session,
  soundAt: (sampleRate: number) => AsyncIterable<Int16Array>,
  options: ListenOptions = {},
): AsyncGenerator<Detection | Level, Statistics> {
  const { labels, owed, window } = await heardBy(session);
  const stream = await session.stream({ levels: options.levels, keep: options.keep });
  const { sampleRate, hop } = stream.facts;
  const feeding = new Feeding(stream, sampleRate, owed);
  const fed = feeding.run(soundAt(sampleRate), options);
  fed.catch(() => {}); // thrown below, when all events are out
  for await (const event of stream) {
    if (event.type === "detection") {
      // What reads windows decides later than the frame ended.
      const sample = owed > 0 ? window + event.frame * hop : feeding.unwrapped(event.sample);
      const { label, score } = event;
      const [time, latency] = [sample / sampleRate, feeding.since(sample)];
      yield { type: "detection", time, label: labels[label], score: score / 32768, latency };
    } else if (event.type === "level") {
      const { frame, peak, rms } = event;
      yield { type: "level", time: (frame * hop) / sampleRate, peak: peak / 32768, rms: rms / 32768 };
    }
  }
  return fed;
}

/**
 * What a board with a sensor hears by itself, without disturbing it.
 * @throws UserError if it has no sensor, or no model that takes its sound
 */
export async function* overhear(session: Session, options: ListenOptions = {}): AsyncGenerator<Detection | Level> {
  const { labels } = await heardBy(session);
  const stream = await session.stream({ source: "sensor", levels: options.levels, keep: true });
  const { sampleRate, hop } = stream.facts;
  options.signal?.addEventListener("abort", () => void stream.end().catch(() => {}), { once: true });
  for await (const event of stream) {
    if (event.type === "detection") {
      const { sample, label, score } = event;
      yield { type: "detection", time: sample / sampleRate, label: labels[label], score: score / 32768, latency: 0 };
    } else if (event.type === "level") {
      const { frame, peak, rms } = event;
      yield { type: "level", time: (frame * hop) / sampleRate, peak: peak / 32768, rms: rms / 32768 };
    }
  }
}

/** Labels of the board's model, and those of them that are never detected. */
export async function modelLabels(session: Session): Promise<{ labels: string[]; quiet: string[] }> {
  const { labels, quiet } = await heardBy(session);
  return { labels, quiet };
}

// The model that the board runs: its labels, the samples of a frame, and how many results it may owe when the sound has ended.
async function heardBy(session: Session): Promise<{ labels: string[]; quiet: string[]; window: number; owed: number }> {
  const { sections, window: reads } = readModel(await session.readModel(), "the board's model");
  const [front, output] = [sections.get("FRNT"), sections.get("OUTP")];
  if (!front) throw new UserError("the board's model takes no sound", "flash a model with a front end");
  if (!output) throw new UserError("the board's model has no labels", "flash a model that was trained for a task");
  const { window } = frontEndHead.read(front.bytes);
  const { labels, quiet } = readOutput(output.bytes);
  return { labels, quiet, window, owed: reads ? reads.hop + reads.after - 1 : 0 };
}

/** More than can be on their way, however small they are. */
const piecesKept = 10_000;

/** Writes pieces to a stream and remembers when each of the last went out. */
class Feeding {
  readonly #stream: SoundStream;
  readonly #sampleRate: number;
  readonly #owed: number;
  /** Samples sent before a moment (ms), in order. */
  readonly #sent: { samples: number; at: number }[] = [];
  #samples = 0;

  constructor(stream: SoundStream, sampleRate: number, owed: number) {
    this.#stream = stream;
    this.#sampleRate = sampleRate;
    this.#owed = owed;
  }

  async run(sound: AsyncIterable<Int16Array>, { realtime = false, signal }: ListenOptions): Promise<Statistics> {
    const begun = performance.now();
    let failure: unknown;
    try {
      for await (const piece of sound) {
        if (signal?.aborted) break;
        this.#samples += piece.length;
        if (realtime) await pause(begun + (this.#samples / this.#sampleRate) * 1000 - performance.now());
        this.#sent.push({ samples: this.#samples, at: performance.now() });
        if (this.#sent.length > piecesKept) this.#sent.shift();
        await this.#stream.write(piece);
      }
      if (this.#owed > 0) await this.#stream.drain(this.#owed);
    } catch (error) {
      failure = error;
    }
    const statistics = await this.#stream.end();
    if (failure) throw failure;
    return statistics;
  }

  /** The board counts samples in 32 bits, 74 hours of them; none that it speaks of lies further back. */
  unwrapped(sample: number): number {
    return this.#samples - ((this.#samples - sample) >>> 0);
  }

  /** Seconds since that sample was sent. */
  since(sample: number): number {
    while (this.#sent.length > 1 && this.#sent[0].samples < sample) this.#sent.shift();
    return (performance.now() - (this.#sent[0]?.at ?? performance.now())) / 1000;
  }
}

const pause = (ms: number): Promise<void> | undefined =>
  ms > 0 ? new Promise((resolve) => void setTimeout(resolve, ms)) : undefined;
