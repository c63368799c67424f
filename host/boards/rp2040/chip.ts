// The RP2040 of rp2040js with what that lacks: a boot ROM, flash that can be written, resets by the watchdog, faults as resets, PIO in
// the chip's time. Core 0 only.
import { type RP2040, Simulator } from "rp2040js";
import { bootBytes, bootCrc, bootRom, type Call, calls, find } from "./rom.ts";

export const flashStart = 0x10000000;
export const flashBytes = 2 << 20;
const sectorBytes = 4096;
const pageBytes = 256;
/** Where the ROM puts the second stage, and from where on it leaves RAM to the firmware. */
const bootAt = 0x20041f00;
const ramAt = 0x20000000;
const nanosPerCycle = 8; // at 125 MHz
const hardFault = 3;

type Watchdog = { scratchData: Uint32Array; timer: { enable: boolean }; onWatchdogTrigger: () => void };
const watchdogOf = ({ peripherals }: RP2040): Watchdog => peripherals[0x40058] as unknown as Watchdog;

/** Does what the ROM's functions ask of the flash; a power cut ends it by not returning. */
export type FlashChip = {
  /** All of it, as the processor reads it. */
  bytes: Uint8Array;
  erase(offset: number, count: number): void;
  program(offset: number, bytes: Uint8Array): void;
};

export class Chip {
  rp2040!: RP2040;
  /** Time passes with instructions, one cycle each, instead of with their cycles. */
  readonly #counted: boolean;
  readonly #flash: FlashChip;
  /** Called with each new chip: a reset makes one. */
  readonly #onStart: (rp2040: RP2040) => void;
  #clock!: Simulator["clock"];
  #resetAsked = false;
  #faulted = false;
  /** Whether flash is read as memory; the ROM's functions want it not to be. */
  #mapped = false;
  #pioDebt = 0;

  constructor(flash: FlashChip, counted: boolean, onStart: (rp2040: RP2040) => void) {
    this.#flash = flash;
    this.#counted = counted;
    this.#onStart = onStart;
    this.#start();
  }

  /** Nothing happens before the next alarm of the chip's clock, or before something comes. */
  get idle(): boolean {
    return this.rp2040.core.waiting && !this.#runningPio();
  }

  get nanosToNextAlarm(): number {
    return this.#clock.nanosToNextAlarm;
  }

  /** Runs for so many cycles, or until the processor waits with nothing but time to wait for. */
  run(cycles: number): void {
    for (let spent = 0; spent < cycles; ) {
      const { core } = this.rp2040;
      const pio = this.#runningPio();
      if (core.waiting && !pio) return;
      const taken = core.waiting ? Math.ceil(clockDivider(pio!)) : core.executeInstruction();
      const counted = this.#counted && !core.waiting ? 1 : taken;
      this.pass(counted * nanosPerCycle);
      if (pio) this.#runPio(pio, counted);
      if (this.#faulted) core.exceptionEntry(hardFault);
      this.#faulted = false;
      if (this.#resetAsked) this.#start();
      spent += counted;
    }
  }

  /** Time in which the processor does nothing. */
  pass(nanos: number): void {
    this.#clock.tick(nanos);
  }

  /** What a reset keeps: RAM and the watchdog's scratch registers. */
  #start(): void {
    const before = this.rp2040;
    const { rp2040, clock } = new Simulator();
    this.#clock = clock;
    rp2040.logger = { debug() {}, info() {}, warn: this.#complain, error: this.#complain };
    rp2040.loadBootrom(bootRom());
    rp2040.flash.set(this.#flash.bytes);
    if (before) rp2040.sram.set(before.sram);
    if (before) watchdogOf(rp2040).scratchData.set(watchdogOf(before).scratchData);
    watchdogOf(rp2040).onWatchdogTrigger = () => {
      this.#resetAsked = true;
      watchdogOf(rp2040).timer.enable = false; // it would go on for ever at 0
    };
    rp2040.onBreak = (number) => {
      if (calls[number]) this.#call(calls[number]);
      else this.#faulted = true;
    };
    for (const pio of rp2040.pio) pio.run = () => {}; // it would follow the host's clock
    this.#resetAsked = this.#mapped = false;
    this.rp2040 = rp2040;
    this.#onStart(rp2040);
  }

  /** The emulator only says so where a chip has a fault. */
  #complain = (part: string, what: string): void => {
    if (part === "RP2040" && /invalid memory|undefined address|not 32 bit aligned/.test(what)) this.#faulted = true;
  };

  #call(call: Call): void {
    const { core, flash, sram } = this.rp2040;
    const [first, second, third] = core.registers;
    if (call === "start") {
      const stage = flash.subarray(0, bootBytes + 4);
      const crc = new DataView(stage.slice(bootBytes).buffer).getUint32(0, true);
      if (bootCrc(stage.subarray(0, bootBytes)) !== crc)
        throw new Error("the second stage's CRC is wrong: a chip would wait for a UF2 file");
      sram.set(stage, bootAt - ramAt);
      core.LR = 0;
      core.PC = bootAt;
      this.#mapped = true;
    } else if (call === "find") {
      core.registers[0] = find(first, second);
    } else if (call === "exitXip") {
      this.#mapped = false;
    } else if (call === "flushCache") {
      this.#mapped = true; // with what follows, the second stage
    } else if (call !== "connect") {
      if (this.#mapped || !core.PM) throw new Error(`${call} while flash is read`);
      if (core.LR >= flashStart && core.LR < ramAt) throw new Error(`${call} from code in flash`);
      if (call === "erase") this.#erase(first, second);
      else this.#program(first, second, third);
    }
  }

  #erase(offset: number, count: number): void {
    if (offset % sectorBytes !== 0 || count % sectorBytes !== 0 || offset + count > flashBytes)
      throw new Error(`an erase of ${count} bytes at ${offset}`);
    this.#flash.erase(offset, count);
    this.#show(offset, count);
  }

  #program(offset: number, from: number, count: number): void {
    if (offset % pageBytes !== 0 || count % pageBytes !== 0 || offset + count > flashBytes || from < ramAt)
      throw new Error(`a write of ${count} bytes from ${from} to ${offset}`);
    this.#flash.program(offset, this.rp2040.sram.slice(from - ramAt, from - ramAt + count));
    this.#show(offset, count);
  }

  #show(offset: number, count: number): void {
    this.rp2040.flash.set(this.#flash.bytes.subarray(offset, offset + count), offset);
  }

  #runningPio(): RP2040["pio"][number] | undefined {
    const [pio0, pio1] = this.rp2040.pio;
    if (!pio0.stopped) return pio0;
    return pio1.stopped ? undefined : pio1;
  }

  #runPio(pio: RP2040["pio"][number], cycles: number): void {
    const divider = clockDivider(pio);
    this.#pioDebt += cycles;
    for (; this.#pioDebt >= divider; this.#pioDebt -= divider) pio.step();
  }
}

/** That of its first state machine: the firmware has no other. */
const clockDivider = ({ machines: [{ clockDivInt, clockDivFrac }] }: RP2040["pio"][number]): number =>
  clockDivInt + clockDivFrac / 256;
