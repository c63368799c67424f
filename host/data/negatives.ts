// Sounds that are no word of the model's, for training: without them a model fires on music, reversed speech and babble a
// thousand times an hour. The test's own (unheard.ts) come from other clips, seeds and generators.
import { add, cutNoise, gainTo, peak, reversed, scale } from "./mixing.ts";
import { noise } from "./noise.ts";
import type { Random } from "./random.ts";
import { toInt16 } from "./sound.ts";
import { tone } from "./tone.ts";

/** What negatives are made of: clips of the train split, and noises; all at one rate. */
export type NegativeSources = {
  words: readonly Int16Array[]; // any words: used reversed
  others: readonly Int16Array[]; // words outside the labels; may be empty, then only reversed voices are mixed
  noises: readonly Int16Array[];
  sampleRate: number;
};

type Kind = {
  /** What a model should say to it, where it has both labels. */
  label: "unknown" | "silence";
  /** How often, among all kinds. */
  weight: number;
  make(sources: NegativeSources, length: number, random: Random): Float32Array;
};

/** The kinds, by name. */
export const NEGATIVES: Record<string, Kind> = {
  reversed: { label: "unknown", weight: 4, make: (sources, length, random) => voices(sources, length, 1, 1, random) },
  twoReversed: {
    label: "unknown",
    weight: 2,
    make: (sources, length, random) => voices(sources, length, 2, 1, random),
  },
  babble: {
    label: "unknown",
    weight: 5,
    make: (sources, length, random) => voices(sources, length, 3 + random.int(5), 0.4, random),
  },
  tones: { label: "silence", weight: 2, make: melodies },
  chords: { label: "silence", weight: 1, make: chord },
  sweeps: { label: "silence", weight: 1, make: sweeps },
  clicks: { label: "silence", weight: 0.5, make: clicks },
  brown: {
    label: "silence",
    weight: 0.5,
    make: ({ sampleRate }, length, random) =>
      scale(noise("brown", length, sampleRate, random), random.logUniform(0.01, 8)),
  },
};

/** One negative of a random kind (or a given one), with quiet background noise. */
export function negative(
  sources: NegativeSources,
  length: number,
  random: Random,
  name = pickKind(random),
): { name: string; label: "unknown" | "silence"; samples: Int16Array } {
  const { label, make } = NEGATIVES[name];
  const samples = make(sources, length, random);
  const background = cutNoise(sources.noises, length, random);
  add(samples, background, 0, gainTo(random.logUniform(3, 300), background));
  return { name, label, samples: toInt16(samples) };
}

function pickKind(random: Random): string {
  const kinds = Object.entries(NEGATIVES);
  let rest = random.uniform() * kinds.reduce((sum, [, kind]) => sum + kind.weight, 0);
  for (const [name, kind] of kinds) {
    rest -= kind.weight;
    if (rest < 0) return name;
  }
  return kinds[0][0];
}

// Several voices at once, each word after word; a part of all words backwards.
function voices(
  sources: NegativeSources,
  length: number,
  count: number,
  backwards: number,
  random: Random,
): Float32Array {
  const { words, others, sampleRate } = sources;
  const out = new Float32Array(length);
  for (let voice = 0; voice < count; voice++) {
    for (let at = -random.int(Math.ceil(0.75 * sampleRate)); at < length; ) {
      const back = others.length === 0 || random.chance(backwards);
      add(out, back ? reversed(random.pick(words)) : random.pick(others), at);
      at += Math.round(sampleRate * random.uniform(0.55, 1.1));
    }
  }
  return scale(out, random.logUniform(0.3, 1.8) / Math.sqrt(count));
}

// One to three voices of notes with vibrato, at any pitch.
function melodies({ sampleRate }: NegativeSources, length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  for (let voice = 1 + random.int(3); voice > 0; voice--) {
    for (let at = 0; at < length; ) {
      const samples = Math.round(sampleRate * random.uniform(0.08, 1));
      const pitch = random.uniform(80, 900);
      const note = tone(
        {
          from: pitch,
          to: pitch,
          partials: overtones(2 + random.int(8), random),
          attack: random.uniform(0.005, 0.1),
          decay: random.uniform(0, 5),
          vibrato: { depth: random.uniform(0, 0.08), rate: random.uniform(3, 7) },
        },
        samples,
        sampleRate,
      );
      add(out, note, at);
      at += Math.round(samples * random.uniform(0.6, 1.3));
    }
  }
  return atRandomLevel(out, random);
}

// Three or four notes held together, changed up to twice.
function chord({ sampleRate }: NegativeSources, length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  for (let at = 0; at < length; ) {
    const samples = Math.round(sampleRate * random.uniform(0.7, 2));
    const root = random.logUniform(60, 500);
    for (const ratio of [1, random.pick([1.189, 1.26]), 1.498, random.pick([2, 1.782])]) {
      const pitch = root * ratio;
      const partials = overtones(3 + random.int(5), random);
      add(
        out,
        tone({ from: pitch, to: pitch, partials, attack: 0.02, decay: random.uniform(0, 3) }, samples, sampleRate),
        at,
      );
    }
    at += samples;
  }
  return atRandomLevel(out, random);
}

// Gliding tones, such as sirens, whistles and motors.
function sweeps({ sampleRate }: NegativeSources, length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  for (let at = 0; at < length; ) {
    const samples = Math.round(sampleRate * random.uniform(0.15, 1.5));
    const from = random.logUniform(80, sampleRate / 4);
    const to = random.logUniform(80, sampleRate / 4);
    const partials = overtones(1 + random.int(6), random);
    add(out, tone({ from, to, partials, attack: 0.02, decay: random.uniform(0, 2) }, samples, sampleRate), at);
    at += Math.round(samples * random.uniform(0.8, 1.6));
  }
  return atRandomLevel(out, random);
}

// Short bursts of noise that ring out: doors, keys, cups.
function clicks({ sampleRate }: NegativeSources, length: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  for (let n = 1 + random.int(8); n > 0; n--) {
    const burst = noise("white", Math.round(sampleRate * random.logUniform(0.005, 0.2)), sampleRate, random);
    const fade = 1 - 5 / burst.length;
    let level = random.logUniform(0.3, 9);
    for (let i = 0; i < burst.length; i++, level *= fade) burst[i] *= level;
    add(out, burst, random.int(length));
  }
  return out;
}

function overtones(count: number, random: Random): number[] {
  return Array.from({ length: count }, (_, k) => random.uniform(0.1, 1) / (k + 1));
}

function atRandomLevel(samples: Float32Array, random: Random): Float32Array {
  return scale(samples, random.logUniform(100, 20000) / (peak(samples) + 1e-3));
}
