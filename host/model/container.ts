// The .engram container: header, section table, sections. What lies in the sections is host/model/model.ts's.
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  alignment,
  formatVersion,
  header,
  magic,
  type SectionTag,
  section,
  sections,
  tagNumber,
} from "../spec/container.ts";
import { UserError } from "../spec/user-error.ts";
import type { FileKind } from "./whole-file.ts";

export type Header = ReturnType<typeof header.read>;
/** A section where it lies in the file. */
export type Placed = { offset: number; bytes: Uint8Array };
export type Container = { header: Header; sections: Map<SectionTag, Placed> };

/** What `writeContainer` writes. */
export const modelFile: FileKind = { name: "engram model file", begins: (head) => head.startsWith("ENGR") };

const hint = "write it again with `engram quantize`";
const aligned = (length: number): number => Math.ceil(length / alignment) * alignment;
const crcAt = header.offset("crc");

/** Offset in the file at which the first section lies, for a container of so many sections. */
export const firstOffset = (count: number): number => aligned(header.bytes + count * section.bytes);
/** Offset of what follows a section. */
export const nextOffset = (offset: number, length: number): number => offset + aligned(length);

/**
 * Puts sections into a file, in the order given.
 * The numbers are bytes: of the whole RAM that a board gives the model, of its states, of its arena.
 */
export function writeContainer(
  parts: [SectionTag, Uint8Array][],
  { ramBytes, stateBytes, arenaBytes }: Pick<Header, "ramBytes" | "stateBytes" | "arenaBytes">,
): Uint8Array {
  const first = firstOffset(parts.length);
  const file = new Uint8Array(parts.reduce((offset, [, bytes]) => nextOffset(offset, bytes.length), first));
  let offset = first;
  parts.forEach(([tag, bytes], i) => {
    file.set(bytes, offset);
    const entry = { tag: tagNumber(tag), offset, length: bytes.length, reserved: 0 };
    section.write(file, header.bytes + i * section.bytes, entry);
    offset = nextOffset(offset, bytes.length);
  });
  header.write(file, 0, {
    magic,
    version: formatVersion,
    sections: parts.length,
    length: file.length,
    ramBytes,
    stateBytes,
    arenaBytes,
    counter: 0,
    sha256: new Uint8Array(createHash("sha256").update(file.subarray(header.bytes)).digest()),
    crc: 0,
  });
  new DataView(file.buffer).setUint32(crcAt, crc32(file.subarray(0, crcAt)), true);
  return file;
}

/**
 * Checks a file down to its sections: header, checksums, table, bounds. The board makes the same checks.
 * @param name what errors call the file
 */
export function readContainer(file: Uint8Array, name: string): Container {
  const refuse = (what: string): never => {
    throw new UserError(`${name} ${what}`, hint);
  };
  if (file.length < 4 || header.read(padded(file)).magic !== magic)
    throw new UserError(`${name} is no engram model file`, "give a file that `engram quantize` wrote");
  if (file.length < header.bytes) refuse(`is truncated: ${file.length} bytes`);
  const head = header.read(file);
  if (head.version !== formatVersion) refuse(`has format version ${head.version}; this engram reads ${formatVersion}`);
  if (head.crc !== crc32(file.subarray(0, crcAt))) refuse("is damaged: the header's checksum does not match");
  if (head.length !== file.length) refuse(`has ${file.length} bytes; its header says ${head.length}`);
  if (head.length % alignment !== 0) refuse(`has a length of ${head.length}, no multiple of ${alignment}`);
  const hash = createHash("sha256").update(file.subarray(header.bytes)).digest();
  if (!hash.equals(head.sha256)) refuse("is damaged: its SHA-256 does not match");
  return { header: head, sections: readTable(file, head.sections, refuse) };
}

function readTable(file: Uint8Array, count: number, refuse: (what: string) => never): Map<SectionTag, Placed> {
  const tags = Object.keys(sections) as SectionTag[];
  const found = new Map<SectionTag, Placed>();
  let least = firstOffset(count);
  if (least > file.length) refuse(`has a section table of ${count} entries, which is longer than the file`);
  for (let i = 0; i < count; i++) {
    const { tag, offset, length, reserved } = section.read(file, header.bytes + i * section.bytes);
    const letters = String.fromCharCode(tag & 255, (tag >> 8) & 255, (tag >> 16) & 255, tag >>> 24);
    if (offset % alignment !== 0 || offset < least || length > file.length - offset || reserved !== 0) {
      refuse(`has section ${letters} out of place`);
    }
    least = nextOffset(offset, length);
    const known = tags.find((name) => tagNumber(name) === tag);
    if (known && found.has(known)) refuse(`has section ${letters} twice`);
    if (known) found.set(known, { offset, bytes: file.subarray(offset, offset + length) });
    else if ((tag & 255 & 0x20) === 0)
      refuse(`has a section ${JSON.stringify(letters)} that this engram does not know`);
  }
  for (const tag of tags) if (sections[tag].required && !found.has(tag)) refuse(`lacks section ${tag}`);
  return found;
}

const padded = (file: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(header.bytes);
  bytes.set(file.subarray(0, header.bytes));
  return bytes;
};
