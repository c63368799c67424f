// The recordings of a keyword task, and the features that training sees: augmented copies of clips and composites, made
// when an epoch first needs them and kept.
import { setImmediate } from "node:timers/promises";
import { augmentClip, padClip, silenceClip } from "../../data/augment.ts";
import type { Split } from "../../data/clip.ts";
import { composite, silenceComposite } from "../../data/composite.ts";
import type { DataSet } from "../../data/data-set.ts";
import { negative } from "../../data/negatives.ts";
import { loadNoises } from "../../data/noise.ts";
import type { Notices } from "../../data/notices.ts";
import { Random } from "../../data/random.ts";
import { readSounds } from "../../data/sound.ts";
import { features } from "../../features/frontend.ts";
import type { FrontEnd } from "../../spec/frontend.ts";

/** Sequences of equal length: features [sequence][frame][band], and what is said in each. */
export type Sequences = {
  frames: number;
  features: Int16Array;
  /** What a feature's 1 is to the network. */
  unit: number;
  /** Position of the label. */
  classes: Uint8Array;
  /** The frame in which the word's second begins; −1 where there is no word but sound throughout. */
  starts: Int16Array;
};

/** Recordings in memory, all at the front end's rate. */
export type Sounds = {
  clips: Int16Array[];
  classes: number[];
  noises: Int16Array[];
};

/** How much sound is made besides the recordings. */
export type Amounts = {
  /** Clips of silence, as a part of the recorded ones. */
  silence: number;
  /** Composites of sounds that are no words; only where the model has both `unknown` and `silence` to call them. */
  negatives: number;
};

/** Frames of a clip of one second. */
export const clipFrames = ({ sampleRate, window, hop }: FrontEnd): number =>
  Math.floor((sampleRate - window) / hop) + 1;
/** Frames of a composite, two seconds and the rest of the last window. */
export const compositeFrames = ({ sampleRate, hop }: FrontEnd): number => Math.floor((2 * sampleRate) / hop);

/** Reads the clips of a split; files that cannot be read are left out, and noted. An aborted signal ends it early. */
export async function readSplit(
  dataSet: DataSet,
  split: Split,
  labels: readonly string[],
  rate: number,
  notices: Notices,
  signal?: AbortSignal,
): Promise<Sounds> {
  const chosen = dataSet.clips.filter((clip) => clip.split === split);
  const paths = chosen.map(({ path }) => path);
  const clips: Int16Array[] = [];
  const classes: number[] = [];
  for (const { index, sound } of readSounds(paths, notices, rate)) {
    clips.push(sound.samples);
    classes.push(labels.indexOf(chosen[index].label));
    if (index % 64 === 0) await setImmediate();
    if (signal?.aborted) break;
  }
  return { clips, classes, noises: loadNoises(dataSet, rate, notices) };
}

/** Clips of silence made for a split that has none. */
const madeSilence = 120;

/** Clips as they are, for validation and test; with clips of silence made of the noises where the split lacks the label. */
export async function plainClips(
  sounds: Sounds,
  labels: readonly string[],
  frontEnd: FrontEnd,
  signal?: AbortSignal,
): Promise<Sequences> {
  const { sampleRate } = frontEnd;
  const silence = labels.indexOf("silence");
  const made = silence >= 0 && !sounds.classes.includes(silence) ? madeSilence : 0;
  const random = new Random(99, "silence of validation");
  const out = sequences(sounds.clips.length + made, clipFrames(frontEnd), frontEnd);
  for (let i = 0; i < out.classes.length && !signal?.aborted; i++) {
    if (i % 64 === 0) await setImmediate();
    const clip = sounds.clips[i];
    const pcm = clip ? padClip(clip, sampleRate) : silenceClip(sounds.noises, sampleRate, random);
    place(out, i, features(pcm, frontEnd), clip ? sounds.classes[i] : silence, clip ? 0 : -1);
  }
  return out;
}

/** Makes augmented copies of what is said, each from the seed and its own number. */
export class Augmentation {
  readonly clipCount: number;
  readonly compositeCount: number;
  readonly #silence: number;
  readonly #others: Int16Array[];

  constructor(
    readonly sounds: Sounds,
    readonly labels: readonly string[],
    readonly frontEnd: FrontEnd,
    readonly amounts: Amounts,
    readonly seed: number,
  ) {
    const recorded = sounds.clips.length;
    this.#silence = labels.includes("silence") ? Math.round(amounts.silence * recorded) : 0;
    const unknown = labels.indexOf("unknown");
    this.#others = sounds.clips.filter((_, i) => sounds.classes[i] === unknown);
    this.clipCount = recorded + this.#silence;
    this.compositeCount = this.clipCount + (unknown >= 0 && labels.includes("silence") ? amounts.negatives : 0);
  }

  /** A copy of the clips: [clipCount][clipFrames][bands]. */
  async clips(copy: number, signal?: AbortSignal): Promise<Sequences> {
    const { sounds, frontEnd } = this;
    const out = sequences(this.clipCount, clipFrames(frontEnd), frontEnd);
    for (let i = 0; i < this.clipCount && !signal?.aborted; i++) {
      if (i % 64 === 0) await setImmediate();
      const random = new Random(this.seed, "clip", copy, i);
      const clip = sounds.clips[i];
      const { sampleRate } = frontEnd;
      const pcm = clip
        ? augmentClip(clip, sounds.noises, sampleRate, sampleRate, random)
        : silenceClip(sounds.noises, sampleRate, random);
      place(out, i, features(pcm, frontEnd), clip ? sounds.classes[i] : this.labels.indexOf("silence"), clip ? 0 : -1);
    }
    return out;
  }

  /** A copy of the composites: [compositeCount][compositeFrames][bands]. */
  async composites(copy: number, signal?: AbortSignal): Promise<Sequences> {
    const { sounds, frontEnd, labels } = this;
    const { sampleRate, window, hop } = frontEnd;
    const frames = compositeFrames(frontEnd);
    const length = (frames - 1) * hop + window;
    const sources = { words: sounds.clips, others: this.#others, noises: sounds.noises, sampleRate };
    const out = sequences(this.compositeCount, frames, frontEnd);
    for (let i = 0; i < this.compositeCount && !signal?.aborted; i++) {
      if (i % 32 === 0) await setImmediate();
      const random = new Random(this.seed, "composite", copy, i);
      if (i >= this.clipCount) {
        const { samples, label } = negative(sources, length, random);
        place(out, i, features(samples, frontEnd), labels.indexOf(label), -1);
        continue;
      }
      const clip = sounds.clips[i];
      const { samples, firstSample } = clip
        ? composite(clip, sounds.noises, sampleRate, length, random)
        : silenceComposite(sounds.noises, sampleRate, length, random);
      const label = clip ? sounds.classes[i] : labels.indexOf("silence");
      place(out, i, features(samples, frontEnd), label, Math.floor(firstSample / hop));
    }
    return out;
  }
}

function sequences(count: number, frames: number, { bands, format }: FrontEnd): Sequences {
  const features = new Int16Array(count * frames * bands);
  return { frames, features, unit: 2 ** -format, classes: new Uint8Array(count), starts: new Int16Array(count) };
}

function place(out: Sequences, i: number, values: Int16Array, label: number, start: number): void {
  const size = out.features.length / out.classes.length;
  out.features.set(values.subarray(0, size), i * size);
  out.classes[i] = label;
  out.starts[i] = start;
}
