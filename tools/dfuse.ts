// Builds an STM32 board's firmware and writes engram.dfu beside engram.elf: node --import tsx tools/dfuse.ts [BOARD]
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtFirmware } from "../host/boards/build.ts";
import { dfuseFile } from "../host/boards/dfuse.ts";
import { readElf } from "../host/flash/elf.ts";

const board = process.argv[2] ?? "stm32f405-chip";
const folder = await builtFirmware(board);
const elf = join(folder, "engram.elf");
const file = dfuseFile(readElf(await readFile(elf), elf).segments, `engram ${board}`);
await writeFile(join(folder, "engram.dfu"), file);
console.log(`${join(folder, "engram.dfu")}: ${file.length} bytes`);
