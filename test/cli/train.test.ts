// engram train and quantize: a whole path on made-up sounds, Ctrl-C with its checkpoint, and what they refuse.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { engram, replaced, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const data = join(folder, "data");

// Two "words": a tone that rises, a tone that falls.
for (const [split, count] of [
  ["train", 16],
  ["val", 6],
  ["test", 6],
] as const) {
  for (const [label, direction] of [
    ["up", 1],
    ["down", -1],
  ] as const) {
    mkdirSync(join(data, split, label), { recursive: true });
    for (let i = 0; i < count; i++) {
      const random = new Random(i, split, label);
      const base = random.uniform(500, 700);
      const samples = Int16Array.from({ length: 16000 }, (_, t) => {
        const seconds = t / 16000 - 0.5;
        if (Math.abs(seconds) > 0.3) return 20 * random.normal();
        return 4000 * Math.sin(2 * Math.PI * (base + direction * 600 * seconds) * seconds) + 20 * random.normal();
      });
      writeFileSync(join(data, split, label, `${i}.wav`), encodeWav(samples, 16000));
    }
  }
}

const common = ["train", "keywords", "--data", data, "--words", "up,down", "--units", "16", "--epochs", "150"];
const hash = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

test("train, quantize and evaluate: recordings to a model file that tells them apart", () => {
  const [model, file] = [join(folder, "whole.model"), join(folder, "whole.engram")];
  const trained = engram([...common, "--out", model, "--json"]);
  assert.is(trained.code, 0, trained.error);
  const { labels, accuracy, sha256 } = JSON.parse(trained.out);
  assert.equal(labels, ["up", "down", "silence"]);
  assert.ok(accuracy.val > 0.7, `${accuracy.val}`);
  assert.is(sha256, hash(model));
  assert.not.ok(existsSync(`${model}.checkpoint`));
  const quantized = engram(["quantize", model, "--data", data, "--out", file, "--hours", "0.02", "--json"]);
  assert.is(quantized.code, 0, quantized.error);
  const report = JSON.parse(quantized.out);
  assert.ok(report.decisionsEqual > 0.9 && report.signalToNoise.every((decibels: number) => decibels > 25));
  assert.is(report.sha256, hash(file));
  const score = JSON.parse(engram(["evaluate", file, "--data", data, "--json"]).out);
  assert.ok(score.accuracy > 0.6, `${score.accuracy}`);
});

test("a training that Ctrl-C stops goes on to the same bytes", async () => {
  const model = join(folder, "stopped.model");
  const main = fileURLToPath(new URL("../../host/cli/main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", main, ...common, "--out", model]);
  let error = "";
  let stopped = 0;
  child.stderr.on("data", (text) => {
    error += text;
    if (stopped || !error.includes("epoch 2 of 150")) return;
    stopped = performance.now();
    child.kill("SIGINT");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.is(code, 130, error);
  assert.ok(performance.now() - stopped < 3000);
  assert.match(error, /the same command goes on from .*stopped\.model\.checkpoint/);
  assert.ok(existsSync(`${model}.checkpoint`) && !existsSync(model));
  const other = engram(replaced([...common, "--out", model], ["--learning-rate", "0.001"]));
  assert.is(other.code, 1);
  assert.match(other.error, /belongs to a training with other options/);
  assert.not.match(other.error, /going on/);
  const { code: ended, error: said } = engram([...common, "--out", model]);
  assert.is(ended, 0);
  assert.match(said, /going on from .*stopped\.model\.checkpoint/);
  assert.is(hash(model), hash(join(folder, "whole.model")));
});

test("a label whose recordings cannot be read is refused, with the files", () => {
  const damaged = join(folder, "damaged");
  cpSync(data, damaged, { recursive: true });
  for (let i = 0; i < 16; i++) writeFileSync(join(damaged, "train", "up", `${i}.wav`), "no sound");
  const { code, error } = engram(["train", "keywords", "--data", damaged, "--out", join(folder, "damaged.model")]);
  assert.is(code, 1);
  assert.match(error, /label "up" has 0 train clips that can be read.*\n.*skipped: .*up.* and 13 more/);
});

test("what cannot be trained or quantized is named before any work", () => {
  const out = join(folder, "x.model");
  for (const [args, code, words] of [
    [["train", "speech", "--data", data, "--out", out], 2, /keywords/],
    [["train", "keywords", "--data", join(folder, "absent"), "--out", out], 1, /absent/],
    [["train", "keywords", "--data", data, "--words", "up,left", "--out", out], 1, /"left" has 0 train clips/],
    [["train", "keywords", "--data", data, "--cell", "transformer", "--out", out], 2, /transformer/],
    [["train", "keywords", "--data", data, "--units", "0", "--out", out], 2, /--units/],
    [["train", "keywords", "--data", data, "--out", join(folder, "absent", "x.model")], 1, /absent does not exist/],
    [["train", "keywords", "--data", data, "--out", folder], 1, /no file that can be replaced/],
    [["train", "keywords", "--data", data], 2, /--out/],
    [["quantize", join(data, "train", "up", "0.wav"), "--data", data, "--out", out], 1, /0\.wav/],
    [["quantize", join(folder, "whole.model"), "--data", folder, "--out", out], 1, /engram-test|validation/],
  ] as const) {
    const ran = engram([...args]);
    assert.is(ran.code, code, ran.error);
    const told = ran.error.slice(ran.error.indexOf("engram: "));
    assert.match(told, words);
    assert.is(told.trimEnd().split("\n").length, 2, ran.error);
  }
});

test.run();
