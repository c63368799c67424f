// What a model is worth: on clips, and on a stream whose state is never reset.
import { padClip } from "../../data/augment.ts";
import type { Clip, Split } from "../../data/clip.ts";
import type { DataSet } from "../../data/data-set.ts";
import { loadNoises } from "../../data/noise.ts";
import type { Notices } from "../../data/notices.ts";
import { readSounds } from "../../data/sound.ts";
import { planStream, playStream, type StreamEvent } from "../../data/stream.ts";
import { type Detection, type StreamScore, scoreStream } from "../../data/stream-score.ts";
import { UNHEARD, unheard } from "../../data/unheard.ts";
import { Decoder } from "../../features/decoder.ts";
import { UserError } from "../../spec/user-error.ts";
import type { Listener } from "./listener.ts";

export type Progress = (done: number, all: number) => void;

/** Fractions are 0 … 1; labels in the model's order. */
export type ClipScore = {
  accuracy: number;
  clips: number;
  labels: readonly string[];
  /** Recall by label, null where the split has no clip of it. */
  perClass: Record<string, number | null>;
  /** [true label][decided label], counts. */
  confusion: number[][];
  /** Index of the decided label by clip, −1 where it could not be read. */
  decisions: Int8Array;
  /** Seconds of sound. */
  seconds: number;
};

/** Clips are padded or cut to this. */
export const clipSeconds = 1;

/**
 * Decides every clip of a split, each from a fresh start.
 * @param gain what every sample is multiplied with, rounded and limited to 16 bits
 * @throws UserError if the split has no clips of the model's labels
 */
export async function evaluateClips(
  listener: Listener,
  dataSet: DataSet,
  split: Split,
  gain: number,
  notices: Notices,
  onProgress: Progress = () => {},
  signal?: AbortSignal,
): Promise<ClipScore> {
  const { labels, sampleRate } = listener;
  const clips = clipsOf(dataSet, split, labels);
  const decoder = new Decoder(listener.decoder);
  const confusion = labels.map(() => labels.map(() => 0));
  const decisions = new Int8Array(clips.length).fill(-1);
  const length = clipSeconds * sampleRate;
  const paths = clips.map(({ path }) => path);
  let read = 0;
  let breath = performance.now();
  for (const { index, sound } of readSounds(paths, notices, sampleRate)) {
    await listener.reset();
    const decided = decoder.clip(await listener.hear(padClip(amplified(sound.samples, gain), length)));
    decisions[index] = decided;
    confusion[labels.indexOf(clips[index].label)][decided]++;
    read++;
    if (performance.now() - breath < 100) continue;
    onProgress(index + 1, clips.length);
    await new Promise(setImmediate); // so that Ctrl-C is heard
    signal?.throwIfAborted();
    breath = performance.now();
  }
  if (read === 0) throw unreadable(dataSet, split, notices);
  const right = confusion.reduce((sum, row, i) => sum + row[i], 0);
  const recalls = labels.map((label, i): [string, number | null] => {
    const all = confusion[i].reduce((a, b) => a + b, 0);
    return [label, all > 0 ? confusion[i][i] / all : null];
  });
  const perClass = Object.fromEntries(recalls);
  return { accuracy: right / read, clips: read, labels, perClass, confusion, decisions, seconds: read * clipSeconds };
}

function amplified(samples: Int16Array, gain: number): Int16Array {
  return gain === 1 ? samples : samples.map((value) => Math.max(-32768, Math.min(32767, Math.round(value * gain))));
}

export type StreamResult = StreamScore & { threshold: number };
export type UnheardResult = { threshold: number } & Record<(typeof UNHEARD)[number], number>;

/**
 * Plays a split's clips between gaps of changing noise and scores what is detected, at each of the thresholds.
 * @param hours of sound, above 0
 */
export async function evaluateStream(
  listener: Listener,
  dataSet: DataSet,
  split: Split,
  options: { hours: number; seed: number; thresholds: readonly number[] },
  notices: Notices,
  onProgress: Progress = () => {},
  signal?: AbortSignal,
): Promise<StreamResult[]> {
  const { sampleRate } = listener;
  const { clips, sounds } = await readClips(dataSet, split, listener, notices, signal);
  const noises = loadNoises(dataSet, sampleRate, notices);
  const plan = planStream(clips, sampleRate, options.hours, options.seed);
  const load = (clip: number): Int16Array => padClip(sounds[clip], clipSeconds * sampleRate);
  const chunks = counted(playStream(plan, load, noises), plan.length, onProgress, signal);
  const detections = await detect(listener, chunks, options.thresholds);
  const events: StreamEvent[] = plan.events;
  return options.thresholds.map((threshold, i) => ({
    threshold,
    ...scoreStream(detections[i], events, sampleRate, plan.length / sampleRate),
  }));
}

/** False accepts an hour in sounds that are no words, at each of the thresholds. */
export async function evaluateUnheard(
  listener: Listener,
  dataSet: DataSet,
  split: Split,
  options: { minutes: number; seed: number; thresholds: readonly number[] },
  notices: Notices,
  onProgress: Progress = () => {},
  signal?: AbortSignal,
): Promise<UnheardResult[]> {
  const { sampleRate } = listener;
  const { clips, sounds } = await readClips(dataSet, split, listener, notices, signal);
  const words = sounds.filter((_, i) => clips[i].label !== "silence");
  const others = sounds.filter((_, i) => clips[i].label === "unknown");
  const seconds = 60 * options.minutes;
  const results = options.thresholds.map((threshold) => ({ threshold, tones: 0, reversed: 0, babble: 0 }));
  for (const kind of UNHEARD) {
    const sound = unheard(kind, { words, others, sampleRate }, seconds, options.seed);
    const chunks = counted(sound, seconds * sampleRate, onProgress, signal);
    const detections = await detect(listener, chunks, options.thresholds);
    for (const [i, found] of detections.entries()) results[i][kind] = (found.length * 3600) / seconds;
  }
  return results;
}

// Runs the network once and a decoder for each threshold.
async function detect(
  listener: Listener,
  chunks: AsyncIterable<Int16Array>,
  thresholds: readonly number[],
): Promise<Detection[][]> {
  const { labels, window, hop, sampleRate } = listener;
  const decoders = thresholds.map((threshold) => new Decoder({ ...listener.decoder, threshold }));
  const found: Detection[][] = thresholds.map(() => []);
  let frame = 0;
  await listener.reset();
  for await (const chunk of chunks) {
    const logits = await listener.hear(chunk);
    for (let at = 0; at < logits.length; at += labels.length, frame++) {
      for (const [i, decoder] of decoders.entries()) {
        const { detected } = decoder.push(logits.subarray(at, at + labels.length));
        if (detected === undefined) continue;
        found[i].push({ label: labels[detected], seconds: (frame * hop + window) / sampleRate });
      }
    }
  }
  return found;
}

async function* counted(
  chunks: Iterable<Int16Array>,
  length: number,
  onProgress: Progress,
  signal?: AbortSignal,
): AsyncGenerator<Int16Array> {
  let done = 0;
  let breath = performance.now();
  for (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    if (performance.now() - breath < 100) continue;
    onProgress(done, length);
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    breath = performance.now();
  }
}

// A split's clips with their samples; those that cannot be read are left out, and noted.
async function readClips(
  dataSet: DataSet,
  split: Split,
  { labels, sampleRate }: Listener,
  notices: Notices,
  signal?: AbortSignal,
): Promise<{ clips: Clip[]; sounds: Int16Array[] }> {
  const all = clipsOf(dataSet, split, labels);
  const clips: Clip[] = [];
  const sounds: Int16Array[] = [];
  const paths = all.map(({ path }) => path);
  for (const { index, sound } of readSounds(paths, notices, sampleRate)) {
    clips.push(all[index]);
    sounds.push(sound.samples);
    if (clips.length % 64 === 0) await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  if (clips.length === 0) throw unreadable(dataSet, split, notices);
  return { clips, sounds };
}

function unreadable({ name }: DataSet, split: Split, notices: Notices): UserError {
  return new UserError(`no ${split} clip of ${name} can be read`, notices.lines.join("; "));
}

function clipsOf(dataSet: DataSet, split: Split, labels: readonly string[]): Clip[] {
  const clips = dataSet.clips.filter((clip) => clip.split === split && labels.includes(clip.label));
  if (clips.length > 0) return clips;
  throw new UserError(
    `${dataSet.name} has no ${split} clips of ${labels.join(", ")}`,
    "check --data and --split; a folder a label, named as the model's labels, is expected",
  );
}
