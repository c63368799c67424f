// Sounds for testing false accepts that no model was trained on: tones, reversed speech, babble. Other clips (test split),
// other seeds and other generators than those of the training's negatives.
import { add, reversed, scale } from "./mixing.ts";
import { Random } from "./random.ts";
import { toInt16 } from "./sound.ts";
import { tone } from "./tone.ts";

/** The kinds of sound, by what they are called in reports. */
export const UNHEARD = ["tones", "reversed", "babble"] as const;

export type UnheardSources = {
  words: readonly Int16Array[]; // test clips of any word but silence: reversed
  others: readonly Int16Array[]; // test clips of words outside the labels: six voices of them are the babble
  sampleRate: number;
};

/**
 * `seconds` of one kind in chunks of at most a second, the same for the same seed. A kind whose clips are missing yields nothing.
 */
export function* unheard(
  kind: (typeof UNHEARD)[number],
  sources: UnheardSources,
  seconds: number,
  seed: number,
): Generator<Int16Array> {
  const { words, others, sampleRate } = sources;
  const random = new Random(seed, "unheard", kind);
  if (kind === "tones") return yield* chunked([notes(sampleRate, random)], 1, seconds, sampleRate);
  const clips = kind === "reversed" ? words.map(reversed) : others;
  if (clips.length === 0) return;
  const voices = kind === "reversed" ? 1 : 6;
  const speakers = Array.from({ length: voices }, (_, k) => speaker(clips, sampleRate, new Random(seed, kind, k)));
  yield* chunked(speakers, 1 / Math.sqrt(voices), seconds, sampleRate);
}

/** A sound that starts `after` samples behind the start of the one before. */
type Placed = { samples: ArrayLike<number>; after: number };

// Notes of the tempered scale, A2 to A5, one after the other, each dying away.
function* notes(sampleRate: number, random: Random): Generator<Placed> {
  for (let after = 0; ; ) {
    const length = Math.round(sampleRate * random.uniform(0.1, 0.6));
    let pitch = 110;
    for (let step = random.int(37); step > 0; step--) pitch *= 1.0594630943592953;
    const partials = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6];
    const note = tone({ from: pitch, to: pitch, partials, attack: 0, decay: random.uniform(1, 6) }, length, sampleRate);
    yield { samples: scale(note, random.uniform(300, 6000)), after };
    after = length;
  }
}

// Word after word, with the ends overlapping now and then.
function* speaker(clips: readonly Int16Array[], sampleRate: number, random: Random): Generator<Placed> {
  for (let after = 0; ; after = Math.round(sampleRate * random.uniform(0.55, 1)))
    yield { samples: random.pick(clips), after };
}

// The sum of several endless sequences of sounds, cut into chunks.
function* chunked(
  sequences: Generator<Placed>[],
  factor: number,
  seconds: number,
  sampleRate: number,
): Generator<Int16Array> {
  const total = Math.round(seconds * sampleRate);
  const running = sequences.map((sequence) => ({ sequence, start: 0, next: sequence.next().value as Placed }));
  let ringing: { samples: ArrayLike<number>; start: number }[] = [];
  for (let from = 0; from < total; from += sampleRate) {
    const chunk = new Float32Array(Math.min(sampleRate, total - from));
    for (const voice of running) {
      while (voice.start + voice.next.after < from + chunk.length) {
        voice.start += voice.next.after;
        ringing.push({ samples: voice.next.samples, start: voice.start });
        voice.next = voice.sequence.next().value as Placed;
      }
    }
    for (const { samples, start } of ringing) add(chunk, samples, start - from, factor);
    ringing = ringing.filter(({ samples, start }) => start + samples.length > from + chunk.length);
    yield toInt16(chunk);
  }
}
