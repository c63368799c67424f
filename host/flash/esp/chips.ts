// Espressif's chips as their boot ROMs know them. Numbers: esptool's targets/*.py (github.com/espressif/esptool).
import type { EspChip } from "../../boards/firmware.ts";

/** Registers of the SPI controller that has the flash. */
export type SpiRegisters = {
  base: number;
  user: number;
  user1: number;
  user2: number;
  data: number;
  outBits: number;
  inBits: number;
};

export type Chip = {
  name: string;
  /** In the header of images, and what GET_SECURITY_INFO gives. */
  id: number;
  /** Where the ROM looks for what it starts. */
  bootAddress: number;
  spi: SpiRegisters;
  /** FLASH_BEGIN has a fifth word, whether the data shall be encrypted. */
  encrypts: boolean;
  /** Starts images that are no ESP images but code at address 0, by a mark of 8 bytes. */
  bootsDirectly: boolean;
  /** Watchdogs that run on in the boot loader over the chip's own USB. */
  watchdogs?: readonly { key: number; unlock: number; register: number; value: number }[];
};

const spi32: SpiRegisters = {
  base: 0x3ff42000,
  user: 0x1c,
  user1: 0x20,
  user2: 0x24,
  data: 0x80,
  outBits: 0x28,
  inBits: 0x2c,
};
const spi: SpiRegisters = {
  base: 0x60002000,
  user: 0x18,
  user1: 0x1c,
  user2: 0x20,
  data: 0x58,
  outBits: 0x24,
  inBits: 0x28,
};
// The RTC watchdog is switched off, the super watchdog feeds itself.
const watchdogs = (config: number, protect: number, superConfig: number, superProtect: number) => [
  { unlock: protect, key: 0x50d83aa1, register: config, value: 0 },
  { unlock: superProtect, key: 0x8f1d312a, register: superConfig, value: 0x80000000 },
];

export const chips: Record<EspChip, Chip> = {
  esp32: { name: "ESP32", id: 0, bootAddress: 0x1000, spi: spi32, encrypts: false, bootsDirectly: false },
  esp32s3: {
    ...{ name: "ESP32-S3", id: 9, bootAddress: 0, spi, encrypts: true, bootsDirectly: false },
    watchdogs: watchdogs(0x60008098, 0x600080b0, 0x600080b4, 0x600080b8),
  },
  esp32c3: {
    ...{ name: "ESP32-C3", id: 5, bootAddress: 0, spi, encrypts: true, bootsDirectly: true },
    watchdogs: watchdogs(0x60008090, 0x600080a8, 0x600080ac, 0x600080b0),
  },
};

/** Register of every ROM whose value tells the chip, on chips that do not tell their id. */
export const magicRegister = 0x40001000;
const magics: Record<number, string> = {
  0x00f01d83: "ESP32",
  0x000007c6: "ESP32-S2",
  0x00000009: "ESP32-S3",
  0xfff0c101: "ESP8266",
  0x6921506f: "ESP32-C3",
  0x1b31506f: "ESP32-C3",
  0x4881606f: "ESP32-C3",
  0x4361606f: "ESP32-C3",
};
const ids: Record<number, string> = {
  0: "ESP32",
  2: "ESP32-S2",
  5: "ESP32-C3",
  9: "ESP32-S3",
  12: "ESP32-C2",
  13: "ESP32-C6",
  16: "ESP32-H2",
  18: "ESP32-P4",
  20: "ESP32-C61",
  23: "ESP32-C5",
};

export const nameByMagic = (magic: number): string | undefined => magics[magic];
export const nameById = (id: number): string => ids[id] ?? `a chip with id ${id}`;
export const chipById = (id: number): Chip | undefined => Object.values(chips).find((chip) => chip.id === id);
