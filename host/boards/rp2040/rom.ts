// A boot ROM of our own for the emulator, which has none: what the firmware calls there is a breakpoint each, and so a call into
// Node. Layout and letters: RP2040 datasheet 2.8.3.

/** What the ROM does, in the order of the breakpoints' numbers; `start` is where the processor begins. */
export const calls = ["start", "find", "connect", "exitXip", "erase", "program", "flushCache"] as const;
export type Call = (typeof calls)[number];

const letters: Partial<Record<string, Call>> = {
  IF: "connect",
  EX: "exitXip",
  RE: "erase",
  RP: "program",
  FC: "flushCache",
};
const codeAt = 0x40;
const tableAt = 0x30;
/** The processor's first stack: above where the second stage runs. */
const stackAt = 0x20042000;
const [breakpoint, back] = [0xbe00, 0x4770]; // BKPT #0, BX LR

const addressOf = (call: Call): number => (codeAt + 4 * calls.indexOf(call)) | 1;

/** Its 16 KB. */
export function bootRom(): Uint32Array {
  const rom = new Uint8Array(0x4000);
  const view = new DataView(rom.buffer);
  view.setUint32(0, stackAt, true);
  view.setUint32(4, addressOf("start"), true);
  view.setUint16(0x14, tableAt, true);
  view.setUint16(0x18, addressOf("find"), true);
  calls.forEach((_, number) => {
    view.setUint16(codeAt + 4 * number, breakpoint | number, true);
    view.setUint16(codeAt + 4 * number + 2, back, true);
  });
  return new Uint32Array(rom.buffer);
}

/** What the reader of the ROM's table gives for a function's two letters: its address, or 0. */
export function find(table: number, code: number): number {
  const call = table === tableAt ? letters[String.fromCharCode(code & 0xff, code >> 8)] : undefined;
  return call ? addressOf(call) : 0;
}

/** CRC-32 as the boot ROM computes it over the second stage: polynomial 04C11DB7, from FFFFFFFF on, nothing reflected. */
export function bootCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

/** Bytes of the second stage before its CRC. */
export const bootBytes = 252;
