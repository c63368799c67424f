// Starts an emulated RP2040: the firmware built with CMake, made a UF2 file too, and run by rp2040js in a process of its own.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { childLink } from "../../link/child.ts";
import { builtFirmware } from "../build.ts";
import { uf2 } from "../uf2.ts";
import { flashStart } from "./chip.ts";
import { ready } from "./ports.ts";

export const name = "rp2040";
/** Its id in UF2 files. */
export const rp2040Family = 0xe48bff56;

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
export async function started(run: Run, onLog: (line: string) => void = () => {}): Promise<Duplex> {
  const main = new URL(`./main${import.meta.url.slice(import.meta.url.lastIndexOf("."))}`, import.meta.url);
  const tsx = main.pathname.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : [];
  // Node and the board take a while to start on a busy machine, longer than hosts wait for an answer.
  return new Promise((resolve) => {
    const onLine = (line: string): void => (line === ready ? resolve(link) : onLog(line));
    const link = childLink(process.execPath, [...tsx, fileURLToPath(main), ...parameters(run)], onLine);
    link.on("error", () => {}); // whoever uses the link hears of it
    link.once("close", () => resolve(link));
  });
}

const parameters = ({ image, flash, usb, counted, cutAfter, tear = 0 }: Run): string[] => [
  ...["--image", image],
  ...(flash === undefined ? [] : ["--flash", flash]),
  ...(usb ? ["--usb"] : []),
  ...(counted ? ["--counted"] : []),
  ...(cutAfter === undefined ? [] : ["--cut-after", `${cutAfter}`, "--tear", `${tear}`]),
];
