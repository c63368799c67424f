// The spoken digits of FSDD as feature frames, for the tasks that are trained on them: single digits and strings of them.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { readDataSets } from "../../data/data-set.ts";
import { Notices } from "../../data/notices.ts";
import { Random } from "../../data/random.ts";
import { readSounds } from "../../data/sound.ts";
import { features } from "../../features/frontend.ts";
import { type FrontEnd, narrowFrontEnd } from "../../spec/frontend.ts";
import { UserError } from "../../spec/user-error.ts";

/** How these tasks hear them. */
export const digitFrontEnd: FrontEnd = { ...narrowFrontEnd, bands: 24 };
export const digitLabels = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** A recording: [frames][bands]. Index 0 to 4 of each digit and speaker test, 5 to 9 validate, the rest train. */
export type Digit = { digit: number; speaker: string; split: "train" | "val" | "test"; frames: Float32Array };

/** @param folder that holds the data set, as `fsdd` or itself. @throws UserError where it does not */
export async function readDigits(
  folder: string | undefined,
  frontEnd: FrontEnd,
): Promise<{ hash: string; digits: Digit[] }> {
  if (folder === undefined)
    throw new UserError("the task reads recordings of spoken digits", "give their folder: --data FOLDER");
  const place = [join(folder, "fsdd"), folder].find((path) => existsSync(path)) ?? folder;
  const notices = new Notices();
  const { hash, clips } = await readDataSets([place], notices);
  const scale = 2 ** -frontEnd.format;
  const digits: Digit[] = [];
  for (const { index, sound } of readSounds(
    clips.map(({ path }) => path),
    notices,
    frontEnd.sampleRate,
  )) {
    const { path, label, speaker = "", split } = clips[index];
    const number = Number(/_(\d+)\.\w+$/.exec(basename(path))?.[1]);
    if (!/^\d$/.test(label) || Number.isNaN(number))
      throw new UserError(`${path} is no recording of a digit`, "give the Free Spoken Digit Dataset");
    // Room for at least one frame, and for the last samples of any.
    const padded = new Int16Array(Math.max(frontEnd.window, sound.samples.length + frontEnd.hop));
    padded.set(sound.samples);
    const frames = Float32Array.from(features(padded, frontEnd), (value) => value * scale);
    digits.push({
      digit: Number(label),
      speaker,
      split: split === "test" ? "test" : number < 10 ? "val" : "train",
      frames,
    });
  }
  for (const split of ["train", "val", "test"] as const)
    if (!digits.some((digit) => digit.split === split))
      throw new UserError(
        `${place} has no recordings to ${split === "train" ? "train on" : split}`,
        "give the whole data set",
      );
  return { hash, digits };
}

/** Frames of near silence, for the gaps between words. */
export function silence(frontEnd: FrontEnd): Float32Array {
  const random = new Random(1, "silence");
  const samples = Int16Array.from({ length: frontEnd.sampleRate }, () => Math.round(3 * random.normal()));
  return Float32Array.from(features(samples, frontEnd), (value) => value * 2 ** -frontEnd.format);
}
