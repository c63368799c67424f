// As much of an ESP32-C3 as its firmware touches, as Espressif's manual and headers describe it to the one who wrote that firmware: a
// misreading is in both. Memory, direct boot, the ROM's functions, SYSTIMER, UART0, USB, interrupts, watchdogs, I2S by GDMA, pins.
import { Duplex } from "node:stream";
import { Fault, Processor } from "./rv32imc.ts";

const [dramAt, iramAt, dromAt, iromAt, rtcAt, romData] = [
  0x3fc80000, 0x40380000, 0x3c000000, 0x42000000, 0x50000000, 0x3fcdff00,
];
const instructionsPerTick = 10; // 160 MHz, 16 MHz
const ticksPerMs = 16_000;
const [uartSource, usbSource, timerSource] = [21, 26, 37];
const key = 0x50d83aa1;

type Line = "uart" | "usb";

export class Chip {
  readonly flash = new Uint8Array(4 << 20).fill(0xff);
  /** What the processor sees of it: what the cache was told to forget is read anew. */
  #mapped = new Uint8Array(4 << 20);
  readonly #ram = new DataView(new ArrayBuffer(384 << 10));
  readonly #rtc = new DataView(new ArrayBuffer(8 << 10));
  readonly #registers = new Map<number, number>();
  readonly cpu: Processor;
  readonly links: Record<Line, Duplex>;
  resets = 0;
  /** How many times the microphone was started. */
  listens = 0;
  /** What went wrong that a real chip may not tell. */
  readonly complaints: string[] = [];
  /** The left sample of frame n, 24 bits, of what the microphone hears. */
  sound: (frame: number) => number = () => 0;
  #received: Record<Line, number[]> = { uart: [], usb: [] };
  #packet: number[] = [];
  #sent: number[] = [];
  #suspended = false;
  #alarm = 0;
  #pending = { timer: false, uart: false, usb: false };
  #latched = 0;
  #fed = 0;
  #frames = { from: 0, made: 0, block: 0, at: 0 };
  #closed = false;

  constructor(image: Uint8Array) {
    this.flash.set(image);
    const bus = {
      load: (address: number, bytes: 1 | 2 | 4) => this.#load(address, bytes),
      store: (address: number, bytes: 1 | 2 | 4, value: number) => this.#store(address, bytes, value),
      fetch: (address: number) => this.#fetch(address),
      call: (address: number, x: Int32Array) => this.#call(address, x),
    };
    this.cpu = new Processor(bus);
    const link = (line: Line): Duplex =>
      new Duplex({
        read() {},
        write: (bytes: Uint8Array, _, done) => {
          this.#received[line].push(...bytes);
          done();
        },
      });
    this.links = { uart: link("uart"), usb: link("usb") };
    this.#rtc.setUint32(0, 0x12345678, true);
    this.reset();
  }

  get milliseconds(): number {
    return this.#ticks / ticksPerMs;
  }

  /** Time goes by in which the program does nothing. */
  pass(ms: number): void {
    this.cpu.executed += ms * ticksPerMs * instructionsPerTick;
    this.cpu.asleep = false;
    this.#time();
  }

  register(address: number): number {
    return this.#registers.get(address) ?? 0;
  }

  /** Pins that are driven high. */
  get high(): number {
    return this.register(0x60004004) & this.register(0x60004020);
  }

  get #ticks(): number {
    return Math.floor(this.cpu.executed / instructionsPerTick);
  }

  /** As the ROM leaves the chip where it boots directly. RAM holds anything; RTC memory keeps. */
  reset(): void {
    this.resets++;
    new Uint8Array(this.#ram.buffer).fill(0xa5);
    this.#ram.setUint32(0x3fcdfff0 - dramAt, romData, true);
    this.#ram.setUint32(romData - dramAt, 0x1640ef, true);
    this.#registers.clear();
    this.#registers.set(0x60008090, 0x80001000); // its watchdog runs
    this.#mapped.set(this.flash);
    this.#suspended = false;
    this.#pending = { timer: false, uart: false, usb: false };
    this.#fed = this.#ticks;
    if (this.flash[0] !== 0x1d || this.flash[4] !== 0x1d) this.complaints.push("no mark of direct boot");
    this.cpu.reset(iromAt + 8);
    this.cpu.csr.set(0x300, 8); // the ROM has interrupts on
    this.cpu.x.fill(0x5a5a5a5a);
    this.cpu.x[0] = 0;
  }

  /** Runs until `close`, in turns with everything else of this process. */
  async run(): Promise<void> {
    while (!this.#closed) {
      for (let i = 0; i < 400 && !this.cpu.asleep; i++) this.#turn();
      if (this.cpu.asleep) {
        // Nothing to do until the timer: it is that late now, unless bytes come first.
        await new Promise((resolve) => setImmediate(resolve));
        if (!this.#hasWork()) this.cpu.executed = Math.max(this.cpu.executed, this.#alarm * instructionsPerTick);
        this.#turn();
      } else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  close(): void {
    this.#closed = true;
    for (const link of Object.values(this.links)) link.destroy();
  }

  #hasWork(): boolean {
    return this.#received.uart.length > 0 || this.#received.usb.length > 0;
  }

  #turn(): void {
    this.cpu.run(500);
    if (this.register(0x60008000) < 0) this.reset();
    this.#time();
    this.#hear();
    if (this.#received.uart.length > 0) this.#pending.uart = true;
    this.#nextPacket();
    this.#interrupt();
  }

  #time(): void {
    const [target, on] = [this.register(0x60023034), this.register(0x60023000)];
    const period = target & 0x3ffffff;
    if (on & (1 << 24) && target & (1 << 30) && this.#ticks >= this.#alarm) {
      this.#pending.timer = true;
      this.#alarm = this.#ticks + period - (this.#ticks % period);
    }
    const [watchdog, limit] = [this.register(0x6001f048), this.register(0x6001f050)];
    if (watchdog < 0 && this.#ticks - this.#fed > limit * ticksPerMs) {
      this.complaints.push("the watchdog bit");
      this.reset();
    }
  }

  #nextPacket(): void {
    if (this.#packet.length > 0 || this.#received.usb.length === 0) return;
    this.#packet = this.#received.usb.splice(0, 64);
    this.#pending.usb = true;
  }

  #interrupt(): void {
    const { uart, usb, timer } = this.#pending;
    const asks = [
      uart && this.register(0x6000000c) !== 0 && uartSource,
      usb && this.register(0x60043010) & 4 && usbSource,
      timer && this.register(0x60023064) & 1 && timerSource,
    ];
    for (const source of asks) {
      if (!source) continue;
      const line = this.register(0x600c2000 + 4 * source);
      const priority = this.register(0x600c2114 + 4 * line);
      if (!line || !((this.register(0x600c2104) >> line) & 1) || priority < this.register(0x600c2194)) continue;
      if (!this.cpu.takesInterrupts) continue;
      this.cpu.trap(line, true);
      return;
    }
  }

  /** The DMA, with what a microphone has said since. */
  #hear(): void {
    const [receiver, clock] = [this.register(0x6002d020), this.register(0x6002d030)];
    if (!(receiver & 4)) return;
    const frames = this.#frames;
    const due = Math.floor(((this.#ticks - frames.from) * this.#rate(clock)) / 16e6);
    const check = this.register(0x6003f074) & (1 << 12);
    for (; frames.made < due; frames.made++) {
      const at = frames.block - dramAt;
      const state = this.#ram.getUint32(at, true);
      if (check && !(state >>> 31)) continue; // stopped: lost
      const words = this.#ram.getUint32(at + 4, true) - dramAt;
      const sample = this.sound(frames.made);
      this.#ram.setInt32(words + 8 * frames.at, sample << 8, true);
      this.#ram.setInt32(words + 8 * frames.at + 4, 0, true);
      if (++frames.at < (state & 0xfff) / 8) continue;
      this.#ram.setUint32(at, (state & 0xfff) | ((state & 0xfff) << 12) | (1 << 30), true);
      frames.block = this.#ram.getUint32(at + 8, true);
      frames.at = 0;
    }
  }

  #rate(clock: number): number {
    const fraction = this.register(0x6002d038);
    const [z, y, x, yn1] = [fraction & 511, (fraction >> 9) & 511, (fraction >> 18) & 511, (fraction >> 27) & 1];
    const a = z ? (x + 1) * z + y : 1;
    const b = z ? (yn1 ? a - z : z) : 0;
    const slots = this.register(0x6002d028);
    const bits = 2 * (((slots >> 18) & 63) + 1);
    return 160e6 / ((clock & 255) + b / a) / (((slots >> 7) & 63) + 1) / bits;
  }

  #fetch(address: number): number {
    const at = address - iramAt;
    if (at >= 0 && at < this.#ram.byteLength) return this.#ram.getUint16(at, true);
    return this.#fromFlash(address, iromAt, 2);
  }

  #fromFlash(address: number, base: number, bytes: number): number {
    const at = address - base;
    if (at < 0 || at + bytes > this.#mapped.length) throw new Fault(`nothing at 0x${address.toString(16)}`);
    if (this.#suspended) this.complaints.push(`flash read while it is written, at 0x${address.toString(16)}`);
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8) | this.#mapped[at + i];
    return value;
  }

  #load(address: number, bytes: 1 | 2 | 4): number {
    if (address % bytes !== 0) throw new Fault("unaligned");
    const at = address - dramAt;
    if (at >= 0 && at < this.#ram.byteLength) return loaded(this.#ram, at, bytes);
    const inRtc = address - rtcAt;
    if (inRtc >= 0 && inRtc < this.#rtc.byteLength) return loaded(this.#rtc, inRtc, bytes);
    if (address >>> 24 === 0x60) return this.#read(address);
    return this.#fromFlash(address, dromAt, bytes);
  }

  #store(address: number, bytes: 1 | 2 | 4, value: number): void {
    if (address % bytes !== 0 || this.#isForbidden(address)) throw new Fault("store");
    const at = address - dramAt;
    const inRtc = address - rtcAt;
    if (at >= 0 && at < this.#ram.byteLength) stored(this.#ram, at, bytes, value);
    else if (inRtc >= 0 && inRtc < this.#rtc.byteLength) stored(this.#rtc, inRtc, bytes, value);
    else if (address >>> 24 === 0x60 && bytes === 4) this.#write(address, value);
    else throw new Fault(`nothing at 0x${address.toString(16)}`);
  }

  /** By entry 1 of PMP, locked, top of range, without writing. */
  #isForbidden(address: number): boolean {
    const { csr } = this.cpu;
    if (address < dramAt || address >= dramAt + this.#ram.byteLength) return false;
    if ((((csr.get(0x3a0) ?? 0) >> 8) & 0x9a) !== 0x88) return false;
    return address < 4 * ((csr.get(0x3b1) ?? 0) >>> 0) && address >= 4 * ((csr.get(0x3b0) ?? 0) >>> 0);
  }

  #read(address: number): number {
    switch (address) {
      case 0x60000000:
        return this.#received.uart.shift() ?? 0;
      case 0x6000001c:
        return Math.min(this.#received.uart.length, 128);
      case 0x60000008:
        return this.#received.uart.length > 0 ? 1 << 8 : 0;
      case 0x60043000:
        return this.#packet.shift() ?? 0;
      case 0x60043004:
        return 2 | (this.#packet.length > 0 ? 4 : 0);
      case 0x60023004:
        return 1 << 29;
      case 0x60023040:
        return Math.floor(this.#latched / 2 ** 32);
      case 0x60023044:
        return this.#latched | 0;
      case 0x6000403c:
        return this.high;
    }
    return this.register(address);
  }

  #write(address: number, value: number): void {
    const set = (to: number, bits: number): void => {
      this.#registers.set(to, bits);
    };
    const locked = (at: number, protection: number): boolean =>
      address >= at && address < protection && this.register(protection) !== key;
    if (locked(0x6001f048, 0x6001f064) || locked(0x60008090, 0x600080a8)) {
      this.complaints.push(`a protected register: 0x${address.toString(16)}`);
      return;
    }
    switch (address) {
      case 0x60000000:
        this.links.uart.push(Uint8Array.of(value));
        return;
      case 0x60000010:
        this.#pending.uart = this.#received.uart.length > 0;
        return;
      case 0x60000080:
        set(address, value & 0x7fffffff);
        return;
      case 0x60043000:
        if (this.#sent.length === 64) this.complaints.push("USB: more than 64 bytes");
        this.#sent.push(value & 0xff);
        return;
      case 0x60043004:
        if (value & 1) this.links.usb.push(Uint8Array.from(this.#sent.splice(0)));
        return;
      case 0x60043014:
        this.#pending.usb = false;
        return;
      case 0x60023004:
        this.#latched = this.#ticks;
        return;
      case 0x6002306c:
        this.#pending.timer = false;
        return;
      case 0x6001f060:
        this.#fed = this.#ticks;
        return;
      case 0x60008000:
        set(address, value);
        if (value < 0) this.cpu.asleep = true; // its last instruction
        return;
      case 0x60004008:
        set(0x60004004, this.register(0x60004004) | value);
        return;
      case 0x6000400c:
        set(0x60004004, this.register(0x60004004) & ~value);
        return;
      case 0x60004024:
        set(0x60004020, this.register(0x60004020) | value);
        return;
      case 0x60004028:
        set(0x60004020, this.register(0x60004020) & ~value);
        return;
      case 0x6002d020:
        if (value & 4 && !(this.register(address) & 4)) {
          this.listens++;
          this.#frames = { from: this.#ticks, made: 0, block: this.#firstBlock(), at: 0 };
        }
        set(address, value & ~0x100);
        return;
    }
    set(address, value);
  }

  #firstBlock(): number {
    const link = this.register(0x6003f080);
    if (!(link & (1 << 22))) this.complaints.push("I2S without DMA");
    return 0x3fc00000 | (link & 0xfffff);
  }

  /** Functions of the ROM, by the addresses of ESP-IDF's esp32c3.rom.ld. */
  #call(address: number, x: Int32Array): boolean {
    const [a0, a1, a2] = [x[10], x[11], x[12]].map((value) => value >>> 0);
    const inFlash = (what: string): void => {
      if (!this.#suspended) this.complaints.push(`${what} while the cache runs`);
    };
    x[10] = 0;
    switch (address) {
      case 0x40000128:
        inFlash("erased");
        this.flash.fill(0xff, a0 * 4096, a0 * 4096 + 4096);
        return true;
      case 0x4000012c:
        inFlash("programmed");
        for (let i = 0; i < a2; i++) this.flash[a0 + i] &= this.#load(a1 + i, 1);
        return true;
      case 0x400004d4:
        for (let at = a0 - dromAt, end = at + a1; at < end; at++) this.#mapped[at] = this.flash[at];
        return true;
      case 0x40000524:
        this.#suspended = true;
        return true;
      case 0x40000528:
        this.#suspended = false;
        return true;
    }
    return [0x40000134, 0x40000140, 0x40000588, 0x4000195c, 0x40001960].includes(address);
  }
}

const loaded = (view: DataView, at: number, bytes: number): number =>
  bytes === 4 ? view.getInt32(at, true) : bytes === 2 ? view.getUint16(at, true) : view.getUint8(at);

function stored(view: DataView, at: number, bytes: number, value: number): void {
  if (bytes === 4) view.setInt32(at, value, true);
  else if (bytes === 2) view.setUint16(at, value, true);
  else view.setUint8(at, value);
}
