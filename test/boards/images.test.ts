// What people write to a chip: every form of a board's image has the bytes that are to be loaded, and a processor finds there what it
// starts with. Of a board without an emulator of its own that is all that is tested, and that it greets.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtFirmware } from "../../host/boards/build.ts";
import { dfuseFile, readDfuse } from "../../host/boards/dfuse.ts";
import { readIntelHex, type Segment } from "../../host/boards/intel-hex.ts";
import { boardKind } from "../../host/boards/registry.ts";
import { readElf } from "../../host/flash/elf.ts";
import { builtImage, type Image, type KindWithFirmware } from "../../host/flash/image.ts";
import { storeImage } from "../../host/flash/store-image.ts";
import { childLink } from "../../host/link/child.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { emulatedBoards, folder } from "./boards.ts";

type Flat = Image & { form: "flat" };

const kib = 1024;
/** Of the chips themselves: nRF51822 Product Specification 3.3, table 1 (QFAA); STM32F405 data sheet DS8626, table 2 (xG). */
const chips = [
  { board: "microbit", flash: 0, flashBytes: 256 * kib, ram: 0x20000000, ramBytes: 16 * kib },
  { board: "stm32f405", flash: 0x08000000, flashBytes: 1024 * kib, ram: 0x20000000, ramBytes: 128 * kib },
  { board: "stm32f405-chip", flash: 0x08000000, flashBytes: 1024 * kib, ram: 0x20000000, ramBytes: 128 * kib },
];
const machine = ["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-serial", "stdio"];
const there = (await emulatedBoards()).some(({ name }) => name === "stm32f405");
const chipTest = there ? test : test.skip;

async function image(board: string): Promise<{ build: string; segments: Segment[] }> {
  const build = await builtFirmware(board);
  return { build, segments: readElf(readFileSync(join(build, "engram.elf")), "engram.elf").segments };
}

/** What lies where, from the first byte on; 0 between. */
function laidOut(segments: readonly Segment[]): Uint8Array {
  const from = Math.min(...segments.map(({ address }) => address));
  const all = new Uint8Array(Math.max(...segments.map(({ address, bytes }) => address + bytes.length)) - from);
  for (const { address, bytes } of segments) all.set(bytes, address - from);
  return all;
}

for (const { board, flash, flashBytes, ram, ramBytes } of chips) {
  chipTest(`${board}: BIN, HEX and DfuSe file have the bytes that the ELF file has loaded`, async () => {
    const { build, segments } = await image(board);
    const all = laidOut(segments);
    const hex = readIntelHex(readFileSync(join(build, "engram.hex"), "utf8"), "engram.hex");
    assert.is(segments[0].address, flash);
    assert.is(Math.min(...hex.map(({ address }) => address)), flash);
    assert.is(Buffer.compare(readFileSync(join(build, "engram.bin")), all), 0, "BIN");
    assert.is(Buffer.compare(laidOut(hex), all), 0, "HEX");
    assert.is(Buffer.compare(laidOut(readDfuse(dfuseFile(segments, board), "it")), all), 0, "DfuSe");
  });

  chipTest(`${board}: the image fits the chip, and its vectors lead into it`, async () => {
    const { segments } = await image(board);
    const all = laidOut(segments);
    const [stack, ...vectors] = new Uint32Array(all.slice(0, 4 * (16 + 32)).buffer);
    assert.ok(all.length <= flashBytes, `${all.length} bytes of flash`);
    assert.ok(stack > ram && stack <= ram + ramBytes && stack % 8 === 0, `stack at ${stack.toString(16)}`);
    const handlers = vectors.filter((vector) => vector !== 0);
    assert.ok(handlers.length > 32 && vectors[0] !== 0);
    for (const handler of handlers) {
      assert.ok(handler % 2 === 1, `${handler.toString(16)} is no Thumb code`);
      assert.ok(handler > flash && handler < flash + all.length, `${handler.toString(16)} is not in the image`);
    }
  });

  chipTest(`${board}: what it keeps begins after the image, on an erase unit, and ends with the flash`, async () => {
    const { build, segments } = await image(board);
    const symbols = execFileSync("arm-none-eabi-nm", [join(build, "engram.elf")], { encoding: "utf8" });
    const at = (name: string) =>
      Number.parseInt(symbols.match(new RegExp(`^([0-9a-f]+) . ${name}$`, "m"))?.[1] ?? "", 16);
    assert.ok(at("en_bss_end") <= ram + ramBytes);
    if (board === "stm32f405") return; // keeps models in RAM
    const unit = board === "microbit" ? kib : 128 * kib;
    assert.ok(at("en_kept_start") >= flash + laidOut(segments).length);
    assert.is((at("en_kept_start") - flash) % unit, 0);
    assert.is(at("en_kept_end"), flash + flashBytes);
  });
}

chipTest("stm32f405-chip greets in QEMU, and says that it cannot keep a model there", async () => {
  const { build } = await image("stm32f405-chip");
  const elf = join(build, "engram.elf");
  const link = childLink("qemu-system-arm", [...machine, "-kernel", elf]);
  try {
    const session = await connect(link);
    assert.is(session.hello.board, "stm32f405-chip");
    assert.ok(session.hello.slotBytes > 255 * kib);
    const why = await session.flashModel(await tinyModel(1)).catch(({ message }) => message);
    assert.match(why, /flash reads back wrong/);
    session.close();
  } finally {
    link.destroy();
  }
});

chipTest(
  "stm32f405: a real chip gets the image that keeps models in its flash, and runs one that lies there",
  async () => {
    const { kept, segments } = (await builtImage((await boardKind("stm32f405")) as KindWithFirmware, () => {})) as Flat;
    assert.equal(kept, { address: 0x08040000, bytes: 768 * kib, eraseBytes: 128 * kib, writeBytes: 8 });
    const model = await tinyModel(1);
    const whole = join(folder, "engram-and-model.bin");
    writeFileSync(whole, laidOut([...segments, ...storeImage(model, kept!)]));
    const link = childLink("qemu-system-arm", [...machine, "-kernel", whole]);
    try {
      const session = await connect(link);
      assert.is((await session.status()).sha256, readModel(model, "a model").sha256);
      session.close();
    } finally {
      link.destroy();
    }
  },
);

test.run();
