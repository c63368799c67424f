// Intel HEX: bytes with their addresses as lines of text. Format: Intel, Hexadecimal Object File Format Specification, 1988.
import { UserError } from "../spec/user-error.ts";

/** Bytes at an address. */
export type Segment = { address: number; bytes: Uint8Array };

const rowBytes = 16;
const type = { data: 0, end: 1, segmentBase: 2, segmentStart: 3, base: 4, start: 5 };

/** The text of an image, rows of 16 bytes. */
export function intelHex(segments: readonly Segment[]): string {
  const rows: string[] = [];
  let base = 0;
  for (const { address, bytes } of segments) {
    for (let at = 0; at < bytes.length; ) {
      const here = address + at;
      if (here >>> 16 !== base) {
        base = here >>> 16;
        rows.push(row(0, type.base, Uint8Array.of(base >> 8, base)));
      }
      const length = Math.min(rowBytes - (here % rowBytes), bytes.length - at);
      rows.push(row(here & 0xffff, type.data, bytes.subarray(at, at + length)));
      at += length;
    }
  }
  rows.push(row(0, type.end, new Uint8Array()));
  return `${rows.join("\n")}\n`;
}

/** What a file holds, in its order, neighbours joined. UserError if it is damaged. @param name what people call it */
export function readIntelHex(text: string, name: string): Segment[] {
  const found: { address: number; bytes: number[] }[] = [];
  let base = 0;
  let ended = false;
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "" || ended) return;
    const { address, kind, data } = readRow(line.trim(), `${name}, line ${i + 1}`);
    if (kind === type.end) ended = true;
    else if (kind === type.base) base = ((data[0] << 8) | data[1]) * 0x10000;
    else if (kind === type.segmentBase) base = ((data[0] << 8) | data[1]) * 16;
    else if (kind === type.data) {
      const last = found.at(-1);
      if (last && last.address + last.bytes.length === base + address) last.bytes.push(...data);
      else found.push({ address: base + address, bytes: [...data] });
    }
  });
  if (!ended) throw new UserError(`${name} is cut off: its last line is missing`, "build or fetch it again");
  return found.map(({ address, bytes }) => ({ address, bytes: Uint8Array.from(bytes) }));
}

function row(address: number, kind: number, data: Uint8Array): string {
  const bytes = [data.length, (address >> 8) & 0xff, address & 0xff, kind, ...data];
  const sum = bytes.reduce((sum, byte) => sum + byte, 0);
  return `:${Buffer.from([...bytes, -sum & 0xff])
    .toString("hex")
    .toUpperCase()}`;
}

function readRow(line: string, where: string): { address: number; kind: number; data: Uint8Array } {
  const bytes = /^:([0-9a-f]{2}){5,}$/i.test(line) ? Buffer.from(line.slice(1), "hex") : undefined;
  if (!bytes || bytes.length !== bytes[0] + 5)
    throw new UserError(`${where}, is no line of Intel HEX`, "build or fetch it again");
  if ((bytes.reduce((sum, byte) => sum + byte, 0) & 0xff) !== 0)
    throw new UserError(`${where}, is damaged: its checksum does not match`, "build or fetch it again");
  if (bytes[3] > type.start)
    throw new UserError(
      `${where}, has a record of type ${bytes[3]}, which is not of Intel HEX`,
      "give a file for one kind of board",
    );
  return { address: bytes.readUInt16BE(1), kind: bytes[3], data: new Uint8Array(bytes.subarray(4, -1)) };
}
