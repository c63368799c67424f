// The ESP32-C3's whole image on a chip that this folder plays: from the ROM's jump to words that it hears.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtFirmware, missingAmong } from "../../../host/boards/build.ts";
import { boardKind } from "../../../host/boards/registry.ts";
import { loadCell } from "../../../host/compile/load.ts";
import { decodeWav } from "../../../host/data/wav.ts";
import { readOutput } from "../../../host/features/output-section.ts";
import { readElf } from "../../../host/flash/elf.ts";
import { connect, type Session } from "../../../host/link/session.ts";
import { readModel } from "../../../host/model/model.ts";
import { randomModel } from "../../../host/quantize/random-model.ts";
import { IntegerModel } from "../../../host/runtime/integer-model.ts";
import { packRule } from "../../../host/runtime/rules.ts";
import { store } from "../../../host/spec/store.ts";
import { until } from "../../native/program.ts";
import { run } from "../../native/streams.ts";
import { logitsOf } from "../boards.ts";
import { Chip } from "./chip.ts";

const kind = await boardKind("esp32c3");
const missing = await missingAmong(kind.tools!);
if (missing) console.log(`esp32c3 skipped: ${missing.what}; ${missing.hint}`);
const chipTest = missing && !process.env.ENGRAM_STRICT ? test.skip : test;

async function withChip(use: (chip: Chip) => Promise<void>): Promise<void> {
  const image = new Uint8Array(readFileSync(join(await builtFirmware("esp32c3"), "engram.bin")));
  const chip = new Chip(image);
  const running = chip.run();
  try {
    await use(chip);
    assert.equal(chip.complaints, []);
  } finally {
    chip.close();
    await running;
  }
}

for (const line of ["uart", "usb"] as const)
  chipTest(`starts, and says by ${line} what the host knows of it`, () =>
    withChip(async (chip) => {
      const { hello } = await connect(chip.links[line]);
      assert.is(hello.board, "esp32c3");
      assert.equal({ ramBytes: hello.ramBytes, slotBytes: hello.slotBytes }, kind.limits);
      assert.is(chip.resets, 1);
      assert.is(chip.register(0x60008090), 0, "the watchdog of the RTC");
      assert.ok(chip.register(0x600080ac) < 0, "the super watchdog");
    }),
  );

chipTest("takes models, gives what V8 gives, and keeps them through a reset, whichever line asks", () =>
  withChip(async (chip) => {
    const sizes = { units: 13, inputs: 7 };
    const frames = Int16Array.from({ length: 40 * sizes.inputs }, (_, i) => ((i * 7919) % 16384) - 8192);
    const logits = async (session: Session) => (await logitsOf(session, frames)).map((each) => each.join()).join("\n");
    let expected = "";
    for (const [i, cell] of ["gru", "lstm", "elman"].entries()) {
      const model = await randomModel(await loadCell(cell), sizes);
      const v8 = new IntegerModel(model);
      expected = Array.from({ length: 40 }, (_, k) =>
        v8.step(frames.subarray(k * sizes.inputs, (k + 1) * sizes.inputs)).join(),
      ).join("\n");
      const session = await connect(chip.links[i % 2 ? "usb" : "uart"]);
      await session.flashModel(model);
      assert.is(await logits(session), expected);
    }
    chip.reset();
    const again = await connect(chip.links.usb);
    assert.is((await again.status()).state, "confirmed");
    assert.is(await logits(again), expected);
  }),
);

chipTest("a stack that is outgrown, and a hang, end in a reset", () =>
  withChip(async (chip) => {
    await connect(chip.links.uart);
    const { symbol } = readElf(readFileSync(join(await builtFirmware("esp32c3"), "engram.elf")), "engram.elf");
    await until(() => chip.cpu.asleep);
    chip.cpu.x[2] = symbol("en_stack_low")! + 4;
    await until(() => chip.resets === 2);
    await connect(chip.links.uart);
    chip.pass(9000);
    await until(() => chip.cpu.asleep);
    assert.is(chip.resets, 2);
    chip.pass(11_000);
    await until(() => chip.resets === 3);
    assert.equal(chip.complaints.splice(0), ["the watchdog bit"]);
    await connect(chip.links.uart);
  }),
);

chipTest("hears by its microphone what it hears of a host, and drives a pin on it", () =>
  withChip(async (chip) => {
    const file = readFileSync(new URL("../../../models/keywords.engram", import.meta.url));
    const { labels } = readOutput(readModel(file, "keywords.engram").sections.get("OUTP")!.bytes);
    const [said] = decodeWav(
      readFileSync(new URL("../../../models/demo/rms.wav", import.meta.url)),
      "rms.wav",
    ).channels;
    const samples = Int16Array.from(said.subarray(0, 2 * 16000));
    const session = await connect(chip.links.uart);
    await session.flashModel(file);
    const streamed = (await run(session, {}, samples)).flatMap((event) => (event.type === "detection" ? [event] : []));
    assert.ok(streamed.length >= 1);
    const pin = 10;
    await session.set(store.rules, packRule({ label: labels[streamed[0].label], pin, threshold: 0, holdMs: 300 }));
    session.close();

    // Alone, from its start. The board's gain is of 3 bits, a sample here has 24.
    chip.sound = (frame) => (samples[frame] ?? 0) << 5;
    chip.reset();
    const [begun, driven] = [chip.milliseconds, [] as number[]];
    await until(() => {
      if (chip.high >> pin) driven.push(chip.milliseconds);
      return chip.milliseconds - begun > 2500;
    });
    const { last } = await (await connect(chip.links.usb)).heard();
    assert.equal(
      last.map(({ label, score }) => [label, score]),
      streamed.map(({ label, score }) => [label, score / 32768]),
    );
    assert.ok(driven.length > 0 && driven[driven.length - 1] - driven[0] < 2400);
    assert.is(chip.high >> pin, 0);
    assert.is(chip.register(0x6002d020) & 4, 4);
  }),
);

chipTest("sound that nobody took in time is a gap, after which it is heard again", () =>
  withChip(async (chip) => {
    const session = await connect(chip.links.uart);
    await session.flashModel(readFileSync(new URL("../../../models/keywords.engram", import.meta.url)));
    await until(() => chip.listens > 0);
    const before = chip.listens;
    await until(() => chip.cpu.asleep);
    chip.pass(300);
    await until(() => chip.listens === before + 1);
    chip.pass(200);
    await session.status();
    assert.is(chip.listens, before + 1);
  }),
);

test.run();
