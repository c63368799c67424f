// How large a chip's flash is: command RDID (JEDEC) through the SPI controller's registers, which the boot ROM reads and writes.
// Registers: "SPI Controller" in the chips' reference manuals, and esptool's run_spiflash_command.
import type { SpiRegisters } from "./chips.ts";
import { agreed, type BootRom } from "./rom.ts";

const readId = 0x9f;
const [idBits, commandBits] = [24, 8];
const [sends, receives] = [2 ** 31, 2 ** 28];
const start = 1 << 18;

/** Bytes; undefined if the flash does not say. */
export async function flashBytes(rom: BootRom, spi: SpiRegisters): Promise<number | undefined> {
  const id = await agreed(() => flashId(rom, spi));
  // The third byte is the power of two; from 0x20 on it is written in decimal by some makers (esptool's DETECTED_FLASH_SIZES).
  const power = (id >> 16) & 0xff;
  if (power >= 0x12 && power <= 0x1c) return 2 ** power;
  return power >= 0x20 && power <= 0x22 ? 2 ** (power - 6) : undefined;
}

async function flashId(rom: BootRom, spi: SpiRegisters): Promise<number> {
  const at = (register: number): number => spi.base + register;
  const before = [await rom.readRegister(at(spi.user)), await rom.readRegister(at(spi.user2))];
  await rom.writeRegister(at(spi.inBits), idBits - 1);
  await rom.writeRegister(at(spi.user), sends + receives);
  await rom.writeRegister(at(spi.user2), (commandBits - 1) * 2 ** 28 + readId);
  await rom.writeRegister(at(spi.data), 0);
  await rom.writeRegister(at(0), start);
  for (let i = 0; i < 10 && (await rom.readRegister(at(0))) & start; i++);
  const id = (await rom.readRegister(at(spi.data))) & 0xffffff;
  await rom.writeRegister(at(spi.user), before[0]);
  await rom.writeRegister(at(spi.user2), before[1]);
  return id;
}
