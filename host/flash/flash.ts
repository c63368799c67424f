// Firmware into a board: which board, by which tool, and what proves that it is there.
import { createHash } from "node:crypto";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { intelHex } from "../boards/intel-hex.ts";
import { uf2 } from "../boards/uf2.ts";
import { arrangedFor } from "../model/arrange.ts";
import { requireFit } from "../model/fit.ts";
import { readModel } from "../model/model.ts";
import { readWhole, writeWhole } from "../model/whole-file.ts";
import { kinds } from "../spec/container.ts";
import { UserError } from "../spec/user-error.ts";
import { copyToDrive } from "./drive.ts";
import { type Drive, driveAt, drives, mountCommand } from "./drives.ts";
import { chips } from "./esp/chips.ts";
import { chipOf, type EspPart, flashEsp } from "./esp/esp.ts";
import { openLine } from "./esp/line.ts";
import { builtImage, type Image, imageIn, joined, type KindWithFirmware, wayNames } from "./image.ts";
import { flashByDfu, flashByOpenocd, isInstalled, seesDfu } from "./programs.ts";
import type { Progress } from "./progress.ts";
import { slotBytes, storeImage } from "./store-image.ts";
import { espPort, kindOf, takes } from "./target.ts";

export type FirmwareOptions = {
  board?: string;
  port?: string;
  /** A folder to write files into instead, or a board's drive. */
  to?: string;
  /** FILE or FILE@ADDRESS; without them the board's firmware is built. */
  images?: readonly string[];
  /** A model, for boards whose image can hold one. */
  model?: Uint8Array;
  onProgress?: Progress;
  onNote?: (text: string) => void;
  signal?: AbortSignal;
};

export type Flashed = {
  board: string;
  /** Port, drive, folder or program. */
  by: string;
  bytes: number;
  /** Of the bytes that were handed over. */
  sha256: string;
  /** What proves that they are there. */
  verified: string;
};

/** UserError if the board, the image or a tool is missing, or the board does not take it. */
export async function flashFirmware(options: FirmwareOptions): Promise<Flashed> {
  const { images = [], model, onNote = () => {} } = options;
  const kind = await kindOf(options);
  const image = images.length > 0 ? imageIn(images, kind) : await builtImage(kind!, onNote);
  const whole = model ? withModel(image, kind, model) : image;
  if (whole.form === "esp") return flashParts(whole.parts, kind, options);
  if (options.port !== undefined)
    throw new UserError(
      `--port is for ESP chips; ${kind?.name ?? whole.name} goes by ${kind ? wayNames[kind.firmware.by] : "a drive"}`,
      "leave it out",
      { usage: true },
    );
  const file = fileFor(whole, kind);
  if (options.to !== undefined) return toPlace(options.to, file, kind, options);
  if (whole.form === "flat" && kind?.firmware.by === "dfu") return byProgram(whole, kind, options);
  return byDrive(file.name.endsWith(".uf2") ? "uf2" : "daplink", file, whole, kind, options);
}

/** The image with a model where the firmware looks for one when it starts. */
function withModel(image: Image, kind: KindWithFirmware | undefined, model: Uint8Array): Image {
  if (image.form !== "flat" || !image.kept || !kind?.limits) {
    const board = kind?.name ?? "this image";
    throw new UserError(
      `${board} has no place for a model in its image`,
      "flash the firmware, then the model: engram flash FILE --port PATH",
    );
  }
  const { kept, segments } = image;
  const { ramBytes, pairs } = kind.limits;
  requireFit(model, { board: kind.name, ramBytes, slotBytes: slotBytes(kept), pairs });
  const { file, layout } = readModel(arrangedFor(model, pairs ? 1 << kinds.int8Pairs[0] : 0), "the model");
  if (layout === "int8Pairs" && !pairs)
    throw new UserError(
      `the model's matrices are in pairs, which ${kind.name} does not read`,
      "quantize it without --for",
    );
  return { ...image, segments: [...segments, ...storeImage(file, kept)] };
}

type File = { name: string; bytes: Uint8Array };

/** The image as the file that a board's drive takes, or that is handed on. */
function fileFor(image: Exclude<Image, { form: "esp" }>, kind: KindWithFirmware | undefined): File {
  const way = kind?.firmware;
  if (image.form === "uf2") {
    if (way && way.by !== "uf2")
      throw new UserError(`${image.name} is UF2, which ${kind.name} does not take`, "give its own image");
    if (way?.by === "uf2" && way.family !== image.family)
      throw new UserError(
        `${image.name} is for chips of family 0x${image.family.toString(16)}, ${kind!.name} is of 0x${way.family.toString(16)}`,
        "nothing was written: give that board's image",
      );
    return { name: "engram.uf2", bytes: image.bytes };
  }
  if (way?.by === "uf2") {
    const { address, bytes } = joined(image.segments);
    return { name: "engram.uf2", bytes: uf2(bytes, address, way.family) };
  }
  if (way?.by === "dfu") return { name: "engram.bin", bytes: joined(image.segments).bytes };
  return { name: "engram.hex", bytes: Buffer.from(intelHex(image.segments)) };
}

async function flashParts(
  parts: EspPart[],
  kind: KindWithFirmware | undefined,
  options: FirmwareOptions,
): Promise<Flashed> {
  const chip = chipOf(parts);
  const way = kind?.firmware;
  if (way && (way.by !== "esp" || chips[way.chip] !== chip))
    throw new UserError(
      `the image is for ${chip.name}, not for ${kind.name}`,
      "nothing was written: give that board's image",
    );
  const bytes = Buffer.concat(parts.map(({ bytes }) => bytes));
  const facts = { board: kind?.name ?? chip.name, bytes: bytes.length, sha256: sha256(bytes) };
  if (options.to !== undefined) {
    for (const { name, bytes } of parts) keepFile(options.to, { name, bytes });
    return { ...facts, by: options.to, verified: "the files were read back" };
  }
  const { path, usb } = await espPort(options.port);
  const line = await openLine(path, usb);
  try {
    await flashEsp(line, parts, options);
  } finally {
    await closed(line.duplex);
  }
  return { ...facts, by: path, verified: "MD5 of the flash, by the chip's boot ROM" };
}

const closed = (duplex: Duplex): Promise<void> =>
  new Promise((resolve) => {
    if (duplex.closed) return resolve();
    duplex.once("close", () => resolve());
    duplex.destroy();
  });

/** Into a folder, read back; into a drive as a board's drive. */
async function toPlace(
  to: string,
  file: File,
  kind: KindWithFirmware | undefined,
  options: FirmwareOptions,
): Promise<Flashed> {
  const drive = driveAt(to);
  if (drive) return ontoDrive(drive, file, kind, options);
  keepFile(to, file);
  return { ...told(file, kind), by: join(to, file.name), verified: "the file was read back" };
}

function keepFile(folder: string, { name, bytes }: File): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there && !there.isDirectory()) throw new UserError(`${folder} is no folder`, "give a folder with --to");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeWhole(path, bytes);
  if (sha256(readWhole(path)) !== sha256(bytes))
    throw new UserError(`${path} reads back otherwise than it was written`, "check the disk");
}

async function ontoDrive(
  drive: Drive,
  file: File,
  kind: KindWithFirmware | undefined,
  options: FirmwareOptions,
): Promise<Flashed> {
  if (kind && !takes(kind.firmware, drive))
    throw new UserError(
      `the board at ${drive.path} is another than ${kind.name}: it says ${drive.id}`,
      "nothing was written: give its own --board, or unplug it",
    );
  if (file.name.endsWith(".uf2") !== (drive.by === "uf2"))
    throw new UserError(
      `the board at ${drive.path} does not take ${file.name}`,
      "nothing was written: give its own image",
    );
  const { onProgress, signal } = options;
  const verified = await copyToDrive(drive, file.name, file.bytes, { onProgress, signal });
  return { ...told(file, kind), by: drive.path, verified };
}

async function byDrive(
  way: Drive["by"],
  file: File,
  image: Image,
  kind: KindWithFirmware | undefined,
  options: FirmwareOptions,
): Promise<Flashed> {
  const there = drives().filter(({ by }) => by === way);
  const fitting = kind ? there.filter((drive) => takes(kind.firmware, drive)) : there;
  if (fitting.length > 1)
    throw new UserError(
      `several drives may be meant: ${fitting.map(({ path }) => path).join(", ")}`,
      "say which with --to PATH, or unplug the others",
    );
  const drive = fitting[0] ?? there[0];
  if (drive) return ontoDrive(drive, file, kind, options);
  if (kind?.firmware.by === "daplink" && image.form === "flat" && (await isInstalled("openocd"))) {
    const { signal } = options;
    const verified = await flashByOpenocd(
      "interface/cmsis-dap.cfg",
      kind.firmware.openocd,
      file.name,
      file.bytes,
      undefined,
      { signal },
    );
    return { ...told(file, kind), by: "openocd", verified };
  }
  const other = way === "daplink" ? "; or install openocd (sudo apt-get install openocd), which needs none" : "";
  const command = mountCommand(way);
  const show = way === "uf2" ? "hold BOOTSEL while you plug the board in" : "plug the board in";
  const mount = command ?? `${show}, and mount its drive if your system does not`;
  throw new UserError(
    `no drive of ${kind ? `a ${kind.name}` : "such a board"} is mounted`,
    `${mount}${other}; or write a file with --to FOLDER`,
  );
}

async function byProgram(
  image: Image & { form: "flat" },
  kind: KindWithFirmware,
  options: FirmwareOptions,
): Promise<Flashed> {
  const { firmware } = kind;
  if (firmware.by !== "dfu") throw new Error(`${kind.name} goes by ${firmware.by}`);
  const [dfu, openocd] = [await isInstalled("dfu-util"), await isInstalled("openocd")];
  if (!dfu && !openocd)
    throw new UserError(
      `${kind.name} is flashed by dfu-util or openocd, and neither is installed`,
      "sudo apt-get install dfu-util (Debian, Ubuntu), or openocd for a debug probe",
    );
  const { address, bytes } = joined(image.segments);
  const file = { name: "engram.bin", bytes };
  if (dfu && (await seesDfu(firmware.usb)))
    return { ...told(file, kind), by: "dfu-util", verified: await flashByDfu(firmware.usb, address, bytes, options) };
  if (openocd) {
    const verified = await flashByOpenocd("interface/stlink.cfg", firmware.openocd, file.name, bytes, address, options);
    return { ...told(file, kind), by: "openocd", verified };
  }
  throw new UserError(
    `no ${kind.name} is in its boot loader (${firmware.usb} on USB)`,
    "set BOOT0 high, press RESET, connect its USB; for an ST-LINK: sudo apt-get install openocd",
  );
}

const told = ({ bytes }: File, kind: KindWithFirmware | undefined) => ({
  board: kind?.name ?? "the board",
  bytes: bytes.length,
  sha256: sha256(bytes),
});

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
