// Strings of 3 to 5 spoken digits of one speaker, joined from recordings with pauses: what connectionist temporal classification is shown on.
import { Random } from "../../data/random.ts";
import { bestPath, prefixBeam } from "../../features/ctc.ts";
import { labelErrorRate } from "../../features/edit-distance.ts";
import { pathDecoder } from "../../spec/decoder.ts";
import { type FrontEnd, narrowFrontEnd } from "../../spec/frontend.ts";
import { ctcLoss } from "../../train/ctc.ts";
import type { Runner } from "../runner.ts";
import type { Batch, TaskData } from "../task.ts";
import { type Digit, readDigits, silence } from "./spoken-digits.ts";

/** A step of 30 ms. */
export const frontEnd: FrontEnd = { ...narrowFrontEnd, window: 400, hop: 240 };
export const labels = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "blank"];
const blank = 10;
export const hearing = { frontEnd, decoding: { ...pathDecoder, quiet: [labels[blank]] } };
const mostPause = 7;
/** Prefixes that the search keeps. */
const width = 16;

type Spoken = { frames: Float32Array; digits: number[] };

/** @param folder that holds FSDD */
export async function openDigitStrings(folder: string | undefined): Promise<TaskData> {
  const { hash, digits } = await readDigits(folder, frontEnd);
  const { bands } = frontEnd;
  const quiet = silence(frontEnd);
  const parts = new Map<string, Map<string, Digit[]>>();
  for (const digit of digits) {
    const speakers = parts.get(digit.split) ?? new Map<string, Digit[]>();
    parts.set(digit.split, speakers);
    speakers.set(digit.speaker, [...(speakers.get(digit.speaker) ?? []), digit]);
  }

  const pause = (random: Random): Float32Array => {
    const length = random.int(mostPause + 1) * bands;
    const at = random.int(quiet.length / bands - mostPause) * bands;
    return quiet.subarray(at, at + length);
  };
  const spoken = (split: string, random: Random): Spoken => {
    const speakers = [...parts.get(split)!.values()];
    const from = random.pick(speakers);
    const said = Array.from({ length: 3 + random.int(3) }, () => random.pick(from));
    const pieces = [pause(random), ...said.flatMap(({ frames }) => [frames, pause(random)])];
    const frames = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
    pieces.reduce((at, piece) => {
      frames.set(piece, at);
      return at + piece.length;
    }, 0);
    return { frames, digits: said.map(({ digit }) => digit) };
  };

  function batch(size: number, random: Random): Batch {
    const strings = Array.from({ length: size }, () => spoken("train", random));
    const lengths = strings.map(({ frames }) => frames.length / bands);
    const level = strings.map(() => random.uniform(-0.25, 0.25)); // ±1 octave of energy
    const longest = Math.max(...lengths);
    const frames = Array.from({ length: longest }, (_, t) => {
      const frame = new Float32Array(size * bands);
      strings.forEach((string, row) => {
        if (t >= lengths[row]) return;
        for (let band = 0; band < bands; band++)
          frame[row * bands + band] = string.frames[t * bands + band] + level[row] + 0.12 * random.normal();
      });
      return frame;
    });
    return {
      frames,
      lengths,
      loss(network, results) {
        const targets = strings.map((string) => string.digits);
        const weights = new Float32Array(size).fill(1 / size);
        const loss = ctcLoss(network, results, targets, lengths, blank, weights);
        return { loss, correct: 0, examples: size };
      },
    };
  }

  async function evaluate(runner: Runner, split: "val" | "test") {
    const random = new Random(1, "digit strings", split);
    const strings = Array.from({ length: split === "val" ? 100 : 400 }, () => spoken(split, random));
    const results = await runner.run(strings.map(({ frames }) => frames));
    const count = labels.length;
    const logits = results.map((all) =>
      Array.from({ length: all.length / count }, (_, t) => all.subarray(t * count, (t + 1) * count)),
    );
    const wanted = strings.map(({ digits }) => digits);
    const errors = (found: number[][]): number => 100 * labelErrorRate(found, wanted);
    const paths = logits.map((frames) => bestPath(frames, blank));
    const right = paths.filter((digits, i) => digits.join() === wanted[i].join()).length;
    return {
      errors: errors(paths),
      beam: errors(logits.map((frames) => prefixBeam(frames, { blank, width })[0].labels)),
      strings: (100 * right) / strings.length,
    };
  }

  return {
    name: "fsdd strings",
    hash,
    batch,
    calibration: () => {
      const random = new Random(2, "digit strings", "calibration");
      return Array.from({ length: 200 }, () => spoken("train", random).frames);
    },
    evaluate,
  };
}
