import { qemuBoard } from "../qemu.ts";

export const board = qemuBoard({
  name: "rv32",
  describe: "RISC-V RV32IMC with flash in a file (QEMU's virt machine)",
  tools: [
    { command: "riscv64-unknown-elf-gcc", package: "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf" },
    { command: "qemu-system-riscv32", package: "qemu-system-misc" },
  ],
  command: "qemu-system-riscv32",
  machine: ["-M", "virt"],
  flashBytes: 32 << 20,
  image: (elf, flash) => ["-bios", elf, "-drive", `if=pflash,unit=1,format=raw,file=${flash}`],
  ticksPerInstruction: 0.64,
  limits: { ramBytes: 32768, slotBytes: 261952 },
});
