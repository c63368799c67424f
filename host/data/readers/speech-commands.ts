// Google Speech Commands as published (Warden 2018, arXiv:1804.03209), v0.01 and v0.02: a folder a word, lists of the
// validation and test files, background noise; and the separate test set with its `_unknown_` and `_silence_`.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Reader, Split } from "../clip.ts";
import { soundFiles, subfolders } from "../listing.ts";
import { officialSplit } from "../split.ts";

const NOISE = "_background_noise_";
const SPEAKER = /_nohash_.*$/;

export const reader: Reader = {
  detect(folder) {
    if (existsSync(join(folder, "clips.csv"))) return 0;
    const words = subfolders(folder);
    if (words.includes("_silence_") || existsSync(join(folder, "testing_list.txt"))) return 2;
    const named = words.some((word) =>
      soundFiles(join(folder, word))
        .slice(0, 3)
        .some((file) => SPEAKER.test(file)),
    );
    return named ? 2 : 0;
  },

  read(folder) {
    const words = subfolders(folder);
    const isTestSet = words.includes("_silence_");
    const listed = readLists(folder);
    const clips = words
      .filter((word) => word !== NOISE)
      .flatMap((word) =>
        soundFiles(join(folder, word)).map((file) => {
          const label = word.replace(/^_(.*)_$/, "$1"); // _unknown_, _silence_
          const speaker = file.replace(SPEAKER, "");
          const byRule = () => listed.get(`${word}/${file}`) ?? (listed.size ? "train" : officialSplit(speaker));
          const split: Split = isTestSet ? "test" : byRule();
          return { path: `${word}/${file}`, label, word: label, split, ...(SPEAKER.test(file) && { speaker }) };
        }),
      );
    return { clips, noises: soundFiles(join(folder, NOISE)).map((file) => `${NOISE}/${file}`) };
  },
};

function readLists(folder: string): Map<string, Split> {
  const listed = new Map<string, Split>();
  const lists: [string, Split][] = [
    ["validation_list.txt", "val"],
    ["testing_list.txt", "test"],
  ];
  for (const [file, split] of lists) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    for (const line of readFileSync(path, "utf8").split(/\r?\n/)) if (line) listed.set(line, split);
  }
  return listed;
}
