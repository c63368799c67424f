// A data set without recordings: words, other words, running speech and noise from synthesizers, as a folder a label with a
// clips.csv. A speaker is a voice with a pitch of its own, and all his clips are in one split. A seed gives the same bytes.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { changeSpeed, gainTo, scale } from "../data/mixing.ts";
import { COLOURS, noise } from "../data/noise.ts";
import { Random } from "../data/random.ts";
import { toInt16 } from "../data/sound.ts";
import { encodeWav } from "../data/wav.ts";
import { UserError } from "../spec/user-error.ts";
import { loadSynthesizer, type Speak } from "./synthesizer.ts";

export type Plan = {
  words: readonly string[];
  /** Clips of each word. */
  takes: number;
  /** Words besides, each spoken a fifth as often, as examples of `unknown`. */
  others: number;
  /** Text read aloud and cut into seconds, as further examples of `unknown`. */
  text?: string;
  synthesizers: readonly string[];
  seed: number;
};

export type Made = { clips: number; speakers: number; noises: number };
type Speaker = { name: string; speak: Speak; voice: string; pitch: number; split: string };
type Take = { file: string; label: string; word: string; speaker: Speaker; samples: Int16Array };

const sampleRate = 16000;
const speakersPerVoice = 10;
const noiseSeconds = 60;
/** No word here sounds like a common command; those that the user asks for are left out. */
const otherWords = (
  "apple bottle carpet dinner engine family garden hammer island jacket kitchen ladder marble number orange pencil question " +
  "river sugar table umbrella village window yellow bridge chair dog flower green house milk paper school tree water"
).split(" ");

/**
 * Writes the data set to `out`, which must be empty or not there: beside it, then renamed, so that it is there whole or not.
 * @param tell is called with clips done and clips in all
 * @throws UserError if the folder is not empty, a package is missing, or a synthesizer cannot say a word
 */
export async function synthesize(
  plan: Plan,
  out: string,
  tell: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<Made> {
  const odd = plan.words.find((word) => !/^[\p{L}\p{N}][\p{L}\p{N} '-]*$/u.test(word));
  if (odd !== undefined) throw new UserError(`"${odd}" is not a word that can be spoken`, "use letters and digits");
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new UserError(`the folder ${out} is not empty`, "give --out a new folder");
  const part = `${resolve(out)}.${process.pid}.part`;
  try {
    mkdirSync(part, { recursive: true });
    const made = await write(plan, part, tell, signal);
    if (existsSync(out)) rmdirSync(out);
    renameSync(part, out);
    return made;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    // What fails in the middle of a file is told without its name.
    if (error instanceof Error && "syscall" in error && !("path" in error)) Object.assign(error, { path: out });
    throw error;
  }
}

async function write(
  plan: Plan,
  out: string,
  tell: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<Made> {
  const speakers = await hire(plan);
  const others = otherWords.filter((word) => !plan.words.includes(word)).slice(0, plan.others);
  const sentences = plan.text === undefined ? [] : splitText(plan.text, plan.words);
  const perOther = Math.ceil(plan.takes / 5);
  const all = plan.words.length * plan.takes + others.length * perOther + sentences.length;
  const rows = ["file,label,word,speaker,split"];
  let done = 0;
  const keep = ({ file, label, word, speaker, samples }: Take): void => {
    mkdirSync(join(out, label), { recursive: true });
    writeFileSync(join(out, label, file), encodeWav(samples, sampleRate));
    rows.push(`${label}/${file},${label},${word},${speaker.name},${speaker.split}`);
  };
  const step = (): void => {
    signal.throwIfAborted();
    tell(++done, all);
  };
  for (const [words, takes] of [
    [plan.words, plan.takes],
    [others, perOther],
  ] as const) {
    for (const word of words) {
      for (let take = 0; take < takes; take++, step()) {
        keep(await sayWord(word, take, speakers, plan));
      }
    }
  }
  for (const [i, sentence] of sentences.entries()) {
    for (const piece of await readAloud(sentence, i, speakers, plan)) keep(piece);
    step();
  }
  writeFileSync(join(out, "clips.csv"), `${rows.join("\n")}\n`);
  return { clips: rows.length - 1, speakers: speakers.length, noises: writeNoises(out, plan.seed) };
}

// Every voice at several pitches; of ten speakers of a voice one is for val and one for test.
async function hire(plan: Plan): Promise<Speaker[]> {
  const speakers: Speaker[] = [];
  for (const name of plan.synthesizers) {
    const { voices, open } = await loadSynthesizer(name);
    const speak = await open();
    for (const voice of voices) {
      const random = new Random(plan.seed, "speakers", name, voice);
      for (let i = 0; i < speakersPerVoice; i++) {
        const split = i === speakersPerVoice - 1 ? "test" : i === speakersPerVoice - 2 ? "val" : "train";
        speakers.push({ name: `${name}-${voice}-${i}`, speak, voice, pitch: random.logUniform(0.8, 1.3), split });
      }
    }
  }
  return speakers;
}

async function sayWord(word: string, take: number, speakers: Speaker[], plan: Plan): Promise<Take> {
  const random = new Random(plan.seed, "word", word, take);
  const order = new Random(plan.seed, "order", word).shuffle([...speakers]);
  const speaker = order[take % order.length];
  const spoken = await say(word, speaker, random);
  const samples = trim(spoken);
  if (samples.length < sampleRate / 20) {
    throw new UserError(`the synthesizer cannot say "${word}"`, "spell the word as it is spoken");
  }
  const clip = new Int16Array(Math.max(sampleRate, samples.length));
  clip.set(samples, (clip.length - samples.length) >> 1);
  return { file: `${word}-${take}.wav`, label: word, word, speaker, samples: clip };
}

// One sentence in pieces of a second, wherever they cut the words.
async function readAloud(sentence: string, index: number, speakers: Speaker[], plan: Plan): Promise<Take[]> {
  const random = new Random(plan.seed, "text", index);
  const speaker = random.pick(speakers);
  const spoken = trim(await say(sentence, speaker, random));
  return Array.from({ length: Math.floor(spoken.length / sampleRate) }, (_, i) => ({
    file: `text-${index}-${i}.wav`,
    label: "unknown",
    word: "text",
    speaker,
    samples: spoken.subarray(i * sampleRate, (i + 1) * sampleRate),
  }));
}

// Spoken slower by the pitch and then played faster: pitch and resonances move together, as between people.
async function say(text: string, { speak, voice, pitch }: Speaker, random: Random): Promise<Int16Array> {
  const slowness = random.logUniform(0.8, 1.3);
  const spoken = changeSpeed((await speak(text, voice, slowness * pitch)).samples, pitch);
  return toInt16(scale(spoken, gainTo(random.logUniform(600, 4000), spoken)));
}

// Without the quiet at both ends.
function trim(samples: Int16Array): Int16Array {
  const loud = (sample: number): boolean => Math.abs(sample) > 60;
  const first = samples.findIndex(loud);
  return first < 0 ? samples.subarray(0, 0) : samples.subarray(first, samples.findLastIndex(loud) + 1);
}

// Sentences of up to 30 words without the words that a model shall detect.
function splitText(text: string, words: readonly string[]): string[] {
  const unwanted = new Set(words.map((word) => word.toLowerCase()));
  const allowed = text.split(/\s+/).filter((word) => !unwanted.has(word.toLowerCase().replace(/[^\p{L}\p{N}']/gu, "")));
  const sentences: string[] = [];
  let sentence: string[] = [];
  for (const word of allowed) {
    sentence.push(word);
    if (sentence.length < 30 && !/[.!?]$/.test(word)) continue;
    sentences.push(sentence.join(" "));
    sentence = [];
  }
  if (sentence.length > 0) sentences.push(sentence.join(" "));
  return sentences.filter((text) => /\p{L}/u.test(text));
}

function writeNoises(out: string, seed: number): number {
  const folder = join(out, "_background_noise_");
  mkdirSync(folder);
  for (const colour of COLOURS) {
    const random = new Random(seed, "noise", colour);
    const samples = toInt16(noise(colour, noiseSeconds * sampleRate, sampleRate, random));
    writeFileSync(join(folder, `${colour}.wav`), encodeWav(samples, sampleRate));
  }
  return COLOURS.length;
}

/** Reads a text for `Plan.text`. */
export function readText(path: string): string {
  const text = readFileSync(path, "utf8");
  if (!/\p{L}/u.test(text)) throw new UserError(`${path} holds no words`, "give a file of plain text");
  return text;
}
