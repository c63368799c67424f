// An RP2040 in this process, so that tests reach its pins and its functions.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Chip } from "../../../host/boards/rp2040/chip.ts";
import { fileFlash } from "../../../host/boards/rp2040/flash.ts";
import { builtImages } from "../../../host/boards/rp2040/open.ts";
import { uartPort } from "../../../host/boards/rp2040/ports.ts";

const ramAt = 0x20000000;
/** RAM that the firmware does not use: a loop to return to, and room for samples. */
const [loopAt, roomAt] = [0x20030000, 0x20031000];
const loop = 0xe7fe; // b .

export const folder = await builtImages();
const elf = join(folder, "engram.elf");

/** The address of a function or a variable, static ones included. */
export function addressOf(name: string): number {
  const symbols = execFileSync("arm-none-eabi-nm", [elf], { encoding: "utf8" });
  const found = new RegExp(`^(\\w+) [tTb] ${name}(\\.\\d+)?$`, "m").exec(symbols);
  if (!found) throw new Error(`${name} is not in the image`);
  return Number.parseInt(found[1], 16);
}

export class Inside {
  readonly said: number[] = [];
  readonly #port = uartPort((byte) => this.said.push(byte));
  readonly chip: Chip;

  /** @param flash a file with a model; none without one */
  constructor(flash?: string) {
    const chip = fileFlash(new Uint8Array(readFileSync(join(folder, "engram.bin"))), flash);
    this.chip = new Chip(chip, false, (rp2040) => this.#port.attach(rp2040));
  }

  /** Lets time pass, and gives the seconds in which the processor was awake. */
  run(seconds: number): number {
    const { clock } = this.chip.rp2040;
    const end = clock.nanos + seconds * 1e9;
    let awake = 0;
    while (clock.nanos < end) {
      const begun = clock.nanos;
      if (this.chip.idle) {
        this.chip.pass(Math.min(this.chip.nanosToNextAlarm, end - begun));
      } else {
        this.chip.run(100);
        awake += clock.nanos - begun;
      }
    }
    return awake / 1e9;
  }

  /** Sends bytes over the UART, and lets the board take them. */
  send(...bytes: number[]): void {
    for (let rest = Uint8Array.from(bytes); rest.length > 0; this.run(0.001))
      rest = rest.subarray(this.#port.give(rest));
  }

  /** Calls a function of the firmware where the main loop waits, and gives its result. */
  call(name: string, ...parameters: number[]): number {
    const { chip } = this;
    const { core, sramView } = chip.rp2040;
    while (!core.waiting) chip.run(1);
    const before = core.registers.slice();
    core.PM = false; // it waits with interrupts masked
    sramView.setUint16(loopAt - ramAt, loop, true);
    core.registers.set(parameters);
    core.LR = loopAt | 1;
    core.PC = addressOf(name);
    core.waiting = false;
    while (core.PC !== loopAt) chip.run(1);
    const [result] = core.registers;
    core.registers.set(before);
    core.PM = core.waiting = true;
    return result;
  }

  /** What the board has detected by itself: how often, and the first label (en_listener in firmware/core/listen.h). */
  detections(): { count: number; first: number } {
    const view = this.chip.rp2040.sramView;
    const at = addressOf("listener") - ramAt;
    const detections = at + 8 + 8 * 16; // behind the rate, the count of rules, and the rules
    return { count: view.getUint32(detections, true), first: view.getUint16(detections + 8, true) };
  }

  /** What the microphone has, by the board's function. */
  samples(): Int16Array {
    const count = this.call("samples", roomAt, 1024);
    const at = roomAt - ramAt;
    return new Int16Array(this.chip.rp2040.sram.slice(at, at + 2 * count).buffer);
  }
}
