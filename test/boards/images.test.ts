// What people write to a chip: every form of a board's image has the bytes that are to be loaded, and a processor finds there what it
// starts with. Of a board without an emulator of its own that is all that is tested, and that it greets.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtFirmware } from "../../host/boards/build.ts";
import { dfuseFile, readDfuse } from "../../host/boards/dfuse.ts";
import { loadedPieces, type Piece } from "../../host/boards/elf-image.ts";
import { childLink } from "../../host/link/child.ts";
import { connect } from "../../host/link/session.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { emulatedBoards } from "./boards.ts";

const kib = 1024;
/** Of the chips themselves: nRF51822 Product Specification 3.3, table 1 (QFAA); STM32F405 data sheet DS8626, table 2 (xG). */
const chips = [
  { board: "microbit", flash: 0, flashBytes: 256 * kib, ram: 0x20000000, ramBytes: 16 * kib },
  { board: "stm32f405", flash: 0x08000000, flashBytes: 1024 * kib, ram: 0x20000000, ramBytes: 128 * kib },
  { board: "stm32f405-chip", flash: 0x08000000, flashBytes: 1024 * kib, ram: 0x20000000, ramBytes: 128 * kib },
];
const there = (await emulatedBoards()).some(({ name }) => name === "stm32f405");
const chipTest = there ? test : test.skip;

async function image(board: string): Promise<{ folder: string; pieces: Piece[] }> {
  const folder = await builtFirmware(board);
  return { folder, pieces: loadedPieces(readFileSync(join(folder, "engram.elf")), "engram.elf") };
}

/** What lies where, from the first byte on; 0 between. */
function laidOut(pieces: readonly Piece[]): Uint8Array {
  const from = Math.min(...pieces.map(({ address }) => address));
  const all = new Uint8Array(Math.max(...pieces.map(({ address, bytes }) => address + bytes.length)) - from);
  for (const { address, bytes } of pieces) all.set(bytes, address - from);
  return all;
}

/** The records of an Intel HEX file, each with its checksum checked. */
function hexPieces(text: string): Piece[] {
  let base = 0;
  const pieces: Piece[] = [];
  for (const line of text.trim().split(/\r?\n/)) {
    const record = Buffer.from(line.slice(1), "hex");
    assert.is(record.reduce((sum, byte) => sum + byte, 0) & 255, 0, line);
    const bytes = record.subarray(4, -1);
    if (record[3] === 0) pieces.push({ address: base + record.readUInt16BE(1), bytes });
    if (record[3] === 2) base = bytes.readUInt16BE() << 4;
    if (record[3] === 4) base = bytes.readUInt16BE() * 0x10000;
  }
  return pieces;
}

for (const { board, flash, flashBytes, ram, ramBytes } of chips) {
  chipTest(`${board}: BIN, HEX and DfuSe file have the bytes that the ELF file has loaded`, async () => {
    const { folder, pieces } = await image(board);
    const all = laidOut(pieces);
    const hex = hexPieces(readFileSync(join(folder, "engram.hex"), "utf8"));
    assert.is(pieces[0].address, flash);
    assert.is(Math.min(...hex.map(({ address }) => address)), flash);
    assert.is(Buffer.compare(readFileSync(join(folder, "engram.bin")), all), 0, "BIN");
    assert.is(Buffer.compare(laidOut(hex), all), 0, "HEX");
    assert.is(Buffer.compare(laidOut(readDfuse(dfuseFile(pieces, board), "it")), all), 0, "DfuSe");
  });

  chipTest(`${board}: the image fits the chip, and its vectors lead into it`, async () => {
    const { pieces } = await image(board);
    const all = laidOut(pieces);
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
    const { folder, pieces } = await image(board);
    const symbols = execFileSync("arm-none-eabi-nm", [join(folder, "engram.elf")], { encoding: "utf8" });
    const at = (name: string) =>
      Number.parseInt(symbols.match(new RegExp(`^([0-9a-f]+) . ${name}$`, "m"))?.[1] ?? "", 16);
    assert.ok(at("en_bss_end") <= ram + ramBytes);
    if (board === "stm32f405") return; // keeps models in RAM
    const unit = board === "microbit" ? kib : 128 * kib;
    assert.ok(at("en_kept_start") >= flash + laidOut(pieces).length);
    assert.is((at("en_kept_start") - flash) % unit, 0);
    assert.is(at("en_kept_end"), flash + flashBytes);
  });
}

chipTest("stm32f405-chip greets in QEMU, and says that it cannot keep a model there", async () => {
  const { folder } = await image("stm32f405-chip");
  const elf = join(folder, "engram.elf");
  const machine = ["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-serial", "stdio"];
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

test.run();
