import { armBoard } from "../qemu.ts";

export const board = armBoard("microbit", "BBC micro:bit v1, Cortex-M0 with 16 KB of RAM, in QEMU", "microbit", 1.024, {
  ramBytes: 4608,
  slotBytes: 93120,
});
