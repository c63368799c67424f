// The ESP-IDF component as a program of this machine, with threads for tasks and files for flash and sound (host/sdk.c): what of the port
// is ours does what it should.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { decodeWav } from "../../host/data/wav.ts";
import { features } from "../../host/features/frontend.ts";
import { readFrontEnd } from "../../host/features/frontend-section.ts";
import { readOutput } from "../../host/features/output-section.ts";
import { childLink } from "../../host/link/child.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { packRule } from "../../host/runtime/rules.ts";
import { store } from "../../host/spec/store.ts";
import { until } from "../native/program.ts";
import { differing, expected, logitsOf, run } from "../native/streams.ts";

const require = createRequire(import.meta.url);
const root = packageRoot();
const folder = mkdtempSync(join(tmpdir(), "engram-esp-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const rate = 16000;
const file = readFileSync(join(root, "models", "keywords.engram"));
const model = readModel(file, "keywords.engram");
const [said] = decodeWav(readFileSync(join(root, "models", "demo", "rms.wav")), "rms.wav").channels.map((samples) =>
  Int16Array.from(samples.subarray(0, 4.4 * rate)),
);
const wanted = () => expected(file, features(said, readFrontEnd(model.sections.get("FRNT")!.bytes)));
const [spoken, quiet] = [join(folder, "said.raw"), join(folder, "quiet.raw")];
writeFileSync(spoken, new Uint8Array(said.buffer));
writeFileSync(quiet, "");

const missing = ["cmake", "cc"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0);
if (missing.length > 0) console.log(`${missing.join(", ")} missing: the ESP-IDF component does not run here`);
const hostTest = missing.length > 0 ? test.skip : test;
const links: Duplex[] = [];

test.before(async () => {
  if (missing.length > 0) return;
  const source = join(root, "test", "esp-idf");
  const options = ["-DEN_TEST_HOST=ON", "-DCMAKE_BUILD_TYPE=Release"];
  await promisify(execFile)("cmake", ["-S", source, "-B", folder, ...options]);
  await promisify(execFile)("cmake", ["--build", folder, "--parallel", "2"], { maxBuffer: 2 ** 26 });
});
test.after.each(() => {
  for (const link of links.splice(0)) link.destroy();
});

function start(partition: string, sound = quiet) {
  const log: string[] = [];
  const link = childLink(join(folder, "board"), [join(folder, partition), sound], (line) => log.push(line));
  link.on("error", () => {});
  links.push(link);
  const close = () => new Promise<void>((resolve) => void link.once("close", () => resolve()).destroy());
  return { link, log, close };
}

hostTest("a model in the partition outlasts the board, which then hears by itself and drives a pin", async () => {
  const first = start("kept");
  const session = await connect(first.link);
  assert.is(session.hello.board, "esp32");
  assert.not.ok(session.hello.forgets);
  await session.flashModel(file);
  const events = await run(session, { logits: true }, said.subarray(0, rate));
  assert.is(differing(logitsOf(events), wanted().logits.slice(0, logitsOf(events).length)), undefined);
  await session.set(store.rules, packRule({ label: "yes", pin: 2, threshold: 0, holdMs: 200 }));
  await first.close();

  const second = start("kept", spoken);
  await until(() => second.log.includes("gpio 2 0") && second.log.includes("gpio 2 1"));
  assert.ok(second.log.includes("i2s at 16000"));
  assert.ok(second.log.includes("task engram on core 1") && second.log.includes("task engram ear on core 0"));
  const again = await connect(second.link);
  const { labels } = readOutput(model.sections.get("OUTP")!.bytes);
  const words = wanted().detected.map((label) => labels[label]);
  for (let i = 0; i < 300 && (await again.heard()).detections < words.length; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(
    (await again.heard()).last.map(({ label }) => labels[label]),
    words,
  );
  await second.close();
});

hostTest(
  "firmata-io drives digital pins, PWM and servos, and sees none that flash, link or microphone take",
  async () => {
    const { Firmata } = require("firmata-io");
    const { link, log } = start("pins");
    const io = new Firmata(link, { reportVersionTimeout: 200 });
    await new Promise<void>((resolve) => io.once("ready", resolve));
    assert.is(io.firmware.name, "engram esp32");
    const hidden = [1, 3, 6, 7, 8, 9, 10, 11, 25, 26, 33];
    for (const pin of hidden) assert.is(io.pins[pin].supportedModes.length, 0, `${pin}`);
    io.pinMode(4, io.MODES.OUTPUT);
    io.digitalWrite(4, 1);
    io.pinMode(5, io.MODES.PWM);
    io.pwmWrite(5, 255);
    io.servoConfig(12, 1000, 2000);
    io.servoWrite(12, 90);
    io.pinMode(5, io.MODES.OUTPUT);
    await until(() => log.includes("ledc 5 off"));
    // Always on is 2^8; 1500 µs of 20,000 at 14 bits.
    for (const line of ["gpio 4 1", "ledc 5 duty 256", `ledc 12 duty ${Math.floor((1500 * 2 ** 14) / 20000)}`])
      assert.ok(log.includes(line), `${line} in ${log}`);
  },
);

test.run();
