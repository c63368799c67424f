// Which clips train, choose and test where a data set does not say: by speaker where speakers are known, so that nobody
// is in two splits, else by name. The rule is that of Speech Commands (Warden 2018, arXiv:1804.03209, section 7).
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Clip, Found, Split } from "./clip.ts";
import type { Notices } from "./notices.ts";

type Unsettled = Found["clips"][number];

/** Below this percentage a key falls to val, below the next to test. */
const VAL_PERCENT = 10;
const TEST_PERCENT = 20;

/** Gives every clip a split. Splits that the data set gives stay; only a missing val is taken out of train. */
export function assignSplits(clips: readonly Unsettled[], folder: string, notices: Notices): Clip[] {
  const missing = clips.filter((clip) => !clip.split);
  const splits = new Set(clips.map((clip) => clip.split));
  if (missing.length > 0) {
    const bySpeaker = missing.every((clip) => clip.speaker) && new Set(missing.map((clip) => clip.speaker)).size >= 10;
    notices.note(`without splits, divided 80/10/10 by ${bySpeaker ? "speaker" : "name"}`, folder);
    return clips.map((clip) => ({ ...clip, split: clip.split ?? officialSplit(keyOf(clip, bySpeaker)) }));
  }
  if (splits.has("val") || !splits.has("train")) return clips as Clip[];
  const bySpeaker = speakersDisjoint(clips);
  notices.note(`without a validation split, a tenth of train taken by ${bySpeaker ? "speaker" : "name"}`, folder);
  return clips.map((clip) => {
    const taken = clip.split === "train" && percentile(keyOf(clip, bySpeaker)) < VAL_PERCENT;
    return { ...clip, split: taken ? "val" : clip.split! };
  });
}

/** The split that a speaker's name (or another key) falls to: SHA-1 modulo 2^27, 10 % val, 10 % test. */
export function officialSplit(key: string): Split {
  const percent = percentile(key);
  return percent < VAL_PERCENT ? "val" : percent < TEST_PERCENT ? "test" : "train";
}

function percentile(key: string): number {
  const word = createHash("sha1").update(key).digest().readUInt32BE(16);
  return ((word % 2 ** 27) * 100) / (2 ** 27 - 1);
}

function keyOf(clip: Unsettled, bySpeaker: boolean): string {
  return bySpeaker ? clip.speaker! : basename(clip.path).replace(/\.\w+$/, "");
}

// Whether train has enough speakers, all known and none of them in test: then val shall have its own speakers, too.
function speakersDisjoint(clips: readonly Unsettled[]): boolean {
  const speakers = (split: Split) =>
    new Set(clips.filter((clip) => clip.split === split && clip.label !== "silence").map((clip) => clip.speaker));
  const train = speakers("train");
  const test = speakers("test");
  return train.size >= 10 && !train.has(undefined) && [...test].every((speaker) => !train.has(speaker));
}
