// Firmware over the boot ROM of an ESP chip. Flash is written by regions, each tried three times: the ROM's own MD5 says whether a
// region holds what it shall, before it is written (then there is nothing to do) and after; at the end all are asked once more.
import { createHash } from "node:crypto";
import { UserError } from "../../spec/user-error.ts";
import type { Progress } from "../progress.ts";
import { type Chip, chipById, chips, magicRegister, nameById, nameByMagic } from "./chips.ts";
import { flashBytes } from "./flash-size.ts";
import { isEspImage, readEspImage } from "./image.ts";
import { type Line, unplugged } from "./line.ts";
import { BootRom, LineFault } from "./rom.ts";

/** A file's bytes and where in flash they belong. */
export type EspPart = { name: string; address: number; bytes: Uint8Array };

export type EspOptions = {
  onProgress?: Progress;
  onNote?: (text: string) => void;
  signal?: AbortSignal;
  /** Of all waiting: 1 for real boards. */
  pace?: number;
};

const [sectorBytes, regionBytes, blockBytes] = [4096, 16384, 1024]; // the ROM takes 1 KB at a time, as esptool sends it
const tries = 3;
const unknownFlashBytes = 4 << 20;
const fastBaud = 460800;
const inLoader = "hold BOOT, press RESET, let both go, then try again";

type Region = { address: number; bytes: Uint8Array; md5: string };

/** The chip that parts are for. UserError if one is damaged, two are for different chips, they overlap, or none tells the chip. */
export function chipOf(parts: readonly EspPart[]): Chip {
  const found = new Map<Chip, string>();
  for (const { name, address, bytes } of parts) {
    if (address % sectorBytes !== 0)
      throw new UserError(
        `${name} cannot begin at 0x${address.toString(16)}`,
        "flash is erased by 4,096 bytes: give a multiple",
      );
    const image = imageIn(name, address, bytes);
    if (!image) continue;
    const chip = image.chip === undefined ? chips.esp32c3 : chipById(image.chip);
    if (!chip) throw new UserError(`${name} is for ${nameById(image.chip!)}`, known());
    found.set(chip, name);
  }
  const [first, second] = found;
  if (!first) throw new UserError(`${parts[0].name} is no image for ESP chips`, "give one that begins with 0xe9");
  if (second)
    throw new UserError(
      `${first[1]} is for ${first[0].name}, ${second[1]} for ${second[0].name}`,
      "give images of one chip",
    );
  const sorted = [...parts].sort((a, b) => a.address - b.address);
  sorted.slice(1).forEach(({ name, address }, i) => {
    if (sorted[i].address + sorted[i].bytes.length > address)
      throw new UserError(
        `${sorted[i].name} reaches over 0x${address.toString(16)}, where ${name} begins`,
        "give other addresses",
      );
  });
  return first[0];
}

/** @throws UserError if the chip is another, does not answer, has too little flash, or is gone */
export async function flashEsp(line: Line, parts: readonly EspPart[], options: EspOptions = {}): Promise<void> {
  const chip = chipOf(parts);
  const flasher = new EspFlasher(line, chip, options);
  await flasher.flash(parts);
}

class EspFlasher {
  readonly #line: Line;
  readonly #chip: Chip;
  readonly #rom: BootRom;
  readonly #options: EspOptions;
  #flashBytes: number | undefined;
  #done = 0;
  #all = 0;

  constructor(line: Line, chip: Chip, options: EspOptions) {
    this.#line = line;
    this.#chip = chip;
    this.#options = options;
    this.#rom = new BootRom(line, options.pace);
  }

  async flash(parts: readonly EspPart[]): Promise<void> {
    const regions = parts.flatMap(regionsOf);
    this.#all = regions.reduce((sum, { bytes }) => sum + bytes.length, 0);
    try {
      await this.#enter();
      await this.#check(parts);
      await this.#speedUp();
      for (const region of regions) {
        await this.#keep(region);
        this.#progress(region.bytes.length);
        this.#done += region.bytes.length;
      }
      // A damaged address in a command may have hit a region that was right.
      for (const region of regions) await this.#keep(region);
    } catch (error) {
      throw this.#told(error);
    }
    await this.#start();
  }

  /** Resets the chip into its boot loader where the line can, and waits for its answer. */
  async #enter(): Promise<void> {
    const { setSignals, ownUsb } = this.#line;
    const resets = setSignals
      ? [ownUsb ? usbReset : reset(50), ownUsb ? usbReset : reset(550), reset(50)]
      : [undefined];
    for (const sequence of resets) {
      for (const [dtr, rts, ms] of sequence ?? []) {
        await setSignals!(dtr, rts);
        await this.#rom.wait(ms);
      }
      try {
        return await this.#rom.sync(setSignals ? 5 : 10);
      } catch (error) {
        if (!(error instanceof LineFault)) throw error;
      }
    }
    const what = this.#rom.heard > 0 ? "runs its program and is not in its boot loader" : "does not answer";
    throw new UserError(`the chip at ${this.#line.name} ${what}`, inLoader);
  }

  async #check(parts: readonly EspPart[]): Promise<void> {
    const name = nameByMagic((await this.#rom.readRegister(magicRegister)) >>> 0) ?? nameById(await this.#rom.chipId());
    if (name !== this.#chip.name)
      throw new UserError(
        `the chip at ${this.#line.name} is ${article(name)}, the image is for ${article(this.#chip.name)}`,
        "nothing was written: give that board's image, or another --port",
      );
    await this.#stopWatchdogs();
    await this.#rom.attachFlash(unknownFlashBytes);
    this.#flashBytes = await flashBytes(this.#rom, this.#chip.spi);
    const last = parts.reduce((a, b) => (a.address + a.bytes.length > b.address + b.bytes.length ? a : b));
    const end = last.address + last.bytes.length;
    if (this.#flashBytes !== undefined && end > this.#flashBytes)
      throw new UserError(
        `${last.name} ends at ${count(end)} bytes, the flash of the chip at ${this.#line.name} has ${count(this.#flashBytes)}`,
        "nothing was written: give a smaller image, or a board with more flash",
      );
    this.#flashBytes ??= 2 ** Math.ceil(Math.log2(Math.max(end, unknownFlashBytes)));
    await this.#rom.attachFlash(this.#flashBytes);
  }

  async #stopWatchdogs(): Promise<void> {
    if (!this.#line.ownUsb) return;
    for (const { unlock, key, register, value } of this.#chip.watchdogs ?? []) {
      await this.#rom.writeRegister(unlock, key);
      await this.#rom.writeRegister(register, value);
      await this.#rom.writeRegister(unlock, 0);
    }
  }

  /** A faster line where there is a UART; the old rate if the chip is not heard at the new one. */
  async #speedUp(): Promise<void> {
    const { setBaudRate, setSignals, ownUsb } = this.#line;
    if (!setBaudRate || !setSignals || ownUsb) return;
    try {
      await this.#rom.setBaudRate(fastBaud);
      await setBaudRate(fastBaud);
      await this.#rom.wait(50);
      await this.#rom.sync(5);
    } catch (error) {
      if (error instanceof UserError) throw error;
      await setBaudRate(115200);
      await this.#enter();
      await this.#rom.attachFlash(this.#flashBytes!);
    }
  }

  /** Has a region hold its bytes. */
  async #keep(region: Region): Promise<void> {
    let fault: LineFault | undefined;
    for (let attempt = 0; attempt <= tries; attempt++) {
      this.#options.signal?.throwIfAborted();
      try {
        if (fault) await this.#again();
        if (await this.#holds(region)) return;
        if (attempt === tries) break;
        await this.#write(region);
        fault = undefined;
      } catch (error) {
        if (!(error instanceof LineFault)) throw error;
        fault = error;
      }
    }
    throw new UserError(
      `the flash of the chip at ${this.#line.name} does not take ${count(region.bytes.length)} bytes at 0x${region.address.toString(16)}: ${fault?.message ?? "it reads back otherwise"}`,
      "that was the third try; use another cable or USB port, then flash again",
    );
  }

  async #again(): Promise<void> {
    await this.#rom.sync(tries);
    await this.#rom.attachFlash(this.#flashBytes!);
  }

  async #holds({ address, bytes, md5 }: Region): Promise<boolean> {
    return (await this.#rom.md5(address, bytes.length)) === md5;
  }

  async #write({ address, bytes }: Region): Promise<void> {
    await this.#rom.flashBegin(address, bytes.length, blockBytes, this.#chip.encrypts);
    for (let at = 0, number = 0; at < bytes.length; at += blockBytes, number++) {
      this.#options.signal?.throwIfAborted();
      const block = new Uint8Array(blockBytes).fill(0xff);
      block.set(bytes.subarray(at, at + blockBytes));
      await this.#rom.flashData(block, number);
      this.#progress(Math.min(at + blockBytes, bytes.length));
    }
  }

  #progress(ofRegion: number): void {
    if (this.#done < this.#all) this.#options.onProgress?.(this.#done + ofRegion, this.#all, "flashing");
  }

  async #start(): Promise<void> {
    const { setSignals } = this.#line;
    try {
      await setSignals?.(false, true);
      await this.#rom.wait(100);
      await setSignals?.(false, false);
    } catch {
      // What was written is there.
    }
    if (!setSignals || this.#rom.gone) this.#options.onNote?.("press RESET to start the board");
  }

  #told(error: unknown): unknown {
    const at =
      this.#done > 0 ? `after ${count(this.#done)} of ${count(this.#all)} bytes` : "before anything was written";
    if (this.#rom.gone) return unplugged(this.#line, at);
    if (!(error instanceof LineFault)) return error;
    return new UserError(`the boot loader at ${this.#line.name} is not understood: ${error.message}`, inLoader, {
      cause: error,
    });
  }
}

/** What a part says of its chip: an image at its begin, or, of a file with all of the flash, where the ROM looks for one. */
function imageIn(name: string, address: number, bytes: Uint8Array) {
  if (isEspImage(bytes)) return readEspImage(bytes, name);
  const inside = chips.esp32.bootAddress - address;
  if (inside <= 0 || bytes.subarray(0, inside).some((byte) => byte !== 0xff)) return undefined;
  const image = bytes.subarray(inside);
  return isEspImage(image) ? readEspImage(image, name) : undefined;
}

function regionsOf({ address, bytes }: EspPart): Region[] {
  return Array.from({ length: Math.ceil(bytes.length / regionBytes) }, (_, i) => {
    const piece = bytes.subarray(i * regionBytes, (i + 1) * regionBytes);
    const md5 = createHash("md5").update(piece).digest("hex");
    return { address: address + i * regionBytes, bytes: piece, md5 };
  });
}

// DTR and RTS drive boot pin and reset through two transistors, crosswise; then how long in ms. The chip's own USB takes them one by
// one. Sequences: esptool's reset.py.
type Signals = readonly (readonly [dtr: boolean, rts: boolean, ms: number])[];
const reset = (ms: number): Signals => [
  [false, true, 100],
  [true, false, ms],
  [false, false, 0],
];
const usbReset: Signals = [
  [false, false, 100],
  [true, false, 100],
  [true, true, 0],
  [false, true, 100],
  [false, false, 0],
];

const known = (): string =>
  `there is firmware for ${Object.values(chips)
    .map(({ name }) => name)
    .join(", ")}`;
const article = (name: string): string => (name.startsWith("ESP") ? `an ${name}` : name);
const count = (bytes: number): string => bytes.toLocaleString("en");
