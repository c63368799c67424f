// engram rule and monitor as a user types them, on the native board with a sound file for a microphone.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeWav } from "../../host/data/wav.ts";
import { boardTest } from "../native/program.ts";
import { engram, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const flash = ["--flash", join(folder, "board.flash")];
const sound = (name: string, samples: Int16Array): string[] => {
  writeFileSync(join(folder, name), encodeWav(samples, 16000));
  return ["--microphone", join(folder, name)];
};
const quiet = sound("quiet.wav", new Int16Array(100));
const spoken = ["--microphone", "models/demo/rms.wav"];

boardTest("rules are set, listed, replaced and forgotten, and monitor shows what is heard", async () => {
  assert.is(engram(["flash", "models/keywords.engram", ...flash]).code, 0);
  assert.match(engram(["rule", ...flash, ...quiet]).out, "the board has no rules");
  assert.match(engram(["rule", "yes", "--pin", "13", ...flash, ...quiet]).out, "yes: pin 13 goes high for 500 ms");
  engram(["rule", "yes", "--pin", "13", "--hold", "90", "--threshold", "0.5", ...flash, ...quiet]);
  const { rules } = JSON.parse(engram(["rule", "--json", ...flash, ...quiet]).out);
  assert.is(rules.length, 1);
  assert.is(rules[0].holdMs, 90);
  const { out, error } = engram(["monitor", "--seconds", "2.5", ...flash, ...spoken]);
  assert.match(out, /0\.\d\d s {2}yes +0\.\d\d/);
  assert.match(error, /led 13 on[\s\S]*led 13 off/);
  assert.match(engram(["rule", "--forget", ...flash, ...quiet]).out, "forgot 1 rule");
});

boardTest("a microphone that gives zeros or clips is told of", async () => {
  const loud = sound("loud.wav", new Int16Array(16000).fill(32767));
  const still = engram(["monitor", "--seconds", "4", "--json", ...flash, ...quiet]);
  assert.match(still.error, "nothing but zeros comes from the microphone");
  const levels = still.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(
    levels.length >= 4 && levels.length < 12 && levels.every(({ type, peak }) => type === "level" && peak === 0),
  );
  assert.match(engram(["monitor", "--seconds", "0.5", ...flash, ...loud]).error, "it clips");
});

boardTest("a model is tuned where it runs, and in its file", async () => {
  const now = () => JSON.parse(engram(["tune", "--json", ...flash]).out);
  const before = now();
  engram(["tune", "--threshold", "0.2", "--window", "40", ...flash]);
  assert.equal(now(), { ...before, threshold: Math.round(0.2 * 32768) / 32768, rearm: now().threshold, window: 40 });
  const lax = JSON.parse(
    engram(["stream", "models/demo/rms.wav", "--json", ...flash])
      .out.trim()
      .split("\n")
      .at(-1)!,
  );
  const file = join(folder, "strict.engram");
  assert.is(engram(["tune", "models/keywords.engram", "--threshold", "0.99", "--out", file]).code, 0);
  assert.is(engram(["flash", file, ...flash]).code, 0);
  const strict = engram(["stream", "models/demo/rms.wav", "--json", ...flash])
    .out.trim()
    .split("\n");
  assert.is(strict.length, 1); // the summary alone
  assert.ok(Object.keys(lax.summary.detections).length >= 3);
  for (const [words, says] of [
    [["tune", file, "--threshold", "0.3"], /where does the tuned file go\?/],
    [["tune", file, "--out", file], /--out without a change/],
    [["tune", "--out", file], /--out is for a file/],
    [["tune", "models/architectures/ntm-copy.engram"], /the model makes no detections/],
    [["tune", "--window", "0"], /--window must be a whole number from 1 to 255/],
  ] as [string[], RegExp][])
    assert.match(engram(words).error, says);
});

boardTest("what makes no rule is refused with what would", async () => {
  const refusals: [string[], RegExp][] = [
    [["rule", "maybe", "--pin", "13", ...quiet], /no label maybe[\s\S]*yes, no, up, down/],
    [["rule", "unknown", "--pin", "13", ...quiet], /unknown is never detected[\s\S]*rules are for yes, no, up, down/],
    [["rule", "yes", ...quiet], /what is to be done on yes\?[\s\S]*--pin/],
    [["rule", "--pin", "13", ...quiet], /--pin wants a label/],
    [["rule", "yes", "--pin", "77", ...quiet], /the board cannot drive that pin/],
    [["rule", "yes", "--pin", "x", ...quiet], /--pin must be a whole number/],
    [["rule", "yes", "--forget", ...quiet], /the board has no rule for yes/],
    [["rule", "yes", "--pin", "13"], /the board has no sensor of its own/],
    [["monitor"], /the board has no sensor of its own/],
    [["monitor", "--board", "node", ...quiet], /--microphone is for the native board/],
  ];
  for (const [words, says] of refusals) {
    const { code, error } = engram([...words, ...(words.includes("--board") ? [] : flash)]);
    assert.ok(code !== 0, words.join(" "));
    assert.match(error, says, words.join(" "));
  }
});

test.run();
