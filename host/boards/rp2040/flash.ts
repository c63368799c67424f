// The flash of an emulated RP2040: the firmware, and behind it a file. Power can be cut in the middle of an operation.
import { openSync, readSync, writeSync } from "node:fs";
import { type FlashChip, flashBytes } from "./chip.ts";

/** Where firmware/boards/rp2040/memory.ld has what the firmware keeps: the file's beginning. */
export const keptAt = 128 << 10;
export const keptBytes = flashBytes - keptAt;

/** In the operation of that number, power goes after so many bytes are done. */
export type Cut = { operation: number; bytes: number };

/**
 * @param firmware what is written below `keptAt`
 * @param path the file with the rest, `keptBytes` long; without one all is gone with the board
 * @param powerGone must not return
 */
export function fileFlash(firmware: Uint8Array, path?: string, cut?: Cut, powerGone = (): void => {}): FlashChip {
  if (firmware.length > keptAt) throw new Error(`the firmware has ${firmware.length} bytes of ${keptAt}`);
  const bytes = new Uint8Array(flashBytes).fill(0xff);
  bytes.set(firmware);
  const file = path === undefined ? undefined : openSync(path, "r+");
  if (file !== undefined) readSync(file, bytes, keptAt, keptBytes, 0);
  let operation = 0;

  function change(offset: number, wanted: Uint8Array): void {
    if (offset < keptAt) throw new Error(`a change of the firmware at ${offset}`);
    const isCut = cut?.operation === operation++;
    const done = isCut ? wanted.subarray(0, cut.bytes) : wanted;
    bytes.set(done, offset);
    if (file !== undefined) writeSync(file, done, 0, done.length, offset - keptAt);
    if (isCut) powerGone();
  }
  return {
    bytes,
    erase: (offset, count) => change(offset, new Uint8Array(count).fill(0xff)),
    program: (offset, values) =>
      change(
        offset,
        values.map((value, i) => value & bytes[offset + i]),
      ),
  };
}
