import { armBoard } from "../qemu.ts";
import type { BoardKind } from "../registry.ts";

export const board: BoardKind = {
  ...armBoard("microbit", "BBC micro:bit v1, Cortex-M0 with 16 KB of RAM, in QEMU", "microbit", 1.024, {
    ramBytes: 3840,
    slotBytes: 93120,
  }),
  // Ids of version 1: support.microbit.org, "USB VID/PID numbers for micro:bit".
  firmware: {
    by: "daplink",
    ids: ["9900", "9901"],
    flash: { address: 0, bytes: 256 << 10 },
    openocd: "target/nrf51.cfg",
    kept: { eraseBytes: 1024, writeBytes: 16 },
  },
};
