// Starts an emulated RP2040: the firmware built with CMake, made a UF2 file too, and run by rp2040js in a process of its own.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { childLink } from "../../link/child.ts";
import { builtFirmware } from "../build.ts";
import { flashStart } from "./chip.ts";
import { rp2040Family, uf2 } from "./uf2.ts";

export const name = "rp2040";

/** Builds the firmware where its sources have changed, and gives the folder with engram.elf, engram.bin and engram.uf2. */
export async function builtImages(onProgress?: (doing: string) => void): Promise<string> {
  const folder = await builtFirmware(name, onProgress);
  const image = await readFile(join(folder, "engram.bin"));
  await writeFile(join(folder, "engram.uf2"), uf2(image, flashStart, rp2040Family));
  return folder;
}

export type Run = {
  /** engram.bin, or another image. */
  image: string;
  flash?: string;
  /** The link is USB instead of the UART. */
  usb?: boolean;
  counted?: boolean;
  /** Power is cut in this flash operation, after so many of its bytes. */
  cutAfter?: number;
  tear?: number;
};

/** The link to a board that has just been switched on. Destroying it switches the board off. */
export function started({ image, flash, usb, counted, cutAfter, tear }: Run, onLog?: (line: string) => void): Duplex {
  const main = new URL(`./main${import.meta.url.slice(import.meta.url.lastIndexOf("."))}`, import.meta.url);
  const parameters = [
    ...(main.pathname.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : []),
    ...[fileURLToPath(main), "--image", image],
    ...(flash === undefined ? [] : ["--flash", flash]),
    ...(usb ? ["--usb"] : []),
    ...(counted ? ["--counted"] : []),
    ...(cutAfter === undefined ? [] : ["--cut-after", `${cutAfter}`, "--tear", `${tear ?? 0}`]),
  ];
  return childLink(process.execPath, parameters, onLog);
}
