// Images as files: Intel HEX, UF2, ELF, and a micro:bit's with a model in it, which QEMU starts.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtFirmware } from "../../host/boards/build.ts";
import { intelHex, readIntelHex, type Segment } from "../../host/boards/intel-hex.ts";
import { boardKind } from "../../host/boards/registry.ts";
import { uf2 } from "../../host/boards/uf2.ts";
import { Random } from "../../host/data/random.ts";
import { readElf } from "../../host/flash/elf.ts";
import { flashFirmware } from "../../host/flash/flash.ts";
import { imageIn, joined } from "../../host/flash/image.ts";
import { slotBytes, storeImage } from "../../host/flash/store-image.ts";
import { uf2Family } from "../../host/flash/uf2-file.ts";
import { childLink } from "../../host/link/child.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { emulatedBoards, logitsOf } from "../boards/boards.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { boardTest as nativeTest, startBoard } from "../native/program.ts";

const folder = mkdtempSync(join(tmpdir(), "engram-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const there = (await emulatedBoards()).some(({ name }) => name === "microbit");
const microbitTest = there ? test : test.skip;

const native = { address: 0, bytes: 1 << 20, eraseBytes: 4096, writeBytes: 8 }; // firmware/boards/native/native.h
const nameOf = (model: Uint8Array): string => readModel(model, "a model").sha256;
const random = new Random(5);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.int(256));

test("Intel HEX comes back byte for byte, over borders of 64 KB and from odd addresses", () => {
  const segments = [
    { address: 0x3, bytes: bytes(70) },
    { address: 0xfff5, bytes: bytes(200_000) },
    { address: 0x10001014, bytes: bytes(4) },
  ];
  assert.equal(readIntelHex(intelHex(segments), "a"), segments);
  assert.is(intelHex([{ address: 0, bytes: Uint8Array.of(2, 0x33, 0x7a) }]), ":0300000002337A4E\n:00000001FF\n");
});

test("Intel HEX with any letter changed, or cut off, is refused with its line", () => {
  const text = intelHex([{ address: 0x1fff0, bytes: bytes(40) }]);
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === "\n") continue;
    const changed = text.slice(0, i) + (text[i] === "7" ? "3" : "7") + text.slice(i + 1);
    assert.throws(() => readIntelHex(changed, "a.hex"), /^a.hex, line \d/, `letter ${i}`);
  }
  assert.throws(() => readIntelHex(text.slice(0, text.lastIndexOf(":")), "a.hex"), /cut off/);
});

test("UF2 is blocks of 512 bytes as its format has them, and what is damaged is refused", () => {
  const image = bytes(1000);
  const file = uf2(image, 0x10000000, 0xe48bff56);
  assert.is(file.length, 4 * 512);
  for (let i = 0; i < 4; i++) {
    const view = new DataView(file.buffer, i * 512, 512);
    const words = [0x0a324655, 0x9e5d5157, 0x2000, 0x10000000 + 256 * i, 256, i, 4, 0xe48bff56];
    for (const [k, word] of words.entries()) assert.is(view.getUint32(4 * k, true), word);
    assert.is(view.getUint32(508, true), 0x0ab16f30);
    const data = file.slice(i * 512 + 32, i * 512 + 288);
    const wanted = new Uint8Array(256);
    wanted.set(image.subarray(i * 256, i * 256 + 256));
    assert.equal(data, wanted);
  }
  assert.is(uf2Family(file, "a"), 0xe48bff56);
  assert.throws(() => uf2Family(file.subarray(0, 1000), "a"), /cut off/);
  assert.throws(
    () =>
      uf2Family(
        file.map((byte, i) => (i === 512 ? 0 : byte)),
        "a",
      ),
    /damaged in block 2 of 4/,
  );
  assert.throws(
    () =>
      uf2Family(
        file.map((byte, i) => (i === 28 ? 0 : byte)),
        "a",
      ),
    /several chips/,
  );
});

nativeTest("a store that is written here is byte for byte what the firmware writes", async () => {
  const model = await tinyModel(1);
  const flash = join(folder, "native.flash");
  const { link, close } = startBoard("--flash", flash);
  const session = await connect(link);
  await session.flashModel(model);
  await close();
  assert.is(slotBytes(native), session.hello.slotBytes);
  const wanted = new Uint8Array(1 << 20).fill(0xff);
  for (const { address, bytes } of storeImage(model, native)) wanted.set(bytes, address);
  assert.ok(Buffer.from(wanted).equals(readFileSync(flash).subarray(0, 1 << 20)));
});

nativeTest("a flash that had other models and a journal runs the one that is written over it", async () => {
  const flash = join(folder, "used.flash");
  const session = async () => {
    const { link, close } = startBoard("--flash", flash);
    return { session: await connect(link), close };
  };
  const before = await session();
  for (const seed of [2, 3, 4]) await before.session.flashModel(await tinyModel(seed));
  await before.session.set(7, Uint8Array.of(1));
  await before.close();
  const [model, used] = [await tinyModel(1), readFileSync(flash)];
  for (const { address, bytes } of storeImage(model, native)) used.set(bytes, address);
  writeFileSync(flash, used);
  const after = await session();
  assert.is((await after.session.status()).sha256, nameOf(model));
  assert.is(await after.session.get(7).catch(() => "nothing"), "nothing");
  await after.session.eraseModels();
  assert.is((await after.session.status()).state, "none");
  await after.close();
});

test("a model of any length that a slot takes lies in it whole, its record behind it", () => {
  const longest = slotBytes(native);
  for (const length of [64, 4096, 4097, longest - 4096, longest - 1, longest]) {
    const model = bytes(length);
    const wanted = new Uint8Array(native.bytes).fill(0xff);
    for (const { address, bytes } of storeImage(model, native)) wanted.set(bytes, address);
    assert.equal(wanted.slice(8192, 8192 + length), model);
    assert.is(Buffer.from(wanted).readUInt32LE(8192 + longest + 8), length);
  }
});

const qemu = (hex: string): string[] => [
  ...["-M", "microbit", "-display", "none", "-monitor", "none", "-serial", "stdio"],
  ...["-device", `loader,file=${hex}`],
];

microbitTest(
  "a micro:bit finds the model of its image when it first starts, and a second one replaces it",
  async () => {
    const kind = await boardKind("microbit");
    const models = [await tinyModel(1), new Uint8Array(readFileSync("models/microbit.engram"))];
    for (const model of models) {
      const { verified } = await flashFirmware({ board: "microbit", model, to: folder });
      assert.match(verified, /read back/);
      const link = childLink("qemu-system-arm", qemu(join(folder, "engram.hex")));
      try {
        const session = await connect(link);
        assert.is(session.hello.slotBytes, kind.limits!.slotBytes);
        const { state, sha256 } = await session.status();
        assert.is(state, "trying");
        assert.is(sha256, nameOf(model));
        assert.equal(await session.readModel(), model);
        const { frame } = readModel(model, "a model");
        await logitsOf(session, new Int16Array(10 * frame.rows));
        assert.is((await session.status()).state, "confirmed");
        await session.flashModel(models[0]);
        assert.is((await session.status()).sha256, nameOf(models[0]));
      } finally {
        link.destroy();
      }
    }
  },
);

microbitTest("the firmware alone starts without a model, whatever lay in the flash before", async () => {
  await flashFirmware({ board: "microbit", to: folder });
  const link = childLink("qemu-system-arm", qemu(join(folder, "engram.hex")));
  try {
    assert.is((await (await connect(link)).status()).state, "none");
  } finally {
    link.destroy();
  }
});

microbitTest("an image of ELF is what objcopy makes of it", async () => {
  const elf = join(await builtFirmware("microbit"), "engram.elf");
  const bin = join(folder, "engram.bin");
  execFileSync("arm-none-eabi-objcopy", ["-O", "binary", elf, bin]);
  const { address, bytes } = joined(readElf(new Uint8Array(readFileSync(elf)), "engram.elf").segments);
  assert.is(address, 0);
  assert.ok(readFileSync(bin).equals(Buffer.from(bytes)));
  const cut = readFileSync(elf);
  for (const length of [4, 60, 5000, cut.length - 100])
    try {
      const { symbol } = readElf(new Uint8Array(cut.subarray(0, length)), "engram.elf");
      symbol("en_kept_start");
    } catch (error) {
      assert.ok(error instanceof UserError || error instanceof RangeError, String(error));
    }
});

microbitTest("a model that does not fit is refused with what it takes", async () => {
  for (const [name, says] of [
    ["ctc-digit-strings-both-ways", /the model needs 27,408 bytes of RAM; microbit gives 3,840/],
    ["recursive-sentiment", /the model (needs|takes) .* bytes/],
  ] as const) {
    const model = new Uint8Array(readFileSync(`models/architectures/${name}.engram`));
    const error = await flashFirmware({ board: "microbit", model, to: folder }).catch((error) => error);
    assert.instance(error, UserError);
    assert.match(error.message, says);
  }
});

test("a file that does not say what it is for, or is for another board, is refused", async () => {
  const kinds = Object.fromEntries(
    await Promise.all(["microbit", "stm32f405"].map(async (name) => [name, await boardKind(name)])),
  );
  const file = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const raw = file("raw.bin", Uint8Array.from([0, 0, 2, 0x20, 0x01, 0x10, 0, 0x08, ...bytes(1000)]));
  const high = file("high.hex", intelHex([{ address: 0x08000000, bytes: bytes(100) }]));
  const large = file("large.bin", Buffer.concat([readFileSync(raw), new Uint8Array(1 << 20)]));
  const empty = file("empty.bin", "");
  assert.is(joined((imageIn([raw], kinds.stm32f405) as { segments: Segment[] }).segments).address, 0x08000000);
  for (const [files, kind, says] of [
    [[raw], undefined, /raw.bin does not say what it is for/],
    [[high], kinds.microbit, /high.hex has bytes from 0x8000000 .* flash of microbit reaches from 0x0 to 0x40000/],
    [[large], kinds.stm32f405, /from 0x8000000 to 0x81003f0, the flash of stm32f405/],
    [[empty], kinds.stm32f405, /empty.bin is no firmware for stm32f405/],
    [[raw], kinds.microbit, /raw.bin is no firmware for microbit: .* 0x8001001, is not in that flash/],
    [[raw, raw], kinds.stm32f405, /more than one image/],
    [["nothing.bin"], undefined, /nothing.bin does not exist/],
  ] as const)
    assert.throws(() => imageIn(files, kind), says);
});

test.run();
