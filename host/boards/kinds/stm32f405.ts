import { armBoard } from "../qemu.ts";
import type { BoardKind } from "../registry.ts";

// QEMU gives the Netduino's only wired UART to the first serial line.
export const board: BoardKind = {
  ...armBoard(
    "stm32f405",
    "STM32F405, Cortex-M4 with 128 KB of RAM (Netduino Plus 2), in QEMU",
    "netduinoplus2",
    10.752,
    { ramBytes: 6144, slotBytes: 52184, pairs: true },
  ),
  firmware: {
    by: "dfu",
    usb: "0483:df11",
    flash: { address: 0x08000000, bytes: 1 << 20 },
    openocd: "target/stm32f4x.cfg",
    folder: "stm32f405-chip",
    kept: { eraseBytes: 128 << 10, writeBytes: 8 },
  },
};
