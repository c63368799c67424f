// What a firmware image is made of, from the map that the linker writes (engram.map beside engram.elf).
import { readFileSync } from "node:fs";

export type ImagePart = "wasm3" | "core" | "kernels" | "board" | "libc";
export type ImageSize = {
  /** Bytes in flash: code, constants, and what variables start with. */
  flash: Record<ImagePart, number>;
  /** Bytes of RAM that variables take, those that stand in for flash left out. */
  ram: Record<ImagePart, number>;
};

const inFlash = /^\.(text|rodata|data|sdata|srodata|vectors|literal|init|ARM\.exidx|eh_frame|got)/;
const inRam = /^\.(data|sdata|bss|sbss|noinit|COMMON|stack)/;

/**
 * Sizes by part of an image.
 * @param map path of the linker's map file
 */
export function imageSize(map: string): ImageSize {
  const none = () => ({ wasm3: 0, core: 0, kernels: 0, board: 0, libc: 0 });
  const size: ImageSize = { flash: none(), ram: none() };
  const text = readFileSync(map, "utf8");
  const placed = text.slice(text.indexOf("Linker script and memory map"), text.indexOf("\n/DISCARD/"));
  // " .text.name  0xADDRESS  0xSIZE  file"; a long name stands on a line of its own.
  for (const [, section, , bytes, file] of placed.matchAll(
    /^ (\.?[\w.$*-]+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$/gm,
  )) {
    const name = section === "COMMON" ? ".COMMON" : section;
    const part = partOf(file);
    const count = Number.parseInt(bytes, 16);
    if (inFlash.test(name)) size.flash[part] += count;
    if (inRam.test(name) && !/flash/.test(name)) size.ram[part] += count;
  }
  return size;
}

function partOf(file: string): ImagePart {
  if (/libwasm3\.a/.test(file)) return "wasm3";
  if (/\/kernels\/|activations\.c/.test(file)) return "kernels";
  if (/\/core\//.test(file)) return "core";
  return /engram\.dir/.test(file) ? "board" : "libc";
}
