// The data sets of tasks, read from their folders by the same readers as users' files, in the units that tasks are stated in.
import { join } from "node:path";
import { Notices } from "../notices.ts";
import { readChorales } from "./chorales.ts";
import { findSequences, readSequences } from "./read.ts";
import type { FoundSequence, SequenceSet } from "./sequence-set.ts";
import { settle } from "./settle.ts";
import { readStrokes } from "./strokes.ts";

const ACTIVITIES = ["walking", "upstairs", "downstairs", "sitting", "standing", "laying"];
const CHANNELS = ["ax", "ay", "az", "gx", "gy", "gz"];

/** By name of the data set: reads its folder. Text is no set of float sequences: `text.ts`. */
export const known: Record<string, (folder: string, notices?: Notices) => Promise<SequenceSet>> = {
  gestures: (folder, notices = new Notices()) => readSequences([join(folder, "gestures.ndjson")], notices),

  vowels: (folder, notices = new Notices()) => readSequences([join(folder, "vowels.ndjson.gz")], notices),

  // g and rad/s. Consecutive windows share half their samples: those of one recording must not be divided.
  async har(folder, notices = new Notices()) {
    const found = await findSequences(folder, notices);
    for (const sequence of found) scale(sequence, 1 / 1000);
    nameRecordings(found);
    const named = found.map((sequence) => ({
      ...sequence,
      columns: CHANNELS,
      label: ACTIVITIES[Number(sequence.label) - 1] ?? sequence.label,
    }));
    return settle("har", named, notices, { labels: ACTIVITIES });
  },

  // Standard deviations: each beat was normalized.
  async ecg5000(folder, notices = new Notices()) {
    const found = await findSequences(folder, notices);
    for (const sequence of found) scale(sequence, 1 / 4000);
    return settle("ecg5000", found, notices);
  },

  chorales: (folder, notices = new Notices()) => readChorales(join(folder, "chorales.ndjson"), notices),

  strokes: (folder, notices = new Notices()) => readStrokes(join(folder, "pendigits.ndjson.gz"), notices),
};

function scale({ x }: FoundSequence, factor: number): void {
  for (let n = 0; n < x.length; n++) x[n] *= factor;
}

// Gives windows a group in common where the second half of one is the first half of another: the person is not known.
function nameRecordings(found: FoundSequence[]): void {
  const half = ({ x }: FoundSequence, second: number) => {
    const middle = x.length / 2;
    return Buffer.from(x.buffer, x.byteOffset + second * middle * 4, middle * 4).toString("latin1");
  };
  const beginning = new Map(found.map((sequence, n) => [half(sequence, 0), n]));
  const parents = [...found.keys()];
  const root = (n: number) => {
    while (parents[n] !== n) n = parents[n];
    return n;
  };
  found.forEach((sequence, n) => {
    const next = beginning.get(half(sequence, 1));
    if (next !== undefined) parents[root(n)] = root(next);
  });
  found.forEach((sequence, n) => {
    sequence.group = `recording ${root(n)}`;
  });
}
