// The ESP32-C3's image: what the ROM wants of it, what it is made of, and the parts of its port that touch no peripheral, in QEMU. The
// chip itself nobody emulates here.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtFirmware, missingAmong } from "../../host/boards/build.ts";
import { boardKind } from "../../host/boards/registry.ts";
import { packageRoot } from "../../host/compile/assembly.ts";
import { readElf } from "../../host/flash/elf.ts";
import { chipOf, flashEsp } from "../../host/flash/esp/esp.ts";
import { builtImage, joined, type KindWithFirmware } from "../../host/flash/image.ts";
import { slotBytes } from "../../host/flash/store-image.ts";
import { RomSimulator } from "../flash/boot-rom.ts";

const kind = (await boardKind("esp32c3")) as KindWithFirmware;
const rv32 = await boardKind("rv32");
const missing = (await missingAmong(kind.tools!)) ?? (await rv32.available());
if (missing) console.log(`esp32c3 skipped: ${missing.what}; ${missing.hint}`);
const boardTest = missing && !process.env.ENGRAM_STRICT ? test.skip : test;

const folder = mkdtempSync(join(tmpdir(), "engram-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const image = async () => new Uint8Array(readFileSync(join(await builtFirmware("esp32c3"), "engram.bin")));
const elfFile = async () => join(await builtFirmware("esp32c3"), "engram.elf");

// ESP32-C3 Technical Reference Manual, 3.3; of the RAM what the ROM does not use.
const memories = {
  irom: [0x42000000, 0x42100000],
  iram: [0x40380000, 0x403d0000],
  dram: [0x3fc80000, 0x3fcd0000],
  rtc: [0x50000000, 0x50002000],
};
const fromDram = memories.iram[0] - memories.dram[0];

type Section = { name: string; address: number; bytes: number; flags: string };

/** What the program occupies when it runs. */
async function sections(): Promise<Section[]> {
  const text = execFileSync("riscv64-unknown-elf-readelf", ["-SW", await elfFile()], { encoding: "utf8" });
  const rows = text.matchAll(
    /^ *\[ *\d+\] (\S+) +\w+ +([0-9a-f]{8}) [0-9a-f]{6} ([0-9a-f]{6}) \d\d +([WAX]*A[WAX]*) /gm,
  );
  return [...rows].map(([, name, address, bytes, flags]) => ({
    ...{ name, flags },
    address: Number.parseInt(address, 16),
    bytes: Number.parseInt(bytes, 16),
  }));
}

boardTest("begins with the mark of direct boot, twice, then the program's first instruction", async () => {
  const bytes = Buffer.from(await image());
  assert.equal([bytes.readUInt32LE(0), bytes.readUInt32LE(4)], [0xaedb041d, 0xaedb041d]);
  const elf = readFileSync(await elfFile());
  assert.is(elf.readUInt32LE(24), 0x42000008);
  assert.is(readElf(elf, "engram.elf").symbol("en_start"), 0x42000008);
});

boardTest("is the program's segments at their places in flash, nothing before and nothing behind", async () => {
  const { address, bytes } = joined(readElf(readFileSync(await elfFile()), "engram.elf").segments);
  assert.is(address, 0);
  assert.ok(Buffer.from(bytes).equals(await image()));
});

boardTest("every section lies in a memory of the chip, and no two on the same RAM", async () => {
  const all = await sections();
  assert.equal(
    all.map(({ name }) => name),
    [".start", ".text", ".rodata", ".stack", ".data", ".bss", ".noinit"],
  );
  for (const { name, address, bytes } of all)
    assert.ok(
      Object.values(memories).some(([from, to]) => address >= from && address + bytes <= to),
      name,
    );
  const inRam = all
    .map(({ address, bytes }) => ({ from: address < memories.iram[0] ? address : address - fromDram, bytes }))
    .filter(({ from }) => from >= memories.dram[0] && from < memories.dram[1])
    .sort((a, b) => a.from - b.from);
  assert.is(inRam.length, 5);
  for (let i = 1; i < inRam.length; i++) assert.ok(inRam[i - 1].from + inRam[i - 1].bytes <= inRam[i].from);
});

boardTest("nothing but the start is run from flash, which may then be written", async () => {
  const inFlash = (await sections()).filter(({ address }) => address >= 0x42000000 && address < 0x50000000);
  assert.equal(
    inFlash.map(({ name }) => name),
    [".start"],
  );
  const { symbol } = readElf(readFileSync(await elfFile()), "engram.elf");
  for (const name of ["en_uart_interrupt", "en_usb_interrupt", "en_clock_interrupt", "en_port_reset", "memcpy"])
    assert.ok(symbol(name)! >= memories.iram[0] && symbol(name)! < memories.iram[1], name);
});

boardTest("the vectors are aligned to 256 bytes, 32 jumps of four bytes that lead to handlers", async () => {
  const elf = readElf(readFileSync(await elfFile()), "engram.elf");
  const vectors = elf.symbol("en_vectors")!;
  assert.is(vectors % 256, 0);
  const text = elf.segments.find(({ address }) => address === (elf.symbol("en_fixed_from")! & 0xffffff))!;
  const code = new DataView(text.bytes.buffer, text.bytes.byteOffset, text.bytes.length);
  const target = (i: number): number => {
    const word = code.getUint32(vectors - memories.iram[0] + 4 * i, true);
    assert.is(word & 0xfff, 0x6f, `vector ${i} is jal x0`);
    const high = (word & 0x80000000) >> 11;
    return vectors + 4 * i + (high | (word & 0xff000) | ((word >> 9) & 0x800) | ((word >> 20) & 0x7fe));
  };
  const handlers = ["en_uart_interrupt", "en_usb_interrupt", "en_clock_interrupt"].map((name) => elf.symbol(name));
  assert.equal([1, 2, 3].map(target), handlers);
  for (let i = 4; i < 32; i++) assert.is(target(i), target(0));
});

boardTest("what the host knows of the board is what its image gives", async () => {
  const { symbol } = readElf(readFileSync(await elfFile()), "engram.elf");
  const [from, to] = [symbol("en_kept_start")!, symbol("en_kept_end")!];
  assert.equal([from, to], [0x3c100000, 0x3c200000]);
  assert.ok((await image()).length <= from - 0x3c000000);
  const kept = { address: from, bytes: to - from, eraseBytes: 4096, writeBytes: 32 };
  assert.is(kind.limits!.slotBytes, slotBytes(kept));
  assert.is(symbolBytes(await elfFile(), "model"), kind.limits!.ramBytes);
});

function symbolBytes(elf: string, name: string): number {
  const text = execFileSync("riscv64-unknown-elf-nm", ["-S", elf], { encoding: "utf8" });
  return Number.parseInt(new RegExp(`^\\w+ (\\w+) \\w ${name}$`, "m").exec(text)![1], 16);
}

/** Compiled files below a folder of a build, by name. */
async function objects(board: string, below: string): Promise<Map<string, string>> {
  const place = join(await builtFirmware(board), "CMakeFiles", below);
  const files = readdirSync(place, { recursive: true, encoding: "utf8" }).filter((file) => /\.obj?$/.test(file));
  return new Map(files.map((file) => [file, readFileSync(join(place, file)).toString("latin1")]));
}

boardTest("core, kernels and wasm3 are, byte for byte, what rv32 runs in QEMU", async () => {
  for (const below of ["engram.dir/core", "engram.dir/kernels", "wasm3.dir"]) {
    const [ours, theirs] = [await objects("esp32c3", below), await objects("rv32", below)];
    assert.ok(ours.size > 2, below);
    assert.equal([...ours.keys()].sort(), [...theirs.keys()].sort());
    for (const [file, bytes] of ours) assert.ok(bytes === theirs.get(file), `${below}/${file}`);
  }
});

boardTest("goes into a chip over its boot ROM, byte for byte, and nothing beside it", async () => {
  const built = await builtImage(kind, () => {});
  if (built.form !== "esp") return assert.unreachable(built.form);
  assert.is(chipOf(built.parts).name, "ESP32-C3");
  const rom = new RomSimulator({ chip: "esp32c3", flashBytes: 4 << 20 });
  await flashEsp({ name: "/dev/ttyTEST", duplex: rom.duplex }, built.parts, { pace: 0.02 });
  const bytes = await image();
  assert.ok(Buffer.from(bytes).equals(rom.flash.subarray(0, bytes.length)));
  const behind = Math.ceil(bytes.length / 4096) * 4096;
  assert.ok(rom.flash.subarray(behind).every((byte) => byte === 0x5a));
});

boardTest("clock dividers, the ring of sound and the flash driver do what they must, on RV32IMC in QEMU", () => {
  const program = join(folder, "parts.elf");
  const boards = "firmware/boards";
  const sources = ["flash.c", "i2s-clock.c", "sound-ring.c"].map((file) => `${boards}/esp32c3/${file}`);
  const compiled = spawnSync(
    "riscv64-unknown-elf-gcc",
    [
      ...[
        "--specs=picolibc.specs",
        "-nostartfiles",
        "-march=rv32imc",
        "-misa-spec=2.2",
        "-mabi=ilp32",
        "-mcmodel=medany",
      ],
      ...["-Os", "-std=c11", "-Wall", "-Wextra", "-Werror"],
      ...["-Ifirmware/core", "-Ifirmware/common", `-I${boards}/esp32c3`, `-T${boards}/rv32/sections.ld`],
      "-Wl,--defsym=en_kept_start=0x3C100000,--defsym=en_kept_end=0x3C104000",
      ...[`${boards}/rv32/start.S`, "firmware/common/begin.c", ...sources, "test/boards/esp32c3-parts.c"],
      ...["-o", program],
    ],
    { cwd: packageRoot(), encoding: "utf8" },
  );
  assert.is(compiled.status, 0, compiled.stderr);
  const quiet = ["-display", "none", "-monitor", "none", "-serial", "none"];
  const { status } = spawnSync("qemu-system-riscv32", ["-M", "virt", ...quiet, "-bios", program], { timeout: 60_000 });
  assert.is(status, 0, `line ${(status ?? 0) - 1} of test/boards/esp32c3-parts.c`);
});

test.run();
