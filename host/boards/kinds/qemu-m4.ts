import { armBoard, mps2Limits } from "../qemu.ts";

export const board = armBoard("qemu-m4", "Cortex-M4 at 25 MHz (ARM MPS2 AN386) in QEMU", "mps2-an386", 1.6, {
  ...mps2Limits,
  pairs: true,
});
