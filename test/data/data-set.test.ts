import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type DataSet, readDataSets, requireClips } from "../../host/data/data-set.ts";
import { Notices } from "../../host/data/notices.ts";
import { officialSplit } from "../../host/data/split.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { UserError } from "../../host/spec/user-error.ts";

const wav = encodeWav(new Int16Array(100), 16000);

// A folder with these files: sound where no text is given.
function tree(files: Record<string, string | null>): string {
  const folder = mkdtempSync(join(tmpdir(), "engram-data-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text ?? wav);
  }
  return folder;
}

const sounds = (paths: string[]) => Object.fromEntries(paths.map((path) => [path, null]));
const rows = ({ clips }: DataSet, folder: string) =>
  clips.map(({ path, label, word, split }) => [path.slice(folder.length + 1), label, word, split].join(" "));

async function failsWith(work: Promise<unknown>, ...parts: string[]): Promise<void> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, UserError);
  for (const part of parts) assert.match((error as UserError).message, part);
  assert.ok((error as UserError).hint.length > 0);
}

test("Speech Commands as published: its lists give the splits, other words become unknown", async () => {
  const folder = tree({
    ...sounds(["yes/aa_nohash_0.wav", "yes/bb_nohash_0.wav", "no/aa_nohash_0.wav", "bed/cc_nohash_1.wav"]),
    ...sounds(["_background_noise_/tap.wav"]),
    "validation_list.txt": "yes/bb_nohash_0.wav\n",
    "testing_list.txt": "bed/cc_nohash_1.wav\r\n",
    "README.md": "about",
  });
  const dataSet = await readDataSets([folder], new Notices(), ["yes", "unknown", "silence"]);
  assert.equal(rows(dataSet, folder), [
    "bed/cc_nohash_1.wav unknown bed test",
    "no/aa_nohash_0.wav unknown no train",
    "yes/aa_nohash_0.wav yes yes train",
    "yes/bb_nohash_0.wav yes yes val",
  ]);
  assert.is(dataSet.clips[0].speaker, "cc");
  assert.equal(dataSet.noises, [join(folder, "_background_noise_/tap.wav")]);
  const words = await readDataSets([folder], new Notices(), ["yes", "no"]);
  assert.is(words.clips.length, 3);
});

test("Speech Commands without its lists: the official rule by speaker", async () => {
  // The rule in arbitrary precision, as published: int(sha1, 16) % (MAX + 1) * (100 / MAX), MAX = 2^27 − 1.
  const expected = (speaker: string) => {
    const number = BigInt(`0x${createHash("sha1").update(speaker).digest("hex")}`);
    const percent = Number(number % 134217728n) * (100 / 134217727);
    return percent < 10 ? "val" : percent < 20 ? "test" : "train";
  };
  const names = Array.from({ length: 5000 }, (_, n) => n.toString(16).padStart(8, "0"));
  for (const name of names) assert.is(officialSplit(name), expected(name));
  const folder = tree(
    sounds(names.slice(0, 60).flatMap((name) => [`yes/${name}_nohash_0.wav`, `no/${name}_nohash_3.wav`])),
  );
  const { clips } = await readDataSets([folder], new Notices());
  assert.is(clips.length, 120);
  for (const { speaker, split } of clips) assert.is(split, expected(speaker!));
});

test("the published test set of Speech Commands is all test", async () => {
  const folder = tree(sounds(["_silence_/0.wav", "_unknown_/aa_nohash_0.wav", "yes/bb_nohash_0.wav"]));
  const dataSet = await readDataSets([folder], new Notices(), ["yes", "unknown", "silence"]);
  assert.equal(
    dataSet.clips.map(({ label, split }) => `${label} ${split}`),
    ["silence test", "unknown test", "yes test"],
  );
});

test("FSDD as published and as folders with clips.csv give the same splits", async () => {
  const names = Array.from({ length: 400 }, (_, n) => `${n % 10}_${["george", "theo"][n % 2]}_${n >> 3}`);
  const published = tree(sounds(names.map((name) => `recordings/${name}.wav`)));
  const splitOf = (name: string) => (Number(name.split("_")[2]) < 5 ? "test" : "train");
  const laid = names.map((name) => `${splitOf(name)}/${name[0]}/${name}.wav`);
  const table = laid.map((path, n) => `${path},${names[n][0]},${names[n].split("_")[1]},${splitOf(names[n])}`);
  const folders = tree({ ...sounds(laid), "clips.csv": ["file,label,speaker,split", ...table].join("\n") });
  const summary = async (folder: string, notices: Notices) => {
    const { clips } = await readDataSets([folder], notices);
    return clips
      .map(({ path, label, speaker, split }) => [path.split("/").pop(), label, speaker, split].join(" "))
      .sort();
  };
  const notices = new Notices();
  const read = await summary(published, notices);
  assert.equal(read, await summary(folders, notices));
  assert.is(read.filter((row) => row.endsWith("test")).length, 40);
  assert.ok(read.filter((row) => row.endsWith("val")).length > 15);
  assert.equal(notices.lines.length, 1);
  assert.match(notices.lines[0], "without a validation split, a tenth of train taken by name: ");
});

test("label folders without splits are divided 80/10/10 by name, said once, and stay so when clips are added", async () => {
  const paths = Array.from({ length: 500 }, (_, n) => `${n % 2 ? "on" : "off"}/clip${n}.flac`);
  const notices = new Notices();
  const first = tree(sounds(paths.slice(0, 250)));
  const second = tree(sounds(paths));
  const before = rows(await readDataSets([first], notices), first);
  const after = rows(await readDataSets([second], notices), second);
  assert.ok(before.every((row) => after.includes(row)));
  const count = (split: string) => after.filter((row) => row.endsWith(split)).length;
  assert.ok(count("train") > 370 && count("val") > 30 && count("test") > 30);
  assert.is(notices.lines.length, 1);
});

test("train, val and test folders are splits, and clips.csv has the last word", async () => {
  const files = sounds(["train/a/1.wav", "validation/a/2.wav", "test/b/3.wav"]);
  const plain = tree(files);
  assert.equal(rows(await readDataSets([plain], new Notices()), plain), [
    "test/b/3.wav b b test",
    "train/a/1.wav a a train",
    "validation/a/2.wav a a val",
  ]);
  const notices = new Notices();
  const table = "file,label,word,speaker,split\ntrain/a/1.wav,x,hello,ann,test\ngone.wav,x,,,train\n";
  const folder = tree({ ...files, "clips.csv": table });
  assert.equal(rows(await readDataSets([folder], notices), folder), ["train/a/1.wav x hello test"]);
  assert.match(notices.lines[0], "clips.csv but not there: gone.wav");
});

test("where train has many speakers, val gets speakers of its own", async () => {
  const list = Array.from({ length: 120 }, (_, n) => `train/a/${n}.wav,a,speaker${n % 40},train`);
  const table = ["file,label,speaker,split", ...list, "test/a/t.wav,a,tom,test"].join("\n");
  const folder = tree({ ...sounds(list.map((row) => row.split(",")[0])), "test/a/t.wav": null, "clips.csv": table });
  const { clips } = await readDataSets([folder], new Notices());
  const speakers = (split: string) => new Set(clips.filter((clip) => clip.split === split).map((clip) => clip.speaker));
  assert.ok(speakers("val").size > 0);
  for (const speaker of speakers("val")) assert.not.ok(speakers("train").has(speaker));
});

test("several folders join, and the hash tells sizes, labels, splits and order of folders apart", async () => {
  const a = tree(sounds(["yes/1.wav", "no/2.wav"]));
  const b = tree(sounds(["yes/3.wav"]));
  const hash = async (...folders: string[]) => (await readDataSets(folders, new Notices())).hash;
  assert.is((await readDataSets([a, b], new Notices())).clips.length, 3);
  assert.is(await hash(a), await hash(tree(sounds(["no/2.wav", "yes/1.wav"]))));
  assert.is.not(await hash(a), await hash(a, b));
  assert.is.not(await hash(a), await hash(tree({ "yes/1.wav": null, "no/2.wav": "other" })));
  assert.is.not(await hash(a), await hash(tree(sounds(["yes/1.wav", "maybe/2.wav"]))));
  const table = (split: string) =>
    tree({ "yes/1.wav": null, "clips.csv": `file,label,split\nyes/1.wav,yes,${split}\n` });
  assert.is.not(await hash(table("train")), await hash(table("test")));
});

test("a missing folder, a file, an empty folder and no folder are each refused by name", async () => {
  const empty = tree({ "notes/todo.txt": "nothing here" });
  await failsWith(readDataSets([], new Notices()), "no folder of recordings");
  await failsWith(readDataSets([join(empty, "gone")], new Notices()), join(empty, "gone"), "does not exist");
  await failsWith(readDataSets([join(empty, "notes/todo.txt")], new Notices()), "todo.txt is not a folder");
  await failsWith(readDataSets([empty], new Notices()), empty, "holds no recordings");
});

test("a broken clips.csv is refused with the row", async () => {
  const broken = (table: string) => readDataSets([tree({ "a/1.wav": null, "clips.csv": table })], new Notices());
  await failsWith(broken("file,label,split\na/1.wav,a,later\n"), 'row 1: split "later"');
  await failsWith(broken("file,label\na/1.wav,\n"), "row 1", "empty");
  await failsWith(broken("path,name\na/1.wav,a\n"), 'columns "file" and "label"');
  await failsWith(broken('file,label\n"a/1.wav,a\n'), "cannot be read");
});

test("clips.csv cannot name files outside its folder", async () => {
  const table = "file,label\na/1.wav,a\n../secret.wav,a\n";
  const outer = tree({ "secret.wav": null, "inner/a/1.wav": null, "inner/clips.csv": table });
  assert.is((await readDataSets([join(outer, "inner")], new Notices())).clips.length, 1);
});

test("a word of the unknown ones becomes a label of its own when it is wanted", async () => {
  const table = "file,label,word\na/1.wav,unknown,zero\na/2.wav,unknown,one\n";
  const folder = tree({ ...sounds(["a/1.wav", "a/2.wav"]), "clips.csv": table });
  const { clips } = await readDataSets([folder], new Notices(), ["zero", "unknown"]);
  assert.equal(
    clips.map(({ label, word }) => `${label} ${word}`),
    ["zero zero", "unknown one"],
  );
});

test("a label with too few clips is refused with its name, count and least", async () => {
  const folder = tree(sounds(["train/yes/1.wav", "train/yes/2.wav", "train/no/3.wav", "test/no/4.wav"]));
  const dataSet = await readDataSets([folder], new Notices(), ["yes", "no"]);
  requireClips(dataSet, ["yes"], "train", 2);
  const short = (label: string) => Promise.resolve().then(() => requireClips(dataSet, [label], "train", 3));
  await failsWith(short("yes"), '"yes" has 2 train clips', "at least 3");
  await failsWith(short("maybe"), '"maybe" has 0 train clips');
});

test("names that look like code or paths stay names", async () => {
  const folder = tree(sounds(["__proto__/1.wav", "constructor/2.wav", "a b/3.WAV"]));
  const { clips } = await readDataSets([folder], new Notices());
  assert.equal(
    clips.map(({ label }) => label),
    ["__proto__", "a b", "constructor"],
  );
  rmSync(folder, { recursive: true });
});

test.run();
