// Mutants of WebAssembly modules: bytes and stretches changed at random, and instructions changed with a sense of what they are.
import { instructions } from "../../host/spec/subset.ts";

const opcodes = Object.keys(instructions).map(Number);
// Opcodes outside the subset that a decoder must not take: unreachable, nop, loop, br_table, call_indirect, loads, floats, prefixes.
const foreign = [
  0x00, 0x01, 0x03, 0x0e, 0x11, 0x23, 0x24, 0x28, 0x36, 0x3f, 0x40, 0x42, 0x43, 0x44, 0x6c, 0x92, 0xfc, 0xfd,
];
const notable = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xff, 0x40, 0x0b, 0x05, 0x10, 0x20];

/** One mutant: one to four changes, each of a kind drawn at random. */
export function mutate(module: Uint8Array, random: () => number): Uint8Array {
  let bytes = Uint8Array.from(module);
  const below = (count: number) => Math.floor(random() * count);
  const pick = (list: number[]) => list[below(list.length)];
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = 8 + below(bytes.length - 8);
    const kind = below(8);
    if (kind === 0) bytes[at] ^= 1 << below(8);
    else if (kind === 1) bytes[at] = below(256);
    else if (kind === 2) bytes[at] = pick(notable);
    else if (kind === 3) bytes[at] = pick(opcodes);
    else if (kind === 4) bytes[at] = pick(foreign);
    else if (kind === 5) bytes[at] += random() < 0.5 ? 1 : -1;
    else if (kind === 6) bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + below(3))]);
    else {
      const from = 8 + below(bytes.length - 8);
      bytes = Uint8Array.from([
        ...bytes.subarray(0, at),
        ...bytes.subarray(from, from + 1 + below(12)),
        ...bytes.subarray(at),
      ]);
    }
  }
  return bytes;
}
