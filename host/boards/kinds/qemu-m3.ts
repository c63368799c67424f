import { armBoard, mps2Limits } from "../qemu.ts";

export const board = armBoard("qemu-m3", "Cortex-M3 at 25 MHz (ARM MPS2 AN385) in QEMU", "mps2-an385", 1.6, mps2Limits);
