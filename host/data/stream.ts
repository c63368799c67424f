// The evaluation stream: test clips between gaps, over noise that changes, for hours. Everything follows from a seed.
// Clips are taken for a second long: longer ones may run into the next.
import { add, cutNoise, gainTo } from "./mixing.ts";
import { Random } from "./random.ts";
import { toInt16 } from "./sound.ts";

/** A spoken word in a stream; `startSample` counts from the stream's start. */
export type StreamEvent = { clip: number; label: string; word: string; startSample: number };

/** One sixteenth of a stream. It ends with noise alone. */
export type StreamPart = { startSample: number; length: number; events: StreamEvent[] };

/** A whole stream before it sounds. Models keep their state from its first to its last sample. */
export type StreamPlan = {
  sampleRate: number;
  seed: number;
  length: number;
  parts: StreamPart[];
  events: StreamEvent[];
};

/** What a plan must know of a clip. */
export type StreamClip = { label: string; word: string };

const PARTS = 16;

/**
 * Lays clips out in time: after a gap of 0.3 s and an exponential part with mean 2 s each, in random order, every clip once
 * before any comes again. Clips labelled `silence` do not take part.
 * @param hours above 0; the last minute of each part (a quarter of it, if that is less) is noise alone
 */
export function planStream(clips: readonly StreamClip[], sampleRate: number, hours: number, seed: number): StreamPlan {
  const partLength = Math.round((hours * 3600 * sampleRate) / PARTS);
  const tail = Math.min(60 * sampleRate, partLength >> 2);
  const random = new Random(seed, "stream");
  const next = deal(clips, random);
  const gap = (least: number) => Math.round(sampleRate * (least + random.exponential(2)));
  const parts: StreamPart[] = [];
  for (let p = 0; p < PARTS; p++) {
    const events: StreamEvent[] = [];
    const startSample = p * partLength;
    for (let at = gap(1); at + sampleRate <= partLength - tail; at += sampleRate + gap(0.3)) {
      const clip = next();
      if (clip === undefined) break;
      events.push({ clip, label: clips[clip].label, word: clips[clip].word, startSample: startSample + at });
    }
    parts.push({ startSample, length: partLength, events });
  }
  return { sampleRate, seed, length: PARTS * partLength, parts, events: parts.flatMap((part) => part.events) };
}

/**
 * The sound of a stream, part after part, in chunks of at most a second.
 * @param load the samples of a clip by its index, at the plan's rate
 */
export function* playStream(
  plan: StreamPlan,
  load: (clip: number) => Int16Array,
  noises: readonly Int16Array[],
): Generator<Int16Array> {
  for (let part = 0; part < plan.parts.length; part++) yield* playPart(plan, part, load, noises);
}

/** The sound of one part: parts are independent, so that they can be made at once. */
export function* playPart(
  plan: StreamPlan,
  part: number,
  load: (clip: number) => Int16Array,
  noises: readonly Int16Array[],
): Generator<Int16Array> {
  const { startSample, length, events } = plan.parts[part];
  const background = changingNoise(noises, plan.sampleRate, new Random(plan.seed, "noise", part));
  let ringing: { samples: Int16Array; start: number }[] = [];
  let nextEvent = 0;
  for (let from = 0; from < length; from += plan.sampleRate) {
    const chunk = background(Math.min(plan.sampleRate, length - from));
    const end = from + chunk.length;
    for (; nextEvent < events.length && events[nextEvent].startSample - startSample < end; nextEvent++)
      ringing.push({ samples: load(events[nextEvent].clip), start: events[nextEvent].startSample - startSample });
    for (const { samples, start } of ringing) add(chunk, samples, start - from);
    ringing = ringing.filter(({ samples, start }) => start + samples.length > end);
    yield toInt16(chunk);
  }
}

// Indices of clips, shuffled anew each time that all have come; undefined if there are none.
function deal(clips: readonly StreamClip[], random: Random): () => number | undefined {
  const spoken = [...clips.keys()].filter((index) => clips[index].label !== "silence");
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = random.shuffle([...spoken]);
    return left.pop();
  };
}

// Noise whose recording and level (RMS log-uniform 5 … 400) change every 8 to 30 seconds.
function changingNoise(
  noises: readonly Int16Array[],
  sampleRate: number,
  random: Random,
): (length: number) => Float32Array {
  let current = new Float32Array(0);
  let at = 0;
  return (length) => {
    const out = new Float32Array(length);
    for (let filled = 0; filled < length; ) {
      if (at >= current.length) {
        current = cutNoise(noises, Math.round(sampleRate * random.uniform(8, 30)), random) as Float32Array<ArrayBuffer>;
        const gain = gainTo(random.logUniform(5, 400), current);
        for (let i = 0; i < current.length; i++) current[i] *= gain;
        at = 0;
      }
      const piece = current.subarray(at, at + length - filled);
      out.set(piece, filled);
      filled += piece.length;
      at += piece.length;
    }
    return out;
  };
}
