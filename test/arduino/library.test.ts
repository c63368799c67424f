// The Arduino library: firmata-io and johnny-five find what they expect of StandardFirmata, models give V8's integers, and the Keywords
// sketch hears by itself with the model in its image.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Keywords } from "../../host/boards/johnny-five.ts";
import { decodeWav } from "../../host/data/wav.ts";
import { features } from "../../host/features/frontend.ts";
import { readFrontEnd } from "../../host/features/frontend-section.ts";
import { readOutput } from "../../host/features/output-section.ts";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { childLink } from "../../host/link/child.ts";
import { Connection } from "../../host/link/connection.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { packRule } from "../../host/runtime/rules.ts";
import { wire } from "../../host/spec/messages.ts";
import { store } from "../../host/spec/store.ts";
import { writeArduinoLibrary } from "../../tools/arduino.ts";
import { until } from "../native/program.ts";
import { differing, expected, logitsOf, run } from "../native/streams.ts";
import { compileAll, folder, has, library, sketch } from "./library.ts";

const require = createRequire(import.meta.url);
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));
const microbit = read("models/microbit.engram");
const keywords = readModel(read("models/keywords.engram"), "keywords.engram");
const rate = 16000;
const [said] = decodeWav(read("models/demo/rms.wav"), "rms.wav").channels.map((samples) =>
  Int16Array.from(samples.subarray(0, 4.4 * rate)),
);

const missing = ["cmake", "cc", "c++"].filter((command) => !has(command));
if (missing.length > 0) console.log(`${missing.join(", ")} missing: the Arduino library is not tested`);
const libraryTest = missing.length > 0 ? test.skip : test;
const lib = missing.length > 0 ? "" : library();
const objects = lib ? await compileAll(lib, "host", { c: "cc", cpp: "c++", options: [] }) : [];

const links: Duplex[] = [];
test.after.each(() => {
  for (const link of links.splice(0)) link.destroy();
});

function start(program: string, ...parameters: string[]): { link: Duplex; log: string[] } {
  const log: string[] = [];
  const link = childLink(program, parameters, (line) => log.push(line));
  link.on("error", () => {});
  links.push(link);
  return { link, log };
}

async function reboot(link: Duplex): Promise<void> {
  const connection = new Connection(duplexCarrier(link));
  await connection.open(Uint8Array.of(wire.protocol, 0));
  await connection.request("reboot", new Uint8Array());
}

const firmata = lib ? await sketch(lib, "EngramFirmata", objects) : "";
const listener = lib ? await sketch(lib, "Keywords", objects) : "";

libraryTest("johnny-five drives LED and servo of the sketch, and hears what V8 hears", async () => {
  const { Firmata } = require("firmata-io");
  const five = require("johnny-five");
  const { link, log } = start(firmata);
  const io = new Firmata(link, { reportVersionTimeout: 200 });
  await new Promise<void>((resolve) => io.once("ready", resolve));
  assert.is(io.firmware.name, "engram arduino");
  assert.is(io.pins.length, 20);
  assert.is(io.pins[14].analogChannel, 0);
  assert.not(io.pins[2].supportedModes.includes(io.MODES.PWM));
  const board = new five.Board({ io, repl: false, debug: false });
  await new Promise<void>((resolve) => board.once("ready", resolve));
  new five.Led(13).on();
  await until(() => log.includes("pin 13 high"));
  new five.Servo({ pin: 9, range: [0, 180] }).to(45);
  await until(() => log.some((line) => /^servo 9 (45|\d{3,4})$/.test(line)));
  const value = await new Promise<number>((resolve) => io.analogRead(2, resolve));
  assert.is(value, 160);
  const heard: string[] = [];
  const words = new Keywords(board);
  await words.flash(microbit);
  words.on("detection", ({ label }: { label: string }) => heard.push(label));
  await words.listen(
    (async function* () {
      yield new Uint8Array(said.buffer);
    })(),
  );
  await words.close();
  const { sections } = readModel(microbit, "microbit.engram");
  const { labels } = readOutput(sections.get("OUTP")!.bytes);
  const { detected } = expected(microbit, features(said, readFrontEnd(sections.get("FRNT")!.bytes)));
  assert.ok(detected.length >= 2);
  assert.equal(
    heard,
    detected.map((label) => labels[label]),
  );
});

libraryTest("logits of the library are V8's to the bit, and a reset keeps what is stored in RAM", async () => {
  const { link } = start(firmata);
  const session = await connect(link);
  assert.ok(session.hello.forgets);
  await session.flashModel(microbit);
  const events = await run(session, { logits: true }, said);
  const frontEnd = readFrontEnd(readModel(microbit, "microbit.engram").sections.get("FRNT")!.bytes);
  const { logits } = expected(microbit, features(said, frontEnd));
  assert.is(differing(logitsOf(events), logits), undefined);
  await reboot(link);
  const again = await connect(link);
  assert.is(again.hello.modelState, "confirmed");
});

libraryTest("the Keywords sketch hears by itself with the model in its image", async () => {
  const sound = join(folder, "said.raw");
  writeFileSync(sound, new Uint8Array(said.buffer));
  const { link, log } = start(listener, sound);
  const session = await connect(link);
  const status = await session.status();
  assert.is(status.state, "confirmed");
  assert.is(status.sha256, keywords.sha256);
  await session.set(store.rules, packRule({ label: "no", pin: 12, threshold: 0, holdMs: 200 }));
  await until(() => log.includes("pin 13 low"));
  assert.ok(log.includes("microphone at 16000"));
  assert.ok(log.indexOf("pin 13 high") >= 0 && log.indexOf("pin 13 high") < log.indexOf("pin 13 low"));
  await until(() => log.includes("pin 12 low"));
  const { labels } = readOutput(keywords.sections.get("OUTP")!.bytes);
  const frontEnd = readFrontEnd(keywords.sections.get("FRNT")!.bytes);
  const { detected } = expected(keywords.file, features(said, frontEnd));
  for (let i = 0; i < 300 && (await session.heard()).detections < detected.length; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const { last } = await session.heard();
  assert.equal(
    last.map(({ label }) => labels[label]),
    detected.map((label) => labels[label]),
  );
});

libraryTest("a flashed model takes the place of the one in the image, which is back when it is erased", async () => {
  const { link } = start(listener);
  const session = await connect(link);
  await session.flashModel(microbit);
  assert.is((await session.status()).sha256, readModel(microbit, "microbit.engram").sha256);
  await session.eraseModels();
  await reboot(link);
  const again = await connect(link);
  assert.is((await again.status()).sha256, keywords.sha256);
  assert.equal(await again.readModel(), new Uint8Array(keywords.file));
});

libraryTest("a folder with something else in it stays as it is", () => {
  const other = join(folder, "other");
  mkdirSync(other);
  writeFileSync(join(other, "kept.txt"), "");
  assert.throws(() => writeArduinoLibrary(other), /something else/);
});

const targets = [
  {
    name: "cortex-m0plus",
    c: "arm-none-eabi-gcc",
    cpp: "arm-none-eabi-g++",
    options: ["-mcpu=cortex-m0plus", "-mthumb", "--specs=picolibc.specs"],
  },
  {
    name: "lx106",
    c: "xtensa-lx106-elf-gcc",
    cpp: "xtensa-lx106-elf-g++",
    options: [
      "-ffreestanding",
      "-Drestrict=__restrict",
      "-isystem",
      new URL("../../firmware/common/freestanding", import.meta.url).pathname,
    ],
  },
];
for (const { name, ...compiler } of targets) {
  const there = lib && has(compiler.c) && has(compiler.cpp);
  if (!there) console.log(`${compiler.c} is missing: the library is not compiled for ${name}`);
  (there ? test : test.skip)(`every source of the library compiles for ${name}`, async () => {
    const made = await compileAll(lib, name, compiler);
    assert.is(made.length, objects.length);
  });
}

test.run();
