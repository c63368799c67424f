// What of an ELF file is to be in a chip's memory before it starts: the little-endian 32-bit kind that compilers for boards write.
import { UserError } from "../spec/user-error.ts";

export type Piece = { address: number; bytes: Uint8Array };

const magic = 0x464c457f;
const ofClass32LittleEndian = 0x0101;
const load = 1;

/**
 * The pieces in the order of their addresses, each as long as the file has bytes for it.
 * @param elf the file
 * @param name of the file, for errors
 */
export function loadedPieces(elf: Uint8Array, name: string): Piece[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  if (elf.length < 52 || view.getUint32(0, true) !== magic || view.getUint16(4, true) !== ofClass32LittleEndian)
    throw new UserError(`${name} is no 32-bit ELF file`, "give engram.elf of a board's build folder");
  const [first, size, count] = [view.getUint32(28, true), view.getUint16(42, true), view.getUint16(44, true)];
  if (first + size * count > elf.length) throw new UserError(`${name} is cut off`, "build it again");
  return Array.from({ length: count }, (_, i) => first + i * size)
    .filter((at) => view.getUint32(at, true) === load && view.getUint32(at + 16, true) > 0)
    .map((at) => {
      const [offset, , address, bytes] = [4, 8, 12, 16].map((field) => view.getUint32(at + field, true));
      if (offset + bytes > elf.length) throw new UserError(`${name} is cut off`, "build it again");
      return { address, bytes: elf.subarray(offset, offset + bytes) };
    })
    .sort((a, b) => a.address - b.address);
}
