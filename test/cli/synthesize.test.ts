// engram synthesize: what it makes, that a seed repeats it, and what it refuses.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readDataSets } from "../../host/data/data-set.ts";
import { Notices } from "../../host/data/notices.ts";
import { readSound } from "../../host/data/sound.ts";
import { engram, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const few = ["--takes", "10", "--others", "2", "--quiet"];

test("words, other words and noises can be read as a data set with all splits", async () => {
  const out = join(folder, "words");
  const ran = engram(["synthesize", "--words", "yes,stop", "--out", out, "--takes", "40", "--others", "2", "--json"]);
  assert.is(ran.code, 0, ran.error);
  assert.is(JSON.parse(ran.out).clips, 2 * 40 + 2 * 8);
  const { clips, noises } = await readDataSets([out], new Notices(), ["yes", "stop", "unknown"]);
  assert.is(noises.length, 3);
  for (const label of ["yes", "stop"]) {
    for (const split of ["train", "val", "test"]) {
      assert.ok(
        clips.some((clip) => clip.label === label && clip.split === split),
        `${label} ${split}`,
      );
    }
  }
  assert.is(clips.filter((clip) => clip.label === "unknown").length, 16);
  const { sampleRate, samples } = readSound(clips[0].path, new Notices());
  assert.is(sampleRate, 16000);
  assert.ok(samples.length >= 16000 && samples.some((sample) => Math.abs(sample) > 500));
});

test("a seed repeats every byte, another one none of the words", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => join(folder, name));
  for (const [out, seed] of [
    [a, 1],
    [b, 1],
    [c, 2],
  ] as const) {
    assert.is(engram(["synthesize", "--words", "go", "--out", out, "--seed", `${seed}`, ...few]).code, 0);
  }
  for (const file of readdirSync(join(a, "go"))) {
    const bytes = readFileSync(join(a, "go", file));
    assert.ok(bytes.equals(readFileSync(join(b, "go", file))), file);
    assert.not.ok(bytes.equals(readFileSync(join(c, "go", file))), file);
  }
});

test("text is read aloud in seconds of unknown, without the words to detect", () => {
  const text = join(folder, "text.txt");
  writeFileSync(text, "Go. Go! We walk along the river every day, and in the evening we come home to eat and sing.");
  const out = join(folder, "text");
  assert.is(engram(["synthesize", "--words", "go", "--out", out, "--text", text, ...few]).code, 0);
  const rows = readFileSync(join(out, "clips.csv"), "utf8").split("\n");
  assert.ok(rows.filter((row) => row.includes(",unknown,text,")).length >= 3);
});

test("a folder that is not empty is kept, and said", () => {
  const { code, error } = engram(["synthesize", "--words", "go", "--out", folder, ...few]);
  assert.is(code, 1);
  assert.match(error, /is not empty\n/);
});

test("a synthesizer that is not installed is named with the line that installs it", () => {
  const out = join(folder, "absent");
  const { code, error } = engram(["synthesize", "--words", "go", "--out", out, "--with", "espeak", ...few]);
  assert.is(code, 1);
  assert.match(error, /npm install text2wav/);
});

test("words that are no words are refused", () => {
  const out = join(folder, "odd");
  assert.is(engram(["synthesize", "--words", "../go", "--out", out, ...few]).code, 1);
  assert.is(engram(["synthesize", "--words", "go,,stop", "--out", out, ...few]).code, 2);
  assert.is(engram(["synthesize", "--words", "go,go", "--out", out, ...few]).code, 2);
  assert.not.ok(existsSync(out));
});

test.run();
