import { qemuBoard } from "../qemu.ts";

export const board = qemuBoard({
  name: "xtensa",
  describe: "Xtensa lx106, the ESP8266's core (QEMU's sim machine)",
  tools: [
    { command: "xtensa-lx106-elf-gcc", package: "gcc-xtensa-lx106" },
    { command: "qemu-system-xtensa", package: "qemu-system-misc" },
  ],
  command: "qemu-system-xtensa",
  machine: ["-M", "sim", "-cpu", "lx106", "-semihosting"],
  serial: "none",
  image: (elf) => ["-kernel", elf],
  ticksPerInstruction: 2.56,
  limits: { ramBytes: 32768, slotBytes: 261080 },
});
