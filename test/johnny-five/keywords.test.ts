// The Keywords class over the Firmata that unmodified firmata-io and johnny-five speak with the native board.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Detection, Keywords } from "../../host/boards/johnny-five.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { boardTest, folder, startBoard, until } from "../native/program.ts";

const require = createRequire(import.meta.url);
const second = new Uint8Array(2 * 16000);

async function* chunks(count: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield second.subarray(0, bytes);
}

async function open(...parameters: string[]) {
  const { Firmata } = require("firmata-io");
  const five = require("johnny-five");
  const { link, log, close } = startBoard(...parameters);
  const io = new Firmata(link, { reportVersionTimeout: 200 });
  await new Promise<void>((resolve) => io.once("ready", resolve));
  const board = new five.Board({ io, repl: false, debug: false });
  await new Promise<void>((resolve) => board.once("ready", resolve));
  const keywords = new Keywords(board);
  return {
    five,
    keywords,
    log,
    async end() {
      await keywords.close();
      await close();
    },
  };
}

boardTest("a johnny-five program blinks an LED on a detection", async () => {
  const { five, keywords, log, end } = await open();
  await keywords.flash(await tinyModel(1, "yes"));
  const led = new five.Led(13);
  const heard: Detection[] = [];
  keywords.on("detection", (detection) => {
    heard.push(detection);
    if (detection.label === "yes") led.on();
  });
  const { frames } = await keywords.listen(chunks(30, 3201)); // odd: samples are cut in the middle
  assert.is(frames, Math.floor((30 * 3201) / 2 / 320 - 512 / 320) + 1);
  assert.is(heard[0].label, "yes");
  assert.ok(heard[0].score > 0.9 && heard[0].time > 0 && heard[0].time < 1.5);
  await until(() => log.includes("led 13 on"));
  await end();
});

boardTest("a johnny-five program hears what the board hears by itself", async () => {
  const sound = join(folder, "quiet.wav");
  writeFileSync(sound, encodeWav(new Int16Array(1600), 16000));
  const { keywords, end } = await open("--microphone", sound);
  await keywords.flash(await tinyModel(1, "yes"));
  const over = new AbortController();
  const heard: string[] = [];
  keywords.on("detection", ({ label }) => {
    heard.push(label);
    over.abort();
  });
  await keywords.overhear({ signal: over.signal });
  assert.equal(heard, ["yes"]);
  await end();
});

boardTest("levels come when somebody listens for them", async () => {
  const { keywords, end } = await open();
  await keywords.flash(await tinyModel(1, "silence"));
  let levels = 0;
  keywords.on("level", ({ peak }) => {
    levels++;
    assert.is(peak, 0);
  });
  const { frames } = await keywords.listen(chunks(10, 6400));
  assert.is(levels, frames);
  await end();
});

boardTest("without a model on the board listening fails with a hint", async () => {
  const { keywords, end } = await open();
  try {
    await keywords.listen(chunks(1, 6400));
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /no model/);
  }
  await end();
});

test.run();
