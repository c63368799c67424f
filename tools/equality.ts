// Whether a board gives the integers that V8 gives: every logit of every frame, over recordings that follow one another in one
// stream, states running on.
import { readDataSets } from "../host/data/data-set.ts";
import { Notices } from "../host/data/notices.ts";
import { readSound } from "../host/data/sound.ts";
import { FrontEndStream } from "../host/features/frontend.ts";
import { companded, expanded } from "../host/link/compand.ts";
import type { Session } from "../host/link/session.ts";
import { IntegerModel } from "../host/runtime/integer-model.ts";
import type { sources } from "../host/spec/messages.ts";

/** What goes to a board, and what has to come back. */
export type Reference = {
  source: keyof typeof sources;
  /** Samples, or whole frames, of each recording. */
  input: Int16Array[];
  /** Of each frame. */
  logits: Int16Array[];
};

export type Comparison = {
  logits: number;
  unequal: number;
  /** What is unequal first, if anything. */
  first?: string;
};

export const sampleRate = 16000;

/**
 * Recordings as a board is to get them, and what V8 says to them.
 * @param source `frames` are those that V8's front end makes of the recordings; through `pcm8` V8 hears what µ-law leaves of them
 */
export function reference(
  model: Uint8Array,
  source: Reference["source"],
  recordings: readonly Int16Array[],
): Reference {
  const v8 = new IntegerModel(model);
  const frontEnd = new FrontEndStream(v8.model.sections.get("FRNT")!.bytes);
  const input: Int16Array[] = [];
  const logits: Int16Array[] = [];
  for (const samples of recordings) {
    const frames = frontEnd.pushAll(source === "pcm8" ? expanded(companded(samples)) : samples);
    input.push(source === "frames" ? frames : samples);
    for (let at = 0; at < frames.length; at += frontEnd.bands)
      logits.push(v8.step(frames.subarray(at, at + frontEnd.bands)).slice());
  }
  return { source, input, logits };
}

/** Sends what is in a reference to the model that a board runs, and compares what comes back. */
export async function compare(session: Session, { source, input, logits }: Reference): Promise<Comparison> {
  const stream = await session.stream({ source, logits: true });
  const sent = (async () => {
    for (const piece of input) await stream.write(piece);
    await stream.end();
  })();
  sent.catch(() => {}); // the events end with the same error
  const comparison: Comparison = { logits: 0, unequal: 0 };
  let frames = 0;
  for await (const event of stream) {
    if (event.type !== "logits") continue;
    const wanted = logits[frames++] ?? [];
    const unequal = event.logits.filter((logit, i) => logit !== wanted[i]).length;
    if (unequal > 0) comparison.first ??= `frame ${frames - 1}: ${event.logits.join()} instead of ${wanted.join()}`;
    comparison.logits += event.logits.length;
    comparison.unequal += unequal;
  }
  await sent;
  if (frames !== logits.length) throw new Error(`${frames} frames came back instead of ${logits.length}`);
  return comparison;
}

/** Recordings of the test split, in turn one of each label. */
export async function testClips(folder: string, count: number): Promise<Int16Array[]> {
  const { clips } = await readDataSets([folder], new Notices());
  const test = clips.filter(({ split }) => split === "test");
  const labels = [...new Set(test.map(({ label }) => label))];
  const ofLabel = labels.map((wanted) => test.filter(({ label }) => label === wanted));
  const turns = Math.ceil(count / labels.length);
  return Array.from({ length: count }, (_, i) => {
    const some = ofLabel[i % labels.length];
    const turn = Math.floor(i / labels.length);
    return readSound(some[Math.floor((turn * some.length) / turns)].path, new Notices(), sampleRate).samples;
  });
}

/** Uses each item, two at a time: QEMU keeps a core busy. */
export async function twoAtATime<Item>(items: readonly Item[], use: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await use(item);
  };
  await Promise.all([worker(), worker()]);
}
