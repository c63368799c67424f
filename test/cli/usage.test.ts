// Options that contradict each other or do nothing: wrong usage, said before anything is begun.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeWav } from "../../host/data/wav.ts";
import { engram, temporaryFolder } from "./engram.ts";
import { tinyModel } from "./tiny-model.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny.engram");
writeFileSync(model, await tinyModel());
const data = join(folder, "data");
mkdirSync(join(data, "test", "yes"), { recursive: true });
const sound = join(data, "test", "yes", "a.wav");
writeFileSync(sound, encodeWav(new Int16Array(16000), 16000));
const state = join(folder, "tiny.state");

function refuses(args: string[], what: RegExp): void {
  const { code, error, out } = engram(args);
  assert.is(code, 2, `${args.join(" ")}: ${error}`);
  assert.match(error, what);
  assert.is(error.trimEnd().split("\n").length, 2, error);
  assert.is(out, "");
}

test("a board and a port together are refused by every verb", () => {
  const both = ["--board", "rv32", "--port", "/dev/ttyNOTHING"];
  for (const verb of [
    ["flash", model],
    ["stream", sound],
    ["state", "save", state],
    ["bench"],
    ["evaluate", model, "--data", data],
  ])
    refuses([...verb, ...both], /give --board or --port, not both/);
  assert.match(engram(["flash", model, "--board", "serial", "--port", "/dev/ttyNOTHING"]).error, /no port/);
});

test("evaluate runs in one place", () => {
  const evaluate = ["evaluate", model, "--data", data];
  refuses([...evaluate, "--on", "qemu-m4", "--board", "rv32"], /--on qemu-m4 and --board rv32 name two places/);
  refuses([...evaluate, "--on", "v8", "--port", "/dev/ttyNOTHING"], /--on v8 and --port name two places/);
});

const reber = join(folder, "reber.model");
const reberBoard = fileURLToPath(new URL("../../models/architectures/elman-reber.engram", import.meta.url));

test("options of sound are refused for a model of a task", () => {
  const trained = engram(["train", "reber", "--steps", "5", "--units", "2", "--out", reber]);
  assert.is(trained.code, 0, trained.error);
  for (const options of [["--stream"], ["--gain", "2"], ["--hours", "1"], ["--seed", "3"]])
    refuses(["evaluate", reberBoard, ...options], new RegExp(`${options[0]} is for keywords, not for reber`));
  for (const options of [
    ["--threshold", "0.5"],
    ["--hours", "1"],
  ])
    refuses(["quantize", reber, "--out", join(folder, "reber.engram"), ...options], /is for keywords, not for reber/);
});

test("options of a stream are refused for clips", () => {
  refuses(["evaluate", model, "--data", data, "--hours", "1"], /--hours is for --stream/);
  refuses(["evaluate", model, "--data", data, "--seed", "1"], /--seed is for --stream/);
});

test("a folder of data is refused by a task that makes its own", () => {
  for (const args of [
    ["train", "reber", "--out", join(folder, "none.model")],
    ["quantize", reber, "--out", join(folder, "none.engram")],
    ["evaluate", reberBoard],
    ["report", reberBoard, "--out", join(folder, "none.html")],
  ])
    refuses([...args, "--data", data], /reber makes its own data/);
});

test.run();
