// flash, stream, demo and evaluate --on with boards of this machine, as a user types them.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { missingTools } from "../../host/boards/build.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { engram, temporaryFolder } from "./engram.ts";
import { tinyModel } from "./tiny-model.ts";

const folder = temporaryFolder();
const file = join(folder, "yes.engram");
writeFileSync(file, await tinyModel(1, "yes"));
const sounds = join(folder, "sounds");
mkdirSync(sounds);
const second = Int16Array.from({ length: 16000 }, (_, t) => 2000 * Math.sin(t / 9));
for (const name of ["a", "b"]) writeFileSync(join(sounds, `${name}.wav`), encodeWav(second, 16000));
writeFileSync(join(sounds, "c.wav"), "this is no sound");

const root = new URL("../../", import.meta.url);
const main = fileURLToPath(new URL("host/cli/main.ts", root));
const reber = fileURLToPath(new URL("models/architectures/elman-reber.engram", root)); // makes its own data

const missing = await missingTools();
if (missing) console.log(`${missing.what}: the native board is not tried (${missing.hint})`);
const boards = missing ? ["node"] : ["node", "native"];
if (missing) test.skip("the native board");

const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

for (const board of boards) {
  const on = ["--board", board, "--flash", join(folder, `${board}.flash`)];

  test(`${board}: without a model a stream fails with the command that flashes one`, () => {
    const { code, error } = engram(["stream", join(sounds, "a.wav"), ...on]);
    assert.is(code, 1);
    assert.match(error, /no model\n.*engram flash/s);
  });

  test(`${board}: a flashed model hears the next stream; what cannot be read is named`, () => {
    const flashed = engram(["flash", file, ...on, "--json"]);
    assert.is(flashed.code, 0, flashed.error);
    assert.is(JSON.parse(flashed.out).bytes, readFileSync(file).length);
    const streamed = engram(["stream", sounds, ...on, "--json"]);
    assert.is(streamed.code, 0, streamed.error);
    const said = lines(streamed.out);
    const { summary } = said.pop();
    assert.is(summary.seconds, 4); // two seconds of sound, a second of quiet after each
    assert.is(summary.steps, Math.floor((4 * 16000 - 512) / 320) + 1);
    assert.is(summary.notices.length, 1);
    assert.match(summary.notices[0], /skipped.*c\.wav/);
    assert.is(said[0].label, "yes");
    assert.is(said[0].file, "a.wav");
    assert.ok(said[0].time > 0 && said[0].score > 0.9 && said[0].latency >= 0);
    assert.is(summary.detections.yes, said.length);
  });

  test(`${board}: the summary tells labels from how often they were heard`, () => {
    const { out, error, code } = engram(["stream", join(sounds, "a.wav"), ...on]);
    assert.is(code, 0, error);
    assert.match(out, /; heard: yes ×\d+\n$/);
  });

  test(`${board}: an empty standard input is an error, as when the recorder before it fails`, () => {
    const { code, error } = engram(["stream", "-", ...on]);
    assert.is(code, 1);
    assert.match(error, /without sound/);
  });

  test(`${board}: a file that is no sound is the error itself`, () => {
    const { code, error } = engram(["stream", join(sounds, "c.wav"), ...on]);
    assert.is(code, 1);
    assert.match(error, /^engram: .*c\.wav is not a sound file.*\n .*\n$/);
  });

  test(`${board}: raw samples on standard input, cut anywhere, with or without a wav header`, () => {
    const raw = new Uint8Array(second.buffer);
    for (const input of [raw, encodeWav(second, 16000)]) {
      const { out, code, error } = engram(["stream", "-", ...on, "--json"], { input });
      assert.is(code, 0, error);
      assert.is(lines(out).at(-1).summary.steps, Math.floor((16000 - 512) / 320) + 1);
    }
    const { code, error } = engram(["stream", "-", ...on], { input: encodeWav(second, 44100) });
    assert.is(code, 1);
    assert.match(error, /44100 Hz, the model wants .* 16000 Hz\n.*arecord/);
  });

  test(`${board}: a damaged model is refused and the old one stays`, () => {
    const damaged = join(folder, "damaged.engram");
    writeFileSync(
      damaged,
      readFileSync(file).map((byte, i) => (i === 2000 ? byte ^ 4 : byte)),
    );
    assert.is(engram(["flash", damaged, ...on]).code, 1);
    assert.is(engram(["stream", join(sounds, "a.wav"), ...on, "--quiet"]).code, 0);
  });
}

test("evaluate gives the same confusion in V8 and on boards", async () => {
  const data = join(folder, "data");
  for (const label of ["yes", "no"]) {
    mkdirSync(join(data, "test", label), { recursive: true });
    for (let i = 0; i < 4; i++) {
      const samples = Int16Array.from(
        { length: 16000 },
        (_, t) => 3000 * Math.sin((t * (i + 1)) / 20) * Math.sin(t / 900),
      );
      writeFileSync(join(data, "test", label, `${i}.wav`), encodeWav(samples, 16000));
    }
  }
  const model = join(folder, "plain.engram");
  writeFileSync(model, await tinyModel());
  const confusion = (on: string) => {
    const flash = ["--flash", join(folder, `evaluate-${on}.flash`)];
    const { out, error } = engram([
      "evaluate",
      model,
      "--data",
      data,
      "--on",
      on,
      "--json",
      ...(on === "v8" ? [] : flash),
    ]);
    return JSON.parse(out || error).confusion;
  };
  for (const board of boards) assert.equal(confusion(board), confusion("v8"));
});

const kept = process.platform === "linux" ? test : test.skip; // elsewhere the cache folder is not ours to choose
for (const board of boards)
  kept(`${board}: evaluate leaves the model that the user flashed, and no file behind`, () => {
    const [cache, temporary] = [join(folder, `cache-${board}`), join(folder, `tmp-${board}`)];
    mkdirSync(temporary);
    const before = { ...process.env };
    Object.assign(process.env, { XDG_CACHE_HOME: cache, TMPDIR: temporary });
    try {
      assert.is(engram(["flash", file, "--board", board]).code, 0);
      const flash = readFileSync(join(cache, "engram", `${board}.flash`));
      const { code, error } = engram(["evaluate", reber, "--on", board, "--json"]);
      assert.is(code, 0, error);
      assert.ok(readFileSync(join(cache, "engram", `${board}.flash`)).equals(flash));
      assert.equal(
        readdirSync(temporary).filter((name) => name.startsWith("engram")),
        [],
      );
    } finally {
      process.env = before;
    }
  });

for (const board of boards)
  test(`${board}: evaluate of a task shows what time is left, and a signal ends it at once`, async () => {
    const child = spawn(process.execPath, ["--import", "tsx", main, "evaluate", reber, "--on", board]);
    let error = "";
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (text) => {
        error += text;
        if (/\d+ %, \d+:\d\d left/.test(error)) resolve();
      });
      child.once("close", () => resolve());
    });
    child.kill("SIGTERM");
    const told = performance.now();
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.match(error, /\d+ %, \d+:\d\d left/);
    assert.is(code, 130);
    assert.ok(performance.now() - told < 3000);
  });

const children = (pid: number): string => `/proc/${pid}/task/${pid}/children`;
const stopTest = !missing && existsSync(children(process.pid)) ? test : test.skip;
stopTest("a board of this machine that stops answering is not said to be unplugged", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", main, "evaluate", reber, "--on", "native"]);
  let error = "";
  await new Promise<void>((resolve) => {
    child.stderr.on("data", (text) => {
      error += text;
      if (/\d+ %/.test(error)) resolve();
    });
    child.once("close", () => resolve());
  });
  const pids = readFileSync(children(child.pid!), "utf8").split(" ").filter(Boolean);
  const board = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--flash"));
  process.kill(Number(board), "SIGSTOP");
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.is(code, 1);
  assert.match(error, /engram: the board has stopped answering\n {2}the board runs on this machine/);
});

// As a terminal does it: the signal goes to the whole group of processes.
for (const board of boards)
  test(`Ctrl-C ends a stream on ${board} in order, with its summary`, async () => {
    const on = ["--board", board, "--flash", join(folder, `${board}.flash`), "--json"];
    const child = spawn(process.execPath, ["--import", "tsx", main, "stream", "-", ...on], { detached: true });
    let out = "";
    const heard = new Promise<void>((resolve) => {
      child.stdout.on("data", (text) => {
        out += text;
        resolve();
      });
    });
    const feeding = setInterval(() => child.stdin.write(new Uint8Array(second.buffer)), 20);
    child.stdin.on("error", () => {});
    await heard;
    clearInterval(feeding);
    process.kill(-child.pid!, "SIGINT");
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.is(code, 130);
    assert.ok(lines(out).at(-1).summary.steps > 0);
  });

test("what is left over on the command line, and an option given twice, are wrong usage", () => {
  for (const [words, says] of [
    [["inspect", file, file], /too many arguments/],
    [["boards", "extra"], /too many arguments/],
    [["evaluate", file, "--on", "v8", "--on", "native"], /--on is given more than once/],
    [["bench", "--units", "4", "--units", "5"], /--units is given more than once/],
    [["bench", "--model", file, "--units", "4"], /cannot be used with option/],
    [["bench", "--board", "node"], /inside Node is not measured/],
    [["flash", file, "--board", "qemu-m4", "--flash", "x.flash"], /has no flash file/],
  ] as const) {
    const { code, error } = engram([...words]);
    assert.is(code, 2, error);
    assert.match(error, says);
  }
});

test("a port that is not there is one sentence and a hint", () => {
  for (const port of ["/dev/ttyNOTHING", "tcp:127.0.0.1:9"]) {
    const { code, error } = engram(["flash", file, "--port", port]);
    assert.is(code, 1, error);
    assert.is(error.trimEnd().split("\n").length, 2, error);
  }
});

test.run();
