import { armBoard, mps2Limits } from "../qemu.ts";

export const board = armBoard("qemu-m7", "Cortex-M7 at 25 MHz (ARM MPS2 AN500) in QEMU", "mps2-an500", 1.6, {
  ...mps2Limits,
  pairs: true,
});
