// An ESP32-C3 at a port. Its firmware is built here; no emulator that this project can take has the chip.
import { UserError } from "../../spec/user-error.ts";
import type { BoardKind } from "../registry.ts";

const elsewhere = { what: "no emulator has this chip", hint: "flash it with --firmware, then give its --port PATH" };

export const board: BoardKind = {
  name: "esp32c3",
  describe: "ESP32-C3, RISC-V RV32IMC at 160 MHz with an I2S microphone",
  available: async () => elsewhere,
  tools: [{ command: "riscv64-unknown-elf-gcc", package: "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf" }],
  tried: "built and image checked",
  limits: { ramBytes: 49152, slotBytes: 520096 },
  firmware: { by: "esp", chip: "esp32c3", images: [{ file: "engram.bin", address: 0 }] },

  async open() {
    throw new UserError(`the board esp32c3 cannot be started here: ${elsewhere.what}`, elsewhere.hint);
  },
};
