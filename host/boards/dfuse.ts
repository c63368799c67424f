// DfuSe files, what ST's tools and dfu-util write to an STM32 through the boot loader in its ROM: ST's UM0391, "DfuSe file format
// specification", with the suffix of USB's "Device class specification for device firmware upgrade" 1.1, appendix B.
import { crc32 } from "../link/frame.ts";
import { UserError } from "../spec/user-error.ts";
import type { Segment } from "./intel-hex.ts";

/** ST's boot loader. */
export const stBootLoader = { vendor: 0x0483, product: 0xdf11 };

const [prefixBytes, targetBytes, segmentBytes, suffixBytes] = [11, 274, 8, 16];
const dfuseVersion = 0x011a;
const anyDevice = 0xffff;
const nameBytes = 255;

/** A file of one target, which is the chip's flash. */
export function dfuseFile(segments: readonly Segment[], name: string, ids = stBootLoader): Uint8Array {
  const body = segments.reduce((sum, { bytes }) => sum + segmentBytes + bytes.length, 0);
  const imageBytes = prefixBytes + targetBytes + body;
  const file = new Uint8Array(imageBytes + suffixBytes);
  const view = new DataView(file.buffer);
  let at = 0;
  const text = (value: string, bytes: number) => {
    file.set(new TextEncoder().encode(value).subarray(0, bytes), at);
    at += bytes;
  };
  const byte = (value: number) => view.setUint8(at++, value);
  const half = (value: number) => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const word = (value: number) => {
    view.setUint32(at, value, true);
    at += 4;
  };
  text("DfuSe", 5);
  byte(1);
  word(imageBytes);
  byte(1);

  text("Target", 6);
  byte(0); // alternate setting
  word(1); // it has a name
  text(name, nameBytes);
  word(body);
  word(segments.length);
  for (const { address, bytes } of segments) {
    word(address);
    word(bytes.length);
    file.set(bytes, at);
    at += bytes.length;
  }

  half(anyDevice);
  half(ids.product);
  half(ids.vendor);
  half(dfuseVersion);
  text("UFD", 3);
  byte(suffixBytes);
  word(fileCrc(file));
  return file;
}

/** The segments of a file's only target. UserError if it is damaged, or not of that kind. */
export function readDfuse(file: Uint8Array, name: string): Segment[] {
  const refuse = (why: string): never => {
    throw new UserError(`${name} ${why}`, "write it anew from engram.elf");
  };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const text = (at: number, bytes: number) => new TextDecoder("latin1").decode(file.subarray(at, at + bytes));
  const end = file.length - suffixBytes;
  if (end < prefixBytes + targetBytes || text(0, 5) !== "DfuSe" || text(end + 8, 3) !== "UFD")
    refuse("is no DfuSe file");
  if (view.getUint32(file.length - 4, true) !== fileCrc(file)) refuse("is damaged: its checksum does not match");
  if (view.getUint32(6, true) !== end) refuse(`says that it has ${view.getUint32(6, true)} bytes, and has ${end}`);
  if (view.getUint8(10) !== 1) refuse(`has ${view.getUint8(10)} targets, one is expected`);
  const segments: Segment[] = [];
  let at = prefixBytes + targetBytes;
  for (let i = 0; i < view.getUint32(prefixBytes + targetBytes - 4, true); i++) {
    if (at + segmentBytes > end) refuse("is cut off");
    const [address, bytes] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    at += segmentBytes;
    if (at + bytes > end) refuse("is cut off");
    segments.push({ address, bytes: file.subarray(at, at + bytes) });
    at += bytes;
  }
  if (at !== end) refuse("has bytes after its last segment");
  return segments;
}

/** Of all but itself, as USB's specification wants it: not inverted at the end. */
const fileCrc = (file: Uint8Array): number => ~crc32(file.subarray(0, -4)) >>> 0;
