// Boards that QEMU emulates: the firmware built for them, their UART on QEMU's standard input and output.
import { join } from "node:path";
import { childLink } from "../link/child.ts";
import { UserError } from "../spec/user-error.ts";
import { builtFirmware, missingAmong, type Tool } from "./build.ts";
import { closing } from "./closing.ts";
import type { BoardKind } from "./registry.ts";

export type QemuBoard = {
  /** Its folder in firmware/boards. */
  name: string;
  describe: string;
  /** Compiler and emulator. */
  tools: readonly Tool[];
  /** The emulator and what it is told, besides its link and the image's flags. */
  command: string;
  machine: readonly string[];
  /** Flags that load an image. */
  image(elf: string, flash: string | undefined): readonly string[];
  /** With -icount shift=6, an instruction takes 64 ns of the board's time. */
  ticksPerInstruction: number;
};

export const armTools: readonly Tool[] = [
  { command: "arm-none-eabi-gcc", package: "gcc-arm-none-eabi picolibc-arm-none-eabi" },
  { command: "qemu-system-arm", package: "qemu-system-arm" },
];

/** A kind of board that starts QEMU when it is opened and ends it when it is closed. */
export function qemuBoard(facts: QemuBoard): BoardKind {
  const { name, describe, tools, command, machine, image, ticksPerInstruction } = facts;
  const available = () => missingAmong(tools);
  return {
    name,
    describe,
    available,
    ticksPerInstruction,

    async open({ flash, counted, onLog = () => {}, onProgress }) {
      const missing = await available();
      if (missing) throw new UserError(`the board ${name} cannot be used here: ${missing.what}`, missing.hint);
      const elf = join(await builtFirmware(name, onProgress), "engram.elf");
      const parameters = [
        ...["-display", "none", "-monitor", "none", "-serial", "stdio"],
        ...machine,
        ...image(elf, flash),
        ...(counted ? ["-icount", "shift=6"] : []),
      ];
      return closing(childLink(command, parameters, (line) => /terminating on signal/.test(line) || onLog(line)));
    },
  };
}

/** A Cortex-M of QEMU: models are forgotten when it ends. */
export function armBoard(
  name: string,
  describe: string,
  machine: string,
  ticksPerInstruction: number,
  ...more: readonly string[]
): BoardKind {
  return qemuBoard({
    ...{ name, describe, tools: armTools, command: "qemu-system-arm", machine: ["-M", machine, ...more] },
    image: (elf) => ["-kernel", elf],
    ticksPerInstruction,
  });
}
