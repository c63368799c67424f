// engram new: a project whose scripts run, and what it refuses.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { engram, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const dir = join(folder, "My words");

test("a new project has a data folder, training, a johnny-five script and a README that names its words", () => {
  const { code, out, error } = engram(["new", dir, "--words", "start,stop"]);
  assert.is(code, 0, error);
  assert.match(out, "begin with its README.md");
  const manifest = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  assert.is(manifest.name, "my-words");
  for (const name of ["engram", "johnny-five", "firmata-io", "serialport"])
    assert.match(manifest.dependencies[name], /^\^\d/);
  assert.match(readFileSync(join(dir, "README.md"), "utf8"), "hears start, stop");
  assert.match(readFileSync(join(dir, "recordings/README.md"), "utf8"), "mkdir -p start");
  for (const script of ["train.js", "listen.js"]) execFileSync(process.execPath, ["--check", join(dir, script)]);
});

test("its training asks for recordings, and trains and quantizes what is there", () => {
  const train = () => spawnSync(process.execPath, ["train.js"], { cwd: dir, encoding: "utf8" });
  const empty = train();
  assert.is(empty.status, 1);
  assert.match(empty.stderr, "there are no recordings");
  mkdirSync(join(dir, "recordings/start"));
  mkdirSync(join(dir, "node_modules/.bin"), { recursive: true });
  const bin = join(dir, "node_modules/.bin/engram");
  writeFileSync(bin, '#!/bin/sh\necho "$@" >> calls.txt\n');
  chmodSync(bin, 0o755);
  assert.is(train().status, 0);
  assert.equal(readFileSync(join(dir, "calls.txt"), "utf8").trim().split("\n"), [
    "train keywords --data recordings --words start,stop --out words.model",
    "quantize words.model --data recordings --out words.engram",
  ]);
});

test("a folder that is there is left alone, and words that are no folders are refused", () => {
  const again = engram(["new", dir]);
  assert.is(again.code, 1);
  assert.match(again.error, /My words is there already[\s\S]*new folder/);
  assert.match(engram(["new", join(folder, "other"), "--words", "a/b"]).error, /"a\/b", which cannot be a folder/);
});

test.run();
