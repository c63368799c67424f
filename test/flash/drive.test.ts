// Firmware by drives, which here are folders that do what boards do: vanish, come back empty, come back with a failure.
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { intelHex } from "../../host/boards/intel-hex.ts";
import { uf2 } from "../../host/boards/uf2.ts";
import { type CopyOptions, copyToDrive } from "../../host/flash/drive.ts";
import { type Drive, driveAt, drivesIn, mountCommand, mountsIn } from "../../host/flash/drives.ts";
import { flashFirmware } from "../../host/flash/flash.ts";
import { takes } from "../../host/flash/target.ts";
import { UserError } from "../../host/spec/user-error.ts";

const folder = mkdtempSync(join(tmpdir(), "engram-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const info = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n";
const details = (id: string) =>
  `# DAPLink Firmware\nUnique ID: ${id}360258434e45003e400e00000059000000009796990b\nHIC ID: 9796990b\n`;
const image = Uint8Array.from({ length: 50_000 }, (_, i) => i * 7);

let count = 0;
function drive(file: "INFO_UF2.TXT" | "DETAILS.TXT", text: string): Drive {
  const path = join(folder, `drive-${count++}`);
  mkdirSync(path);
  writeFileSync(join(path, file), text);
  return driveAt(path)!;
}

/** Does something to a drive once a file on it is whole. */
function whenWhole(path: string, bytes: number, act: () => void): void {
  const timer = setInterval(() => {
    if (statSync(path, { throwIfNoEntry: false })?.size !== bytes) return;
    clearInterval(timer);
    setTimeout(act, 50);
  }, 5);
}

async function refused(doing: Promise<unknown>, what: RegExp): Promise<UserError> {
  const error = await doing.then(
    () => assert.unreachable(`nothing was thrown that says ${what}`),
    (error) => error,
  );
  assert.instance(error, UserError, error.stack);
  assert.match(error.message, what);
  return error;
}

const quick: CopyOptions = { patienceMs: 1500 };

test("drives are told by their text files, in mounted folders with spaces too", () => {
  const [pico, bit] = [drive("INFO_UF2.TXT", info), drive("DETAILS.TXT", details("9901"))];
  assert.equal([pico.by, pico.id, bit.by, bit.id], ["uf2", "RPI-RP2", "daplink", "9901"]);
  const plain = join(folder, "plain");
  mkdirSync(plain);
  assert.equal(drivesIn([plain, pico.path, join(folder, "nothing"), bit.path]), [pico, bit]);
  const table =
    "sysfs /sys sysfs rw 0 0\n/dev/sdb1 /media/me/RPI-RP2 vfat rw 0 0\n/dev/sdc /media/a\\040b msdos rw 0 0\n";
  assert.equal(mountsIn(table), ["/media/me/RPI-RP2", "/media/a b"]);
});

test("a drive that Linux sees and did not mount: the command that does", () => {
  const seen = join(folder, "by-label");
  mkdirSync(seen);
  assert.is(mountCommand("uf2", seen), undefined);
  writeFileSync(join(seen, "RPI-RP2"), "");
  assert.is(mountCommand("uf2", seen), `udisksctl mount -b ${join(seen, "RPI-RP2")}`);
  assert.is(mountCommand("daplink", seen), undefined);
});

test("a boot drive that vanishes has taken the file; what that proves is said", async () => {
  const pico = drive("INFO_UF2.TXT", info);
  const path = join(pico.path, "engram.uf2");
  let taken: Uint8Array | undefined;
  whenWhole(path, image.length, () => {
    taken = new Uint8Array(readFileSync(path));
    rmSync(pico.path, { recursive: true });
  });
  const done: number[] = [];
  const proof = await copyToDrive(pico, "engram.uf2", image, { ...quick, onProgress: (bytes) => done.push(bytes) });
  assert.match(proof, /took the whole file .* cannot be read back/);
  assert.equal(taken, image);
  assert.equal(done, [16384, 32768, 49152, 50000]);
});

test("a boot drive that stays has not taken it", async () => {
  const error = await refused(
    copyToDrive(drive("INFO_UF2.TXT", info), "engram.uf2", image, quick),
    /has the file and did not start/,
  );
  assert.match(error.hint, /for this chip/);
});

test("a micro:bit's drive that comes back empty has taken it, one with FAIL.TXT has not, and says why", async () => {
  for (const failure of [
    undefined,
    "error: The interface firmware FAILED to reset/halt the target MCU\r\ntype: target",
  ]) {
    const bit = drive("DETAILS.TXT", details("9900"));
    const path = join(bit.path, "engram.hex");
    whenWhole(path, image.length, () => {
      rmSync(bit.path, { recursive: true });
      setTimeout(() => {
        mkdirSync(bit.path);
        if (failure) writeFileSync(join(bit.path, "FAIL.TXT"), failure);
        writeFileSync(join(bit.path, "DETAILS.TXT"), details("9900"));
      }, 200);
    });
    const copied = copyToDrive(bit, "engram.hex", image, quick);
    if (failure) await refused(copied, /refuses the image: error: The interface firmware FAILED .*; type: target/);
    else assert.match(await copied, /says by its drive that it took the file/);
  }
});

test("one that does not come back proves nothing, and one that does nothing has not taken it", async () => {
  const bit = drive("DETAILS.TXT", details("9900"));
  whenWhole(join(bit.path, "engram.hex"), image.length, () => rmSync(bit.path, { recursive: true }));
  assert.match(await copyToDrive(bit, "engram.hex", image, quick), /^nothing/);
  await refused(
    copyToDrive(drive("DETAILS.TXT", details("9900")), "engram.hex", image, quick),
    /has not taken the file/,
  );
});

const linux = process.platform === "linux" ? test : test.skip;

linux("unplugged in the middle: how far, and that nothing is lost", async () => {
  const pico = drive("INFO_UF2.TXT", info);
  const path = join(pico.path, "engram.uf2");
  const unplug = (): void => {
    const open = readdirSync("/proc/self/fd").find((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
    closeSync(Number(open));
    rmSync(pico.path, { recursive: true });
  };
  const error = await refused(
    copyToDrive(pico, "engram.uf2", image, { ...quick, onProgress: unplug }),
    /gone after 16,384 of 50,000 bytes/,
  );
  assert.match(error.hint, /cannot be lost/);
});

linux("an image larger than the drive", async () => {
  const pico = drive("INFO_UF2.TXT", info);
  symlinkSync("/dev/full", join(pico.path, "engram.uf2"));
  await refused(copyToDrive(pico, "engram.uf2", image, quick), /does not fit on the drive/);
});

test("Ctrl-C takes the begun file away", async () => {
  const pico = drive("INFO_UF2.TXT", info);
  const stop = new AbortController();
  const doing = copyToDrive(pico, "engram.uf2", image, {
    ...quick,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  assert.is((await doing.catch((error) => error)).name, "AbortError");
  assert.not(existsSync(join(pico.path, "engram.uf2")));
});

test("another board's drive, or another chip's image, is named and nothing is written", async () => {
  const [pico, second] = [drive("INFO_UF2.TXT", info), drive("DETAILS.TXT", details("9904"))];
  const hex = join(folder, "image.hex");
  writeFileSync(hex, intelHex([{ address: 0, bytes: image }]));
  const file = join(folder, "image.uf2");
  writeFileSync(file, uf2(image, 0x10000000, 0xe48bff56));
  for (const [options, says] of [
    [{ board: "microbit", images: [hex], to: second.path }, /another than microbit: it says 9904/],
    [{ board: "microbit", images: [hex], to: pico.path }, /another than microbit: it says RPI-RP2/],
    [{ images: [hex], to: pico.path }, /does not take engram.hex/],
    [{ images: [file], to: second.path }, /does not take engram.uf2/],
    [{ board: "microbit", images: [file], to: folder }, /is UF2, which microbit does not take/],
  ] as const)
    await refused(flashFirmware(options), says);
  assert.equal([readdirSync(pico.path), readdirSync(second.path)], [["INFO_UF2.TXT"], ["DETAILS.TXT"]]);
});

test("a kind of board takes the drives that say its name", () => {
  const rp2040 = {
    by: "uf2",
    boardId: "RPI-RP2",
    family: 0xe48bff56,
    flash: { address: 0x10000000, bytes: 1 << 21 },
  } as const;
  const drives = {
    pico: driveAt(drive("INFO_UF2.TXT", info).path)!,
    bit: driveAt(drive("DETAILS.TXT", details("9900")).path)!,
  };
  assert.equal([takes(rp2040, drives.pico), takes(rp2040, drives.bit)], [true, false]);
  assert.not(takes({ ...rp2040, boardId: "SAMD" }, drives.pico));
});

test("UF2 that somebody gives goes into a folder as it is, and is read back", async () => {
  const file = join(folder, "given.uf2");
  writeFileSync(file, uf2(image, 0x10000000, 0xe48bff56));
  const to = join(folder, "made", "here");
  const { by, verified } = await flashFirmware({ images: [file], to });
  assert.is(by, join(to, "engram.uf2"));
  assert.match(verified, /read back/);
  assert.ok(readFileSync(by).equals(readFileSync(file)));
});

test.run();
