// The shared data sets, where they are there: counts as their README says.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Notices } from "../../../host/data/notices.ts";
import { readChorales } from "../../../host/data/sequences/chorales.ts";
import { known } from "../../../host/data/sequences/known.ts";
import type { SequenceSet } from "../../../host/data/sequences/sequence-set.ts";
import { requireClasses } from "../../../host/data/sequences/settle.ts";
import { readStrokes } from "../../../host/data/sequences/strokes.ts";
import { readText } from "../../../host/data/sequences/text.ts";
import { inFolder } from "./files.ts";

const data = process.env.ENGRAM_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

function testReal(name: string, folder: string, check: (folder: string) => Promise<void>): void {
  test(name, async () => {
    const path = join(data, folder);
    if (existsSync(path)) return check(path);
    if (process.env.ENGRAM_STRICT === "1") assert.unreachable(`${path} is not there`);
    console.log(`skipped: ${path} is not there`);
  });
}

const ofSplit = ({ sequences }: SequenceSet, split: string) => sequences.filter((one) => one.split === split);
const counts = (set: SequenceSet, split: string) =>
  (set.labels ?? []).map((_, label) => ofSplit(set, split).filter((one) => one.label === label).length);
const together = (a: number[], b: number[]) => a.map((count, n) => count + b[n]);
const stepsIn = (set: SequenceSet, split: string) => ofSplit(set, split).reduce((sum, { steps }) => sum + steps, 0);
const groupsIn = (set: SequenceSet, split: string) => new Set(ofSplit(set, split).map(({ group }) => group));
const lengths = ({ sequences }: SequenceSet) => [
  Math.min(...sequences.map(({ steps }) => steps)),
  Math.max(...sequences.map(({ steps }) => steps)),
];

testReal("gestures: 214, 53 and 93 of seven persons, each in one split", "gestures", async (folder) => {
  const notices = new Notices();
  const set = await known.gestures(folder, notices);
  requireClasses(set);
  assert.equal([set.inputs, set.labels, lengths(set)], [3, ["ring", "slope", "wing"], [20, 76]]);
  assert.equal(counts(set, "train"), [70, 70, 74]);
  assert.equal([ofSplit(set, "val").length, counts(set, "val")[2]], [53, 0]);
  assert.equal(counts(set, "test"), [33, 31, 29]);
  assert.equal([...groupsIn(set, "train")].sort(), ["patrick", "stefan", "yeongmi"]);
  assert.equal([...groupsIn(set, "test")].sort(), ["arthur", "kai", "nico"]);
  assert.equal(notices.lines, []);
  assert.equal(set.hash, (await known.gestures(folder)).hash);
});

testReal("vowels: 30 of each speaker train or validate, and the official test", "vowels", async (folder) => {
  const set = await known.vowels(folder);
  requireClasses(set);
  assert.equal([set.inputs, lengths(set)], [12, [7, 29]]);
  assert.equal(set.labels, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  assert.equal(counts(set, "val"), new Array(9).fill(3));
  assert.equal(counts(set, "train"), new Array(9).fill(27));
  assert.equal(counts(set, "test"), [31, 35, 88, 44, 29, 24, 40, 50, 29]);
});

testReal("har: six classes in g and rad/s, no half window in two splits", "har", async (folder) => {
  const set = await known.har(folder);
  requireClasses(set);
  assert.equal([set.inputs, lengths(set)], [6, [128, 128]]);
  assert.equal(set.labels, ["walking", "upstairs", "downstairs", "sitting", "standing", "laying"]);
  assert.equal(together(counts(set, "train"), counts(set, "val")), [400, 350, 322, 420, 449, 459]);
  assert.equal(counts(set, "val"), [40, 35, 32, 42, 45, 46]);
  assert.equal(counts(set, "test"), [160, 152, 135, 158, 172, 173]);
  const gravity = set.sequences[0].x.filter((_, n) => n % 6 < 3).slice(0, 3);
  assert.ok(Math.abs(Math.hypot(...gravity) - 1) < 0.5, `${gravity} g`);
  const seen = new Map<string, string>();
  for (const { x, split, origin } of set.sequences)
    for (const half of [x.slice(0, 384), x.slice(384)]) {
      const key = half.join();
      assert.is(seen.get(key) ?? split, split, origin);
      seen.set(key, split);
    }
});

testReal("ecg5000: normalized beats of five classes", "ecg5000", async (folder) => {
  const set = await known.ecg5000(folder);
  requireClasses(set);
  assert.equal([set.inputs, lengths(set), set.labels], [1, [140, 140], ["1", "2", "3", "4", "5"]]);
  assert.equal(together(counts(set, "train"), counts(set, "val")), [292, 177, 10, 19, 2]);
  assert.equal(counts(set, "test"), [2626, 1590, 86, 175, 22]);
  const { x } = set.sequences[0];
  const square = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  assert.ok(Math.abs(square - 1) < 0.05, `variance ${square}`);
});

testReal("chorales: 88 keys, notes and steps as published", "chorales", async (folder) => {
  const set = await known.chorales(folder);
  assert.equal([set.inputs, set.labels, lengths(set)], [88, undefined, [25, 160]]);
  const splits = ["train", "val", "test"];
  assert.equal(
    splits.map((split) => ofSplit(set, split).length),
    [229, 76, 77],
  );
  assert.equal(
    splits.map((split) => stepsIn(set, split)),
    [13807, 4602, 4725],
  );
  const first = [...set.sequences[0].x.slice(0, 88)].flatMap((on, n) => (on ? [n + 21] : []));
  assert.equal(first, [60, 72, 79, 88]);
  let empty = 0;
  const heard = new Set<number>();
  for (const { x, steps } of set.sequences)
    for (let t = 0; t < steps; t++) {
      const notes = [...x.subarray(t * 88, t * 88 + 88).keys()].filter((n) => x[t * 88 + n] !== 0);
      if (notes.length === 0) empty++;
      for (const note of notes) heard.add(note + 21);
    }
  assert.equal([empty, Math.min(...heard), Math.max(...heard)], [64, 43, 96]);
});

testReal("strokes: digits of 44 writers, no writer in two splits", "strokes", async (folder) => {
  const set = await known.strokes(folder);
  requireClasses(set);
  assert.equal([set.inputs, set.columns], [3, ["dx", "dy", "penUp"]]);
  assert.is(set.labels?.join(""), "0123456789");
  assert.equal([ofSplit(set, "train").length + ofSplit(set, "val").length, ofSplit(set, "test").length], [7494, 3498]);
  const writers = ["train", "val", "test"].map((split) => groupsIn(set, split));
  assert.equal(
    writers.map(({ size }) => size),
    [27, 3, 14],
  );
  assert.is(new Set(writers.flatMap((some) => [...some])).size, 44);
  const lifts = ({ x }: { x: Float32Array }) => x.filter((value, n) => n % 3 === 2 && value === 1).length;
  assert.is(set.sequences.filter((one) => lifts(one) === 1).length, 8308);
});

testReal("text: 65 characters, divided 90, 5 and 5 %", "text", async (folder) => {
  const { text, alphabet, splits, hash, name } = await readText(join(folder, "shakespeare.txt.gz"));
  assert.equal([name, text.length, alphabet.length], ["shakespeare", 1115394, 65]);
  assert.is(hash, "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed");
  assert.equal([splits.train.length, splits.val.length, splits.test.length], [1003854, 55770, 55770]);
  const read = [splits.train, splits.val, splits.test].map((part) => Array.from(part, (n) => alphabet[n]).join(""));
  assert.ok(read.join("") === text);
});

test("strokes become offsets, also across a pen lift, and pen lifts", async () => {
  await inFolder(
    { "a.ndjson": '{"split":"test","label":7,"writer":1,"x":[[[8,8],[24,0]],[[8,16]]]}' },
    async (folder) => {
      const { sequences } = await readStrokes(join(folder, "a.ndjson"), new Notices());
      assert.equal([...sequences[0].x], [0, 0, 0, 1, -0.5, 1, -1, 1, 1]);
      assert.equal([sequences[0].steps, sequences[0].group], [3, "test 1"]);
    },
  );
});

test("notes no piano has, points that are none, and text that is not UTF-8 or too short are refused", async () => {
  const files = {
    "notes.ndjson": '{"x":[[60],[109]]}',
    "rest.ndjson": '{"x":[[60],null]}',
    "points.ndjson": '{"x":[[[1,2],[3]]]}',
    "far.ndjson": '{"x":[[[1,1e99]]]}',
    "none.ndjson": '{"x":[[]]}',
    "bytes.txt": Buffer.alloc(200, 0xff),
    "short.txt": "short",
  };
  await inFolder(files, async (folder) => {
    const fails = async (work: Promise<unknown>, what: string) => {
      const { message } = (await work.catch((error: unknown) => error)) as Error;
      assert.is(message?.replaceAll(`${folder}/`, ""), what);
    };
    const path = (name: string) => join(folder, name);
    await fails(
      readChorales(path("notes.ndjson"), new Notices()),
      "notes.ndjson:1: step 2 holds note 109, expected 21 to 108",
    );
    await fails(
      readChorales(path("rest.ndjson"), new Notices()),
      "rest.ndjson:1: step 2 is null, expected a list of notes",
    );
    await fails(
      readStrokes(path("points.ndjson"), new Notices()),
      "points.ndjson:1: stroke 1, point 2 is [3], expected [x, y]",
    );
    await fails(
      readStrokes(path("far.ndjson"), new Notices()),
      'far.ndjson:1: stroke 1, point 1 holds "1e+99", not a finite number',
    );
    await fails(readStrokes(path("none.ndjson"), new Notices()), "none.ndjson:1: x is not a list of strokes");
    await fails(readText(path("bytes.txt")), "bytes.txt is not UTF-8 text");
    await fails(readText(path("short.txt")), "short.txt has 5 characters, expected at least 100");
  });
});

test.run();
