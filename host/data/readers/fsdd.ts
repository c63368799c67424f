// Free Spoken Digit Dataset as published: recordings/{digit}_{speaker}_{index}.wav; index 0 to 4 is its official test
// split, the rest trains (a validation split is taken from it).
import { join } from "node:path";
import type { Reader } from "../clip.ts";
import { soundFiles } from "../listing.ts";

const NAME = /^(\d)_([^_]+)_(\d+)\.\w+$/;

export const reader: Reader = {
  detect(folder) {
    return recordings(folder).some(({ files }) => files.length > 0 && files.every((file) => NAME.test(file))) ? 2 : 0;
  },

  read(folder) {
    const clips = recordings(folder).flatMap(({ place, files }) =>
      files.flatMap((file) => {
        const [, digit, speaker, index] = NAME.exec(file) ?? [];
        if (!digit) return [];
        const split: "test" | "train" = Number(index) < 5 ? "test" : "train";
        return [{ path: `${place}${file}`, label: digit, word: digit, speaker, split }];
      }),
    );
    return { clips, noises: [] };
  },
};

// The repository, or its folder of recordings itself.
function recordings(folder: string): { place: string; files: string[] }[] {
  return ["", "recordings/"].map((place) => ({ place, files: soundFiles(join(folder, place)) }));
}
