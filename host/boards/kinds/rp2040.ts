// A Raspberry Pi Pico that rp2040js emulates.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageRoot } from "../../compile/assembly.ts";
import { UserError } from "../../spec/user-error.ts";
import { cacheFolder, missingAmong } from "../build.ts";
import { closing } from "../closing.ts";
import { takeFlashFile } from "../flash-file.ts";
import { armTools } from "../qemu.ts";
import type { BoardKind } from "../registry.ts";
import { flashBytes, flashStart } from "../rp2040/chip.ts";
import { keptBytes } from "../rp2040/flash.ts";
import { builtImages, name, rp2040Family, started } from "../rp2040/open.ts";

const tools = [armTools[0]];
const { dependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));

export const board: BoardKind = {
  name,
  describe: "Raspberry Pi Pico, RP2040: Cortex-M0+ at 125 MHz, in rp2040js",
  available: () => missingAmong(tools),
  tools,
  emulator: `rp2040js ${dependencies.rp2040js}`,
  ticksPerInstruction: 1,
  tried: "runs in emulation",
  firmware: {
    by: "uf2",
    boardId: "RPI-RP2",
    family: rp2040Family,
    flash: { address: flashStart, bytes: flashBytes },
    kept: { eraseBytes: 4096, writeBytes: 256 },
  },
  limits: { ramBytes: 8192, slotBytes: 978176 },

  async open({ flash = join(cacheFolder(), `${name}.flash`), counted, onLog, onProgress }) {
    const missing = await missingAmong(tools);
    if (missing) throw new UserError(`the board ${name} cannot be used here: ${missing.what}`, missing.hint);
    const folder = await builtImages(onProgress);
    const release = await takeFlashFile(flash, keptBytes);
    const link = await started({ image: join(folder, "engram.bin"), flash: resolve(flash), counted }, onLog);
    link.once("close", release);
    return { ...closing(link), folder };
  },
};
