// What a board hears in tests, and what it must answer.
import { Random } from "../../host/data/random.ts";
import { Decoder } from "../../host/features/decoder.ts";
import type { Session } from "../../host/link/session.ts";
import type { StreamEvent, StreamOptions } from "../../host/link/stream.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";

const seed = 5;

/** Bursts of noise of changing loudness. */
export function sound(seconds: number): Int16Array {
  const random = new Random(seed, "sound");
  return Int16Array.from({ length: 16000 * seconds }, (_, i) => random.normal() * 2 ** (2 + ((i >> 12) % 12)));
}

export async function run(session: Session, options: StreamOptions, samples: Int16Array): Promise<StreamEvent[]> {
  const stream = await session.stream(options);
  const events: StreamEvent[] = [];
  const reading = (async () => {
    for await (const event of stream) events.push(event);
  })();
  reading.catch(() => {}); // write and end throw the same
  await stream.write(samples);
  await stream.end();
  await reading;
  return events;
}

/** What a board must send for these samples. */
export function expected(file: Uint8Array, frames: Int16Array): { logits: Int16Array[]; detected: number[] } {
  const model = new IntegerModel(file);
  const decoder = new Decoder(model.model.sections.get("OUTP")!.bytes);
  const logits: Int16Array[] = [];
  const detected: number[] = [];
  for (let at = 0; at < frames.length; at += model.inputs) {
    logits.push(model.step(frames.subarray(at, at + model.inputs)).slice());
    const { detected: label } = decoder.push(logits.at(-1)!);
    if (label !== undefined) detected.push(label);
  }
  return { logits, detected };
}

export const logitsOf = (events: StreamEvent[]): Int16Array[] =>
  events.flatMap((event) => (event.type === "logits" ? [event.logits] : []));

/** The first frame that differs, or that only one of the two has. */
export function differing(got: Int16Array[], wanted: Int16Array[]): number | undefined {
  const at = Array.from({ length: Math.max(got.length, wanted.length) }, (_, i) => i).find(
    (i) => `${got[i]}` !== `${wanted[i]}`,
  );
  return at;
}
