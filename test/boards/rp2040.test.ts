// The Raspberry Pi Pico: images, power cuts in its flash, faults, USB, pins, microphone, and what it does when nothing happens.
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { imageSize } from "../../host/boards/image.ts";
import { keptBytes } from "../../host/boards/rp2040/flash.ts";
import { type Run, started } from "../../host/boards/rp2040/open.ts";
import { bootBytes, bootCrc } from "../../host/boards/rp2040/rom.ts";
import { packageRoot } from "../../host/compile/assembly.ts";
import { loadCell } from "../../host/compile/load.ts";
import { Notices } from "../../host/data/notices.ts";
import { readSound } from "../../host/data/sound.ts";
import { readOutput } from "../../host/features/output-section.ts";
import { connect, type Session } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { frameSeconds, modelFile } from "../../tools/boards/subjects.ts";
import { total } from "../../tools/boards/tables.ts";
import { differing, logitsOf, run } from "../native/streams.ts";
import { emulatedBoards, folder, withSession } from "./boards.ts";
import { decimate, decimatedFloat, pdmBits } from "./rp2040/sound.ts";

const there = (await emulatedBoards()).some(({ name }) => name === "rp2040");
const boardTest = there ? test : test.skip;
const { Inside, addressOf, folder: images } = there ? await import("./rp2040/inside.ts") : ({} as never);

const image = there ? join(images, "engram.bin") : "";
const models = await Promise.all(
  [2, 3, 4].map(async (units) => randomModel(await loadCell("elman"), { units, inputs: 1 })),
);
/** Enough steps that a new model stays. */
const frames = Int16Array.from({ length: 9 }, (_, i) => 5000 * Math.sin(i));
const patienceMs = 30_000;
const nameOf = (model: Uint8Array): string => readModel(model, "a model").sha256;

boardTest("rp2040: the second stage has the CRC that the boot ROM wants, and the firmware follows it", () => {
  const bytes = new Uint8Array(readFileSync(image));
  const view = new DataView(bytes.buffer);
  const crc = bootCrc(bytes.subarray(0, bootBytes));
  assert.is(view.getUint32(bootBytes, true).toString(16), crc.toString(16), "the last word of boot2.S");
  assert.is(view.getUint32(bootBytes + 8, true) & ~1, addressOf("en_start"));
});

boardTest("rp2040: the UF2 file is the image, block by block, for this chip alone", () => {
  const bytes = readFileSync(image);
  const file = readFileSync(join(images, "engram.uf2"));
  const blocks = Math.ceil(bytes.length / 256);
  assert.is(file.length, 512 * blocks);
  for (let block = 0; block < blocks; block++) {
    const at = 512 * block;
    const words = Array.from({ length: 8 }, (_, i) => file.readUInt32LE(at + 4 * i));
    const head = [0x0a324655, 0x9e5d5157, 0x2000, 0x10000000 + 256 * block, 256, block, blocks, 0xe48bff56];
    assert.equal(words, head, `block ${block}`);
    const part = bytes.subarray(256 * block, 256 * (block + 1));
    assert.is(Buffer.compare(file.subarray(at + 32, at + 32 + part.length), part), 0);
    assert.is(file.readUInt32LE(at + 508), 0x0ab16f30);
  }
});

boardTest("rp2040: flash and RAM are as small as they must be", () => {
  const { flash, ram } = imageSize(join(images, "engram.map"));
  assert.ok(total(flash) <= 100 << 10, `${total(flash)} bytes of flash`);
  assert.ok(total(ram) <= 32 << 10, `${total(ram)} bytes of RAM`);
});

boardTest("rp2040: GRU-64 on 40 bands and its front end take less than 35 % of real time at 125 MHz", async () => {
  const cycles = async (model: string) =>
    withSession("rp2040", async (session) => {
      await session.flashModel(await modelFile(model));
      return session.bench(20);
    });
  const { ticks, ticksPerSecond } = await cycles("gru-64, 40 inputs");
  const { frontEndTicks } = await cycles("keywords.engram");
  assert.is(ticksPerSecond, 125e6);
  const share = (ticks + frontEndTicks) / (ticksPerSecond * (await frameSeconds("keywords.engram")));
  console.log(`rp2040: a step ${ticks} cycles, a frame ${frontEndTicks}: ${(100 * share).toFixed(1)} % of real time`);
  assert.ok(share < 0.35);
});

/** A board's life: it must have one of `models` (or none, if there are none), and is given `wanted` until power fails. */
async function live(
  run: Run,
  had: readonly Uint8Array[],
  wanted: Uint8Array,
): Promise<{ had: string; through: boolean }> {
  const link = await started(run);
  const closed = new Promise((resolve) => link.once("close", resolve));
  link.on("error", () => {});
  let sha256 = "";
  try {
    const session = await connect(link);
    ({ sha256 } = await session.status());
    if (had.length > 0) assert.ok(had.map(nameOf).includes(sha256), `another model is there: ${sha256}`);
    await session.flashModel(wanted);
    await confirmed(session, wanted);
    return { had: sha256, through: true };
  } catch (error) {
    if (!(error as Error).message.endsWith("has ended with code 9")) throw error;
    return { had: sha256, through: false };
  } finally {
    link.destroy();
    await closed;
  }
}

/** Runs the board's model, until it stays; each step must be V8's. */
async function confirmed(session: Session, model: Uint8Array): Promise<void> {
  const v8 = new IntegerModel(model);
  const wanted = Array.from(frames, (_, i) => v8.step(frames.subarray(i, i + 1)).slice());
  const found = logitsOf(await run(session, { source: "frames", logits: true }, frames));
  assert.is(differing(found, wanted), undefined);
}

boardTest(
  "rp2040: whatever the power is cut in, one of the two models comes back, runs, and takes the next",
  async () => {
    const [before, flash] = [join(folder, "before.flash"), join(folder, "cut.flash")];
    writeFileSync(before, "");
    truncateSync(before, keptBytes);
    await live({ image, flash: before }, [], models[2]);
    await live({ image, flash: before }, [models[2]], models[0]);
    /** Bytes that are done: of a page, or of a sector. */
    const tears = [0, 1, 100, 255, 2048];
    const found = { old: 0, new: 0 };
    for (let cutAfter = 0; ; cutAfter++) {
      copyFileSync(before, flash);
      const cut = { cutAfter, tear: tears[cutAfter % tears.length] };
      if ((await live({ image, flash, ...cut }, [models[0]], models[1])).through) break;
      const { had } = await live({ image, flash }, [models[0], models[1]], models[2]);
      found[had === nameOf(models[0]) ? "old" : "new"]++;
    }
    assert.ok(found.old > 5 && found.new > 0, JSON.stringify(found));
  },
);

/** The image with a function of the firmware replaced by what these halfwords say. */
function imageWith(name: string, ...halfwords: number[]): string {
  const bytes = readFileSync(image);
  const path = join(folder, `${halfwords.map((word) => word.toString(16)).join("-")}.bin`);
  for (const [i, halfword] of halfwords.entries()) bytes.writeUInt16LE(halfword, addressOf(name) - 0x10000000 + 2 * i);
  writeFileSync(path, bytes);
  return path;
}

/** Waits for what a board says when it starts. */
function greeted(link: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("nothing has reset the board")), patienceMs);
    link.once("close", () => reject(new Error("the board has ended")));
    let heard = "";
    link.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (!heard.includes("\xf0\x79")) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

const hangs = [0xbf30, 0xe7fd]; // WFI, and again: asleep, so that ten seconds of it are no work here
const faults = [0x2001, 0x6800]; // MOVS R0, #1; LDR R0, [R0]: no word begins there
for (const [what, halfwords] of Object.entries({ hangs, faults })) {
  boardTest(`rp2040: a board that ${what} starts again with its model`, async () => {
    const flash = join(folder, `${what}.flash`);
    writeFileSync(flash, "");
    truncateSync(flash, keptBytes);
    const link = await started({ image: imageWith("en_session_statistics", ...halfwords), flash });
    link.setMaxListeners(0);
    try {
      const session = await connect(link);
      await session.flashModel(models[0]);
      const again = greeted(link);
      session.statistics().catch(() => {}); // nobody answers
      await again;
      assert.is((await (await connect(link)).status()).sha256, nameOf(models[0]));
    } finally {
      link.destroy();
    }
  });
}

boardTest("rp2040: over USB a model is flashed and runs", async () => {
  const link = await started({ image, usb: true });
  link.setMaxListeners(0);
  try {
    const session = await connect(link);
    assert.is(session.hello.board, "rp2040");
    await session.flashModel(models[0]);
    await confirmed(session, models[0]);
  } finally {
    link.destroy();
  }
});

boardTest("rp2040: both cores are idle when nothing happens", () => {
  const inside = new Inside();
  inside.run(0.1);
  const awake = inside.run(1);
  assert.ok(awake < 0.002, `awake for ${100 * awake} %`);
});

boardTest("rp2040: Firmata reaches the LED, PWM, servo and ADC", () => {
  const inside = new Inside();
  inside.run(0.1);
  const { gpio, adc } = inside.chip.rp2040;
  const [led, output, pwm, servo] = [25, 1, 3, 4];
  inside.send(0xf4, led, output, 0xf5, led, 1);
  assert.is(gpio[led].value, 1);
  inside.send(0xf5, led, 0);
  assert.is(gpio[led].value, 0);
  inside.send(0xf4, 10, servo, 0xf0, 0x6f, 10, 90, 0, 0xf7);
  inside.send(0xf4, 16, pwm, 0xf0, 0x6f, 16, 64, 0, 0xf7);
  inside.run(0.05);
  assert.ok(Math.abs(highShare(inside, 10) - 1472 / 20000) < 0.002, "a servo at 90°");
  assert.ok(Math.abs(highShare(inside, 16) - 64 / 255) < 0.01, "a quarter of PWM");
  adc.channelValues[1] = 0x456;
  inside.said.length = 0;
  inside.send(0xf4, 27, 2, 0xc1, 1);
  inside.run(0.1);
  assert.ok(inside.said.join().includes([0xe1, 0x56, 0x08].join()), "the ADC's value");
});

/** The part of 40 ms in which a pin is high. */
function highShare(inside: InstanceType<typeof Inside>, pin: number): number {
  const times = 4000;
  let high = 0;
  for (let i = 0; i < times; i++) {
    inside.run(1e-5);
    high += Number(inside.chip.rp2040.gpio[pin].value === 1);
  }
  return high / times;
}

/** Signal over what remains when the best sine of that frequency is taken away, in dB. */
function signalToNoise(samples: Int16Array, hertz: number, rate: number): number {
  let [sine, cosine, all] = [0, 0, 0];
  samples.forEach((sample, i) => {
    sine += (sample * Math.sin((2 * Math.PI * hertz * i) / rate) * 2) / samples.length;
    cosine += (sample * Math.cos((2 * Math.PI * hertz * i) / rate) * 2) / samples.length;
    all += sample ** 2 / samples.length;
  });
  const signal = (sine ** 2 + cosine ** 2) / 2;
  return 10 * Math.log10(signal / (all - signal));
}

/** The modulator's noise is below these. */
for (const [rate, bitsPerSample, leastNoise] of [
  [8000, 128, 70],
  [16000, 64, 55],
  [32000, 32, 40],
]) {
  (decimate ? test : test.skip)(`a sine through PDM at ${rate} samples a second comes out as it went in`, () => {
    const hertz = rate / 16;
    const level = 0.1;
    const bits = pdmBits(
      rate * bitsPerSample,
      (bit) => 0.02 + level * Math.sin((2 * Math.PI * hertz * bit) / (rate * bitsPerSample)),
    );
    const samples = decimate!(bits, bitsPerSample).subarray(rate / 2); // without what the filters begin with
    assert.is(samples.length, rate / 2);
    const peak = Math.max(...samples);
    assert.ok(Math.abs(peak / (level * 8 * 32768) - 1) < 0.02, `peak ${peak}`);
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    assert.ok(Math.abs(mean) < 1, `mean ${mean}`);
    const noise = signalToNoise(samples, hertz, rate);
    assert.ok(noise > leastNoise, `${noise.toFixed(1)} dB`);
    const wanted = decimatedFloat(bits, bitsPerSample).subarray(rate / 2);
    const off = Math.max(...Array.from(samples, (sample, i) => Math.abs(sample - wanted[i])));
    assert.ok(off < 8, `off by ${off}, one before the gain`);
  });
}

(decimate && there ? test : test.skip)(
  "rp2040: PIO and DMA bring the microphone's bits, and the samples are those of the same bits elsewhere",
  () => {
    const inside = new Inside();
    const [rate, bitsPerSample, clock, data] = [16000, 64, 2, 3];
    const bits = pdmBits(64 * 1024, (bit) => 0.2 * Math.sin(bit / 300));
    inside.run(0.1);
    let sent = 0;
    const { gpio } = inside.chip.rp2040;
    gpio[clock].addListener((state) => {
      if (state === 0) gpio[data].setInputValue(bits[sent++ % bits.length] === 1);
    });
    const before = inside.chip.rp2040.clock.nanos;
    assert.is(inside.call("listen", rate), 1);
    const heard: number[] = [];
    while (heard.length < 600) {
      inside.run(0.01);
      heard.push(...inside.samples());
    }
    const seconds = (inside.chip.rp2040.clock.nanos - before) / 1e9;
    assert.ok(Math.abs(sent / seconds / (rate * bitsPerSample) - 1) < 0.01, `${sent / seconds} bits a second`);
    assert.is(heard.join(), decimate!(bits, bitsPerSample).slice(0, heard.length).join());
    assert.is(inside.call("listen", 0), 1);
    const stopped = sent;
    inside.run(0.01);
    assert.is(sent, stopped);
  },
);

boardTest("rp2040: with a microphone it hears a word, and no host is there", async () => {
  const flash = join(folder, "hears.flash");
  const file = await modelFile("keywords.engram");
  await withSession("rp2040", (session) => session.flashModel(file), { flash });
  const inside = new Inside(flash);
  const { samples } = readSound(join(packageRoot(), "models", "demo", "slt.wav"), new Notices(), 16000);
  const yes = samples.subarray(1.7 * 16000, 3.2 * 16000);
  const bits = pdmBits(yes.length * 64, (bit) => yes[bit >> 6] / 32768 / 8);
  const [clock, data] = [2, 3];
  let sent = 0;
  const { gpio } = inside.chip.rp2040;
  gpio[clock].addListener((state) => {
    if (state === 0) gpio[data].setInputValue((bits[sent++] ?? sent % 2) === 1);
  });
  for (let i = 0; i < 50 && sent < bits.length; i++) inside.run(0.05);
  const output = readModel(file, "the model").sections.get("OUTP")!;
  const { count, first } = inside.detections();
  assert.is(count, 1);
  assert.is(readOutput(output.bytes).labels[first], "yes");
});

boardTest("rp2040: without a microphone it does not listen, and sleeps again", () => {
  const inside = new Inside();
  inside.run(0.1);
  assert.is(inside.call("listen", 16000), 0);
  assert.ok(inside.run(0.1) < 0.0002);
});

test.run();
