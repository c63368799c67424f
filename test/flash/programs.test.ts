// STM32 by dfu-util or openocd. A script stands in for each: it keeps what it is told, and the flash in a file.
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flashFirmware } from "../../host/flash/flash.ts";
import { UserError } from "../../host/spec/user-error.ts";

const folder = mkdtempSync(join(tmpdir(), "engram-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const image = Uint8Array.from({ length: 5000 }, (_, i) => i * 13);
image.set([0, 0, 2, 0x20, 0x01, 0x10, 0, 0x08]); // stack and program of an STM32F4
const file = join(folder, "image.bin");
writeFileSync(file, image);
const path = process.env.PATH;

// What they print is as dfu-util 0.11 and openocd 0.12 print it.
const dfuUtil = (box: string) => `#!/bin/sh
echo "$*" >> ${box}/log
if [ "$1" = --version ]; then echo "dfu-util 0.11"; exit; fi
if [ "$1" = -l ]; then
  if [ -e ${box}/forbidden ]; then echo "Cannot open DFU device 0483:df11 found on devnum 5 (LIBUSB_ERROR_ACCESS)"; exit; fi
  if [ -e ${box}/plugged ]; then echo 'Found DFU: [0483:df11] ver=2200, devnum=5, cfg=1, intf=0, path="1-1", alt=0'; fi
  exit
fi
if [ ! -e ${box}/plugged ]; then echo "dfu-util: No DFU capable USB device available" >&2; exit 74; fi
case "$7" in
-D)
  if [ -e ${box}/unplugs ]; then rm ${box}/plugged; echo "dfu-util: Error during download (LIBUSB_ERROR_NO_DEVICE)" >&2; exit 74; fi
  printf 'Download\\t[=============            ]  50%%         2500 bytes\\r'
  printf 'Download\\t[=========================] 100%%         5000 bytes\\n'
  cp "$8" ${box}/flash
  if [ -e ${box}/spoils ]; then printf x | dd of=${box}/flash bs=1 seek=9 conv=notrunc 2>/dev/null; rm ${box}/spoils; fi;;
-U)
  printf 'Upload\\t[=========================] 100%%         5000 bytes\\n'
  length=\${6#*:}
  head -c "\${length%%:*}" ${box}/flash > "$8";;
esac
`;
const openocd = (box: string) => `#!/bin/sh
echo "$*" >> ${box}/log
if [ "$1" = --version ]; then echo "Open On-Chip Debugger 0.12.0" >&2; exit; fi
if [ ! -e ${box}/probe ]; then echo "Error: open failed" >&2; exit 1; fi
echo "** Programming Started **" >&2
if [ -e ${box}/spoils ]; then rm ${box}/spoils; echo "Error: checksum mismatch" >&2; echo "** Verify Failed **" >&2; exit 1; fi
echo "** Verified OK **" >&2
`;

type Box = { path: string; log: () => string[]; has: (...names: string[]) => Box };

/** A folder with these programs, first in PATH. Without its own shell tools a machine has neither, so PATH is that folder alone there. */
function box(name: string, programs: Record<string, (box: string) => string>): Box {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [program, script] of Object.entries(programs))
    writeFileSync(join(path, program), script(path), { mode: 0o755 });
  process.env.PATH = Object.keys(programs).length > 0 ? `${path}${delimiter}/usr/bin${delimiter}/bin` : path;
  const made: Box = {
    path,
    log: () => (existsSync(join(path, "log")) ? readFileSync(join(path, "log"), "utf8").trim().split("\n") : []),
    has(...names) {
      for (const name of names) appendFileSync(join(path, name), "");
      return made;
    },
  };
  return made;
}

const flash = (more = {}) => flashFirmware({ board: "stm32f405", images: [file], ...more });

async function refused(what: RegExp, hint: RegExp): Promise<void> {
  const error = await flash().catch((error) => error);
  assert.instance(error, UserError, error.stack);
  assert.match(error.message, what);
  assert.match(error.hint, hint);
}

const hasShell = process.platform === "win32" ? test.skip : test;
test.after.each(() => {
  process.env.PATH = path;
});

hasShell("dfu-util writes, reads back and starts the chip, with its progress", async () => {
  const { path, log } = box("good", { "dfu-util": dfuUtil }).has("plugged");
  const said: string[] = [];
  const { by, verified, bytes } = await flash({
    onProgress: (done: number, all: number, doing: string) => said.push(`${doing} ${done}/${all}`),
  });
  assert.equal([by, verified, bytes], ["dfu-util", "SHA-256 of what was read back", 5000]);
  assert.ok(readFileSync(join(path, "flash")).equals(Buffer.from(image)));
  assert.equal(said.at(-1), "reading back 5000/5000");
  assert.ok(said.includes("flashing 5000/5000"));
  const [write, read, leave] = log().filter((line) => line.startsWith("-d"));
  assert.match(write, /^-d 0483:df11 -a 0 -s 0x08000000 -D \S+\.bin$/);
  assert.match(read, /^-d 0483:df11 -a 0 -s 0x08000000:5000 -U \S+$/);
  assert.match(leave, /-s 0x08000000:4:leave -U/);
});

hasShell("a flash that reads back otherwise is written again", async () => {
  const { path, log } = box("spoilt", { "dfu-util": dfuUtil }).has("plugged", "spoils");
  await flash();
  assert.ok(readFileSync(join(path, "flash")).equals(Buffer.from(image)));
  assert.is(log().filter((line) => / -D /.test(line)).length, 2);
});

hasShell("unplugged in the middle, dfu-util's own words are passed on", async () => {
  box("unplugged", { "dfu-util": dfuUtil }).has("plugged", "unplugs");
  await refused(/dfu-util ended, and dfu-util: Error during download/, /boot loader .* cannot be lost/);
});

hasShell("a board that is not in its boot loader, and no probe's program", async () => {
  const { log } = box("absent", { "dfu-util": dfuUtil });
  await refused(/no stm32f405 is in its boot loader \(0483:df11/, /BOOT0/);
  assert.not(log().some((line) => / -D /.test(line)));
});

hasShell("a board that may not be opened", async () => {
  box("forbidden", { "dfu-util": dfuUtil }).has("forbidden");
  await refused(/no permission to open the USB device 0483:df11/, /udev/);
});

hasShell("neither program: which packages have them", async () => {
  box("empty", {});
  await refused(/dfu-util or openocd, and neither is installed/, /sudo apt-get install dfu-util/);
});

hasShell("openocd programs and verifies where no boot loader is there, and again if that fails", async () => {
  const { log } = box("probe", { openocd, "dfu-util": dfuUtil }).has("probe", "spoils");
  const { by, verified } = await flash();
  assert.equal([by, verified], ["openocd", "openocd compared the flash"]);
  const calls = log().filter((line) => line.includes("program"));
  assert.is(calls.length, 2);
  assert.match(
    calls[0],
    /^-f interface\/stlink.cfg -f target\/stm32f4x.cfg -c program \{\S+engram.bin\} verify reset exit 0x08000000$/,
  );
});

hasShell("openocd without a probe says so once", async () => {
  const { log } = box("alone", { openocd });
  await refused(/openocd does not flash the board: open failed/, /probe/);
  assert.is(log().filter((line) => line.includes("program")).length, 1);
});

test.run();
