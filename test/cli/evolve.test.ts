// engram train of a task with a fitness: evolved, quantized, measured; Ctrl-C with its checkpoint; options that mean nothing to it.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { engram, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const place = (name: string): string => join(folder, name);
const hash = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
const common = ["train", "double-pole", "--seed", "1"];

test("a seed that is known to be quick is evolved, and its integers meet both thresholds", () => {
  const trained = engram([...common, "--out", place("whole.model"), "--json"]);
  assert.is(trained.code, 0, trained.error);
  const { evolution, metric, sha256 } = JSON.parse(trained.out);
  assert.equal([evolution.reached, evolution.evaluations, metric], [true, 1520, "starts"]);
  assert.is(sha256, hash(place("whole.model")));
  assert.match(trained.error, /400 of 40000 evaluations: best fitness 0\.0\d+, \d+:\d\d left/);
  assert.is(engram(["quantize", place("whole.model"), "--out", place("whole.engram")]).code, 0);
  const { passes, scores } = JSON.parse(engram(["evaluate", place("whole.engram"), "--json"]).out);
  assert.equal(passes, { starts: true, steps: true }, JSON.stringify(scores));
  const page = engram(["report", place("whole.model"), "--out", place("whole.html"), "--json"]);
  assert.is(JSON.parse(page.out).epochs, 4);
  assert.match(readFileSync(place("whole.html"), "utf8"), /best fitness, mean of an epoch/);
});

test("an evolution that Ctrl-C stops goes on to the same bytes", async () => {
  const model = place("stopped.model");
  const main = fileURLToPath(new URL("../../host/cli/main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", main, ...common, "--out", model]);
  let error = "";
  let stopped = false;
  child.stderr.on("data", (text) => {
    error += text;
    if (stopped || !error.includes("400 of 40000 evaluations")) return;
    stopped = true;
    child.kill("SIGINT");
  });
  assert.is(await new Promise((resolve) => child.once("close", resolve)), 130, error);
  assert.match(error, /the same command goes on from .*stopped\.model\.checkpoint/);
  assert.ok(existsSync(`${model}.checkpoint`) && !existsSync(model));
  const resumed = engram([...common, "--out", model]);
  assert.is(resumed.code, 0, resumed.error);
  assert.match(resumed.out, /after 1,520 evaluations/);
  assert.is(hash(model), hash(place("whole.model")));
  assert.not.ok(existsSync(`${model}.checkpoint`));
});

test("what gradients want and a network that is too large are refused in a sentence with a hint", () => {
  for (const [args, words] of [
    [["--learning-rate", "0.1"], /--learning-rate is for training by gradients/],
    [["--units", "40"], /CMA-ES takes up to 200 weights, the network has 1800/],
    [["--cell", "esn"], /esn is a reservoir/],
  ] as const) {
    const ran = engram([...common, ...args, "--out", place("refused.model")]);
    assert.is(ran.code, 1, ran.error);
    const told = ran.error.slice(ran.error.indexOf("engram: "));
    assert.match(told, words);
    assert.is(told.trimEnd().split("\n").length, 2, ran.error);
  }
});

test.run();
