// Boards that QEMU emulates: the firmware built for them, their UART on QEMU's standard input and output.
import { join, resolve } from "node:path";
import { childLink } from "../link/child.ts";
import { UserError } from "../spec/user-error.ts";
import { builtFirmware, cacheFolder, missingAmong, type Tool } from "./build.ts";
import { closing } from "./closing.ts";
import { takeFlashFile } from "./flash-file.ts";
import type { BoardKind, BoardLimits } from "./registry.ts";

export type QemuBoard = {
  /** Its folder in firmware/boards. */
  name: string;
  describe: string;
  /** The compiler, then the emulator. */
  tools: readonly Tool[];
  /** The emulator and what it is told, besides its link and the image's flags. */
  command: string;
  machine: readonly string[];
  /** `none`: there is no UART, the board itself reads and writes QEMU's standard input and output. */
  serial?: "stdio" | "none";
  /** For boards whose flash is a file: its size, which QEMU wants exactly. */
  flashBytes?: number;
  /** Flags that load an image, and, with `flashBytes`, the flash. */
  image(elf: string, flash: string): readonly string[];
  /** With -icount shift=6, an instruction takes 64 ns of the board's time. */
  ticksPerInstruction: number;
  limits: BoardLimits;
};

export const armTools: readonly Tool[] = [
  { command: "arm-none-eabi-gcc", package: "gcc-arm-none-eabi picolibc-arm-none-eabi" },
  { command: "qemu-system-arm", package: "qemu-system-arm" },
];

/** A kind of board that starts QEMU when it is opened and ends it when it is closed. */
export function qemuBoard(facts: QemuBoard): BoardKind {
  const {
    name,
    describe,
    tools,
    command,
    machine,
    serial = "stdio",
    flashBytes,
    image,
    ticksPerInstruction,
    limits,
  } = facts;
  const available = () => missingAmong(tools);
  return {
    name,
    describe,
    available,
    tools,
    ticksPerInstruction,
    tried: "runs in emulation",
    limits,
    forgets: flashBytes === undefined,

    async open({ flash = join(cacheFolder(), `${name}.flash`), counted, emulator = [], onLog = () => {}, onProgress }) {
      const missing = await available();
      if (missing) throw new UserError(`the board ${name} cannot be used here: ${missing.what}`, missing.hint);
      const folder = await builtFirmware(name, onProgress);
      const release = flashBytes ? await takeFlashFile(flash, flashBytes) : () => {};
      const parameters = [
        ...["-display", "none", "-monitor", "none", "-serial", serial],
        ...machine,
        ...image(join(folder, "engram.elf"), resolve(flash).replaceAll(",", ",,")),
        ...(counted ? ["-icount", "shift=6"] : []),
        ...emulator,
      ];
      const link = childLink(command, parameters, (line) => /terminating on signal/.test(line) || onLog(line));
      link.once("close", release);
      return { ...closing(link), folder };
    },
  };
}

/** Of ARM's MPS2 and MPS3 boards (firmware/common/mps2). */
export const mps2Limits: BoardLimits = { ramBytes: 32768, slotBytes: 261080 };

/** A Cortex-M of QEMU: models are forgotten when it ends. */
export function armBoard(
  name: string,
  describe: string,
  machine: string,
  ticksPerInstruction: number,
  limits: BoardLimits,
  ...more: readonly string[]
): BoardKind {
  return qemuBoard({
    ...{ name, describe, tools: armTools, command: "qemu-system-arm", machine: ["-M", machine, ...more] },
    image: (elf) => ["-kernel", elf],
    ticksPerInstruction,
    limits,
  });
}
