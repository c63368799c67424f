// Firmware as it comes: built here, or a file that somebody gives. What it is for is in the file, where its form says so.
import { basename, join } from "node:path";
import { builtFirmware, missingAmong } from "../boards/build.ts";
import type { Firmware, FirmwareWay, Span } from "../boards/firmware.ts";
import { readIntelHex, type Segment } from "../boards/intel-hex.ts";
import type { BoardKind } from "../boards/registry.ts";
import { readWhole } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";
import { type Elf, isElf, readElf } from "./elf.ts";
import type { EspPart } from "./esp/esp.ts";
import { isEspImage } from "./esp/image.ts";
import type { KeptFlash } from "./store-image.ts";
import { isUf2, uf2Family } from "./uf2-file.ts";

export type Image =
  | { form: "esp"; parts: EspPart[] }
  | { form: "uf2"; name: string; bytes: Uint8Array; family: number }
  /** Bytes at addresses of the chip; `kept` is where models lie, if the image says so. */
  | { form: "flat"; name: string; segments: Segment[]; kept?: KeptFlash };

export type KindWithFirmware = BoardKind & { firmware: Firmware };

/** The firmware of a kind, built where its sources have changed. UserError if something is missing for that. */
export async function builtImage(kind: KindWithFirmware, onNote: (text: string) => void): Promise<Image> {
  const { name, firmware, tools = [] } = kind;
  const missing = await missingAmong(tools.slice(0, 1)); // the compiler; the emulator is not needed
  if (missing) throw new UserError(`the firmware of ${name} cannot be built here: ${missing.what}`, missing.hint);
  const folder = await builtFirmware(firmware.folder ?? name, onNote);
  if (firmware.by === "esp")
    return {
      form: "esp",
      parts: firmware.images.map(({ file, address }) => ({
        name: file,
        address,
        bytes: readWhole(join(folder, file)),
      })),
    };
  const elf = readElf(readWhole(join(folder, "engram.elf")), "engram.elf");
  return inside(flat("engram.elf", elf, firmware), firmware.flash, name);
}

/**
 * The image in files, FILE or FILE@ADDRESS. UserError if one is damaged, or what it is for is not told.
 * @param kind the board that it is for, if that was said
 */
export function imageIn(files: readonly string[], kind: KindWithFirmware | undefined): Image {
  const pieces = files.map(pieceOf);
  const [first] = pieces;
  const way = kind?.firmware;
  if (way ? way.by === "esp" : pieces.some(({ bytes, address }) => address !== undefined || isEspImage(bytes)))
    return {
      form: "esp",
      parts: pieces.map(({ name, address, bytes }) => ({ name, address: address ?? bootOf(bytes), bytes })),
    };
  if (pieces.length > 1)
    throw new UserError("only ESP chips take more than one image", "give one --image", { usage: true });
  const { name, bytes } = first;
  if (isEspImage(bytes))
    throw new UserError(
      `${name} is an image for ESP chips, not for ${kind!.name}`,
      "nothing was written: give that board's image",
    );
  if (isUf2(bytes)) return { form: "uf2", name, bytes, family: uf2Family(bytes, name) };
  const text = Buffer.from(bytes).toString("latin1");
  if (text.startsWith(":")) return within({ form: "flat", name, segments: readIntelHex(text, name) }, kind);
  if (isElf(bytes)) return within(flat(name, readElf(bytes, name), way), kind);
  if (!way || way.by === "esp")
    throw new UserError(`${name} does not say what it is for`, "say it with --board NAME (see `engram boards`)");
  if (way.by !== "uf2") checkVectors(bytes, name, kind!.name, way.flash);
  return within({ form: "flat", name, segments: [{ address: way.flash.address, bytes }] }, kind);
}

/** Bytes alone tell little of their chip; a Cortex-M's begin with a stack pointer, then where the program is, an odd address. */
function checkVectors(bytes: Uint8Array, name: string, board: string, flash: Span): void {
  const reset = bytes.length >= 8 ? Buffer.from(bytes).readUInt32LE(4) : 0;
  if (reset % 2 === 1 && reset > flash.address && reset < flash.address + flash.bytes) return;
  throw new UserError(
    `${name} is no firmware for ${board}: the address of its program, 0x${reset.toString(16)}, is not in that flash`,
    "nothing was written: give an image for that board",
  );
}

function pieceOf(text: string): { name: string; address?: number; bytes: Uint8Array } {
  const [, path, number] = /^(.+)@(0x[0-9a-f]+|\d+)$/i.exec(text) ?? [undefined, text];
  return { name: basename(path), address: number === undefined ? undefined : Number(number), bytes: readWhole(path) };
}

/** Where an image's ROM looks for it: 0, but for the ESP32, whose id is 0. */
const bootOf = (bytes: Uint8Array): number => (bytes[0] === 0xe9 && bytes[12] === 0 && bytes[13] === 0 ? 0x1000 : 0);

function flat(name: string, { segments, symbol }: Elf, way: Firmware | undefined): Image & { form: "flat" } {
  const [from, to] = [symbol("en_kept_start"), symbol("en_kept_end")];
  const isKept = way?.kept && from !== undefined && to !== undefined;
  return { form: "flat", name, segments, kept: isKept ? { address: from, bytes: to - from, ...way.kept! } : undefined };
}

function within(image: Image & { form: "flat" }, kind: KindWithFirmware | undefined): Image {
  return kind && kind.firmware.by !== "esp" ? inside(image, kind.firmware.flash, kind.name) : image;
}

function inside(image: Image & { form: "flat" }, flash: Span, board: string): Image {
  const end = flash.address + flash.bytes;
  const hex = (value: number): string => `0x${value.toString(16)}`;
  for (const { address, bytes } of image.segments)
    if (address < flash.address || address + bytes.length > end)
      throw new UserError(
        `${image.name} has bytes from ${hex(address)} to ${hex(address + bytes.length)}, the flash of ${board} reaches from ${hex(flash.address)} to ${hex(end)}`,
        "nothing was written: give an image for that board",
      );
  return image;
}

/** One piece from the first byte to the last; gaps are as erased flash. */
export function joined(segments: readonly Segment[]): Segment {
  const address = Math.min(...segments.map((segment) => segment.address));
  const end = Math.max(...segments.map((segment) => segment.address + segment.bytes.length));
  const bytes = new Uint8Array(end - address).fill(0xff);
  for (const segment of segments) bytes.set(segment.bytes, segment.address - address);
  return { address, bytes };
}

/** What kinds of boards call the way their firmware goes. */
export const wayNames: Record<FirmwareWay["by"], string> = {
  esp: "its boot ROM at a port",
  uf2: "the drive of its boot loader",
  daplink: "its drive",
  dfu: "its boot loader on USB",
};
