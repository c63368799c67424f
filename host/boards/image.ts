// What a firmware image is made of, from the map that the linker writes (engram.map beside engram.elf).
import { readFileSync } from "node:fs";

export type FlashPart = "wasm3" | "core" | "kernels" | "board" | "libc";
export type RamPart = "wasm3" | "model" | "link" | "stack" | "other";
export type ImageSize = {
  /** Bytes in flash: code, constants, and what variables start with. */
  flash: Record<FlashPart, number>;
  /** Bytes of RAM: wasm3's heap, a model, the link's buffers, the C stack; what stands in for flash left out. */
  ram: Record<RamPart, number>;
};

const inRam = /^\.(s?data|s?bss|noinit|stack)$/;
const startsFromFlash = /^\.s?data$/;

/**
 * Sizes by part of an image. They add up to what the linker placed: padding counts with what is before it.
 * @param map path of the linker's map file
 */
export function imageSize(map: string): ImageSize {
  const size: ImageSize = {
    flash: { wasm3: 0, core: 0, kernels: 0, board: 0, libc: 0 },
    ram: { wasm3: 0, model: 0, link: 0, stack: 0, other: 0 },
  };
  for (const { output, input, file, bytes } of pieces(readFileSync(map, "utf8"))) {
    if (!inRam.test(output) || startsFromFlash.test(output)) size.flash[flashPart(file)] += bytes;
    if (inRam.test(output) && input !== ".noinit.flash") size.ram[ramPart(output, input, file)] += bytes;
  }
  return size;
}

type Piece = { output: string; input: string; file: string; bytes: number };

/** What was placed, in order. A piece reaches to the next one, or to the end of its output section. */
function pieces(map: string): Piece[] {
  const from = map.indexOf("Linker script and memory map");
  const to = map.indexOf("\n/DISCARD/", from);
  const placed = map.slice(from, to < 0 ? undefined : to).replace(/^( ?[.\w$-]+)\n +(?=0x)/gm, "$1 "); // long names stand alone
  // ".text 0xADDRESS 0xSIZE" is an output section, " .text.name 0xADDRESS 0xSIZE FILE" a piece of it.
  const rows = [...placed.matchAll(/^( ?)([.\w$-]+) +0x([0-9a-f]+) +0x([0-9a-f]+)(?: (.*))?$/gm)]
    .map(([, indent, name, at, bytes, file]) => ({
      isOutput: indent === "",
      name,
      at: Number.parseInt(at, 16),
      bytes: Number.parseInt(bytes, 16),
      file: indent ? file : "", // not "load address …"
    }))
    .filter(({ bytes }) => bytes > 0);
  let output = "";
  let end = 0;
  return rows.map(({ isOutput, name, at, bytes, file }, i) => {
    if (isOutput) {
      output = name;
      end = at + bytes;
    }
    const next = rows[i + 1];
    return { output, input: name, file, bytes: (next && !next.isOutput ? next.at : end) - at };
  });
}

function flashPart(file: string): FlashPart {
  if (/libwasm3\.a|\.ltrans\d*\.o/.test(file)) return "wasm3"; // of all that is linked, wasm3 alone is compiled at link time
  if (/engram\.dir\/kernels\/|\/activations\.c/.test(file)) return "kernels";
  if (/engram\.dir\/core\//.test(file)) return "core";
  return /engram\.dir\/|^$/.test(file) ? "board" : "libc";
}

// A port's buffers by their names (core/board.h).
function ramPart(output: string, input: string, file: string): RamPart {
  if (output === ".stack") return "stack";
  if (/^\.s?bss\.heap\b/.test(input) || /libwasm3\.a|\.ltrans\d*\.o/.test(file)) return "wasm3";
  if (/^\.s?bss\.model\b/.test(input)) return "model";
  return /^\.s?bss\.(received|frame|sent)\b/.test(input) ? "link" : "other";
}
