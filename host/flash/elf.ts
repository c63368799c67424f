// ELF files as the compilers make them for boards: 32 bits, little-endian. What is to lie in flash, and where symbols are.
// Format: Tool Interface Standard, Executable and Linking Format 1.2.
import type { Segment } from "../boards/intel-hex.ts";
import { UserError } from "../spec/user-error.ts";

export type Elf = { segments: Segment[]; symbol(name: string): number | undefined };

const [loaded, symbolTable] = [1, 2];

export const isElf = (file: Uint8Array): boolean => Buffer.from(file.subarray(0, 4)).toString("latin1") === "\x7fELF";

/** UserError if it is none, or cut off. @param name what people call it */
export function readElf(file: Uint8Array, name: string): Elf {
  if (!isElf(file) || file[4] !== 1 || file[5] !== 1)
    throw new UserError(`${name} is no ELF file for boards of 32 bits`, "build it again");
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  try {
    return { segments: segmentsOf(bytes), symbol: (wanted) => symbolOf(bytes, wanted) };
  } catch (cause) {
    throw new UserError(`${name} is cut off`, "build it again", { cause });
  }
}

function segmentsOf(elf: Buffer): Segment[] {
  const [from, size, count] = [elf.readUInt32LE(28), elf.readUInt16LE(42), elf.readUInt16LE(44)];
  return Array.from({ length: count }, (_, i) => from + i * size)
    .map((at) => ({
      type: elf.readUInt32LE(at),
      offset: elf.readUInt32LE(at + 4),
      address: elf.readUInt32LE(at + 12), // physical: where variables' first values lie in flash
      length: elf.readUInt32LE(at + 16),
    }))
    .filter(({ type, length }) => type === loaded && length > 0)
    .map(({ offset, address, length }) => {
      if (offset + length > elf.length) throw new RangeError("a segment ends behind the file");
      return { address, bytes: new Uint8Array(elf.subarray(offset, offset + length)) };
    })
    .sort((a, b) => a.address - b.address);
}

function symbolOf(elf: Buffer, wanted: string): number | undefined {
  const [from, size, count] = [elf.readUInt32LE(32), elf.readUInt16LE(46), elf.readUInt16LE(48)];
  const section = (i: number) => ({
    type: elf.readUInt32LE(from + i * size + 4),
    offset: elf.readUInt32LE(from + i * size + 16),
    bytes: elf.readUInt32LE(from + i * size + 20),
    link: elf.readUInt32LE(from + i * size + 24),
  });
  for (let i = 0; i < count; i++) {
    const table = section(i);
    if (table.type !== symbolTable) continue;
    const names = section(table.link).offset;
    for (let at = table.offset; at < table.offset + table.bytes; at += 16) {
      const name = names + elf.readUInt32LE(at);
      if (elf.toString("latin1", name, name + wanted.length + 1) === `${wanted}\0`) return elf.readUInt32LE(at + 4);
    }
  }
  return undefined;
}
