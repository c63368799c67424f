// Images for ESP chips: what their headers say, checked before anything is written. Format: "Firmware Image Format" in Espressif's
// documentation of esptool; direct boot: github.com/espressif/esp32c3-direct-boot-example.
import { createHash } from "node:crypto";
import { UserError } from "../../spec/user-error.ts";

/** `chip` is the id in the header, undefined of an image for direct boot, which has none. */
export type EspImage = { chip: number | undefined; bytes: number };

const magic = 0xe9;
const directMark = [0x1d, 0x04, 0xdb, 0xae, 0x1d, 0x04, 0xdb, 0xae];
const [headerBytes, segmentBytes, hashBytes, mostSegments] = [24, 8, 32, 16];

export const isEspImage = (file: Uint8Array): boolean =>
  file[0] === magic || directMark.every((byte, i) => file[i] === byte);

/** @throws UserError if it is damaged @param name what people call it */
export function readEspImage(file: Uint8Array, name: string): EspImage {
  if (directMark.every((byte, i) => file[i] === byte)) return { chip: undefined, bytes: file.length };
  const refuse = (what: string): never => {
    throw new UserError(`${name} ${what}`, "build or fetch it again");
  };
  if (file[0] !== magic) refuse(`is no image for ESP chips: it begins with 0x${(file[0] ?? 0).toString(16)}, not 0xe9`);
  if (file.length < headerBytes) refuse(`is cut off: ${file.length} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const segments = file[1];
  if (segments < 1 || segments > mostSegments) refuse(`is damaged: ${segments} segments`);
  let [at, checksum] = [headerBytes, 0xef];
  for (let i = 0; i < segments; i++) {
    const begin = at + segmentBytes;
    const length = begin <= file.length ? view.getUint32(at + 4, true) : Number.POSITIVE_INFINITY;
    if (begin + length > file.length) refuse(`is cut off in segment ${i + 1} of ${segments}`);
    for (let k = begin; k < begin + length; k++) checksum ^= file[k];
    at = begin + length;
  }
  at |= 15; // the checksum ends a row of 16 bytes
  if (at >= file.length) refuse("is cut off before its checksum");
  if (file[at] !== checksum) refuse("is damaged: its checksum does not match");
  at++;
  if (file[23] === 1) {
    if (at + hashBytes > file.length) refuse("is cut off before its SHA-256");
    const hash = createHash("sha256").update(file.subarray(0, at)).digest();
    if (!hash.equals(file.subarray(at, at + hashBytes))) refuse("is damaged: its SHA-256 does not match");
    at += hashBytes;
  }
  return { chip: view.getUint16(12, true), bytes: at };
}
