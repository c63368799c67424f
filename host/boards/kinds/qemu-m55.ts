import { armBoard, mps2Limits } from "../qemu.ts";

export const board = armBoard(
  "qemu-m55",
  "Cortex-M55 with Helium at 32 MHz (ARM MPS3 AN547) in QEMU",
  "mps3-an547",
  2.048,
  mps2Limits,
);
