// A boot ROM of an ESP chip as its documentation has it ("Serial Protocol" in Espressif's documentation of esptool): SLIP, sync,
// registers, flash, MD5, with a line that can lose, double and damage bytes. What the documentation leaves open, the ROM of a test
// chooses: what a block does that comes again, and what an END does that stands alone.
import { createHash } from "node:crypto";
import { Duplex } from "node:stream";

export type Fault = {
  /** To the ROM, or from it. */
  to: "rom" | "host";
  /** Which command's packet, and the how many-th of its kind. */
  op: number;
  nth: number;
  /** Byte of the packet on the line, END bytes and escapes included; undefined for the packet as a whole. */
  at?: number;
  kind: "drop" | "double" | "damage";
  /** Bits that damage turns. */
  mask?: number;
  /** How many such packets in a row are hit. */
  times?: number;
};

export type RomOptions = {
  chip?: "esp32" | "esp32s3" | "esp32c3";
  magic?: number;
  flashBytes?: number;
  faults?: readonly Fault[];
  /** What a block with a number that came before does. */
  repeats?: "append" | "rewrite" | "refuse";
  /** What an END right after another does: opens a packet, or ends an empty one. */
  ends?: "open" | "toggle";
  /** Runs a program that says this instead of the boot loader. */
  program?: string;
  /** Enters the boot loader only after a reset by DTR and RTS. */
  needsReset?: boolean;
  /** The line garbles all at more than so many baud. */
  deafAbove?: number;
  /** Its USB is its own: boot pin and reset are read as that does it. */
  ownUsb?: boolean;
  /** Is unplugged at this block of data. */
  unplugAt?: number;
  /** Cannot store anything here. */
  broken?: number;
};

const [end, escaping] = [0xc0, 0xdb];
const facts = {
  esp32: { magic: 0x00f01d83, id: undefined, spi: 0x3ff42000, user2: 0x24, data: 0x80, begin: 16 },
  esp32s3: { magic: 0x00000009, id: 9, spi: 0x60002000, user2: 0x20, data: 0x58, begin: 20 },
  esp32c3: { magic: 0x1b31506f, id: 5, spi: 0x60002000, user2: 0x20, data: 0x58, begin: 20 },
};

export class RomSimulator {
  readonly flash: Uint8Array;
  readonly duplex: Duplex;
  /** Packets of each command that came whole. */
  readonly commands = new Map<number, number>();
  erased = 0;
  /** Length on the line of the first packet of each command, by direction. */
  readonly lengths = new Map<string, number>();
  readonly #options: RomOptions;
  readonly #registers = new Map<number, number>();
  readonly #seen = new Map<string, number>();
  #inLoader: boolean;
  #attached = false;
  #packet: number[] | undefined;
  #escaped = false;
  #write = { address: 0, blockBytes: 0, next: 0, left: 0 };
  #signals: string[] = [];
  /** Of the ROM, and of the host's port. */
  readonly rates = { rom: 115200, host: 115200 };

  constructor(options: RomOptions = {}) {
    this.#options = options;
    this.flash = new Uint8Array(options.flashBytes ?? 1 << 20).fill(0x5a);
    this.#inLoader = !options.program && !options.needsReset;
    this.duplex = new Duplex({
      read() {},
      write: (bytes: Uint8Array, _, done) => {
        this.#receive(bytes);
        done();
      },
    });
  }

  get chip() {
    return facts[this.#options.chip ?? "esp32c3"];
  }

  /** Reset with the boot pin held, as DTR and RTS do it, begins the boot loader. */
  async setSignals(dtr: boolean, rts: boolean): Promise<void> {
    this.#signals.push(`${Number(dtr)}${Number(rts)}`);
    const said = this.#signals.join(" ");
    if (rts) this.rates.rom = 115200;
    if (said.endsWith(this.#options.ownUsb ? "10 11 01 00" : "01 10")) this.#inLoader = true;
    else if (said.endsWith("01 00")) this.#inLoader = false;
  }

  register(address: number): number | undefined {
    return this.#registers.get(address);
  }

  get runs(): boolean {
    return !this.#inLoader;
  }

  // A test's fault is about one packet, so packets are told apart before the line spoils them.
  #receive(bytes: Uint8Array): void {
    if (!this.#inLoader) {
      if (this.#options.program) this.duplex.push(Buffer.from(this.#options.program));
      return;
    }
    const { rom, host } = this.rates;
    if (rom !== host || rom > (this.#options.deafAbove ?? rom)) return;
    const code = bytes.length > 3 ? bytes[2] : -1;
    this.#listen(this.#spoilt("rom", code, bytes));
  }

  #spoilt(to: "rom" | "host", code: number, bytes: Uint8Array): Uint8Array {
    const key = `${to} ${code}`;
    if (!this.lengths.has(key)) this.lengths.set(key, bytes.length);
    const nth = this.#seen.get(key) ?? 0;
    this.#seen.set(key, nth + 1);
    const fault = (this.#options.faults ?? []).find(
      (fault) => fault.to === to && fault.op === code && nth >= fault.nth && nth < fault.nth + (fault.times ?? 1),
    );
    if (!fault) return bytes;
    const { kind, at, mask = 0x10 } = fault;
    if (at === undefined) {
      if (kind === "drop") return new Uint8Array();
      return kind === "double" ? Uint8Array.from([...bytes, ...bytes]) : bytes.map((byte) => byte ^ mask);
    }
    if (kind === "damage") return bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
    const kept = [...bytes];
    if (kind === "drop") kept.splice(at, 1);
    else kept.splice(at, 0, kept[at]);
    return Uint8Array.from(kept);
  }

  #listen(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === end) {
        const packet = this.#packet;
        const isOver = this.#options.ends === "toggle" ? packet : packet?.length;
        this.#packet = isOver ? undefined : [];
        this.#escaped = false;
        if (packet?.length) this.#obey(Uint8Array.from(packet));
      } else if (this.#escaped) {
        this.#escaped = false;
        this.#packet?.push(byte === 0xdc ? end : byte === 0xdd ? escaping : byte);
      } else if (byte === escaping) this.#escaped = true;
      else this.#packet?.push(byte);
    }
  }

  #obey(packet: Uint8Array): void {
    if (packet.length < 8 || packet[0] !== 0) return;
    const view = new DataView(packet.buffer);
    const code = packet[1];
    const body = packet.subarray(8);
    if (view.getUint16(2, true) !== body.length) {
      this.#answer(code, 0, [], 5);
      return;
    }
    this.commands.set(code, (this.commands.get(code) ?? 0) + 1);
    const word = (i: number): number => (4 * i + 4 <= body.length ? view.getUint32(8 + 4 * i, true) : 0);
    const obeyed = this.#commands[code];
    if (obeyed) obeyed.call(this, word, body, view.getUint32(4, true));
    else this.#answer(code, 0, [], 5);
  }

  readonly #commands: Record<number, (word: (i: number) => number, body: Uint8Array, checksum: number) => void> = {
    8: () => {
      for (let i = 0; i < 8; i++) this.#answer(8, 0x20120707, []);
    },
    9: (word) => {
      const [address, value] = [word(0), word(1)];
      this.#registers.set(address, value);
      const { spi, user2, data } = this.chip;
      // RDID: the third byte is the power of two of the size.
      const isId = ((this.#registers.get(spi + user2) ?? 0) & 0xffff) === 0x9f;
      if (address === spi && value & (1 << 18)) {
        this.#registers.set(spi, 0);
        const power = Math.log2(this.flash.length);
        if (isId) this.#registers.set(spi + data, (power << 16) | 0x40ef);
      }
      this.#answer(9, 0, []);
    },
    10: (word) => {
      const magic = this.#options.magic ?? this.chip.magic;
      this.#answer(10, word(0) === 0x40001000 ? magic : (this.#registers.get(word(0)) ?? 0), []);
    },
    11: () => this.#answer(11, 0, []),
    13: () => {
      this.#attached = true;
      this.#answer(13, 0, []);
    },
    2: (word, body) => {
      const [bytes, , blockBytes, address] = [word(0), word(1), word(2), word(3)];
      const bad = body.length !== this.chip.begin || !this.#attached || address + bytes > this.flash.length;
      if (bad) return this.#answer(2, 0, [], 6);
      const from = address & ~4095;
      const to = (address + bytes + 4095) & ~4095;
      this.flash.fill(0xff, from, to);
      this.erased += to - from;
      this.#write = { address, blockBytes, next: 0, left: word(1) };
      this.#answer(2, 0, []);
    },
    3: (word, body, checksum) => {
      const data = body.subarray(16);
      if (this.commands.get(3) === (this.#options.unplugAt ?? -1)) return void this.duplex.destroy();
      if (word(0) !== data.length || data.length !== this.#write.blockBytes) return this.#answer(3, 0, [], 5);
      if ((data.reduce((sum, byte) => sum ^ byte, 0xef) & 0xff) !== (checksum & 0xff)) return this.#answer(3, 0, [], 7);
      const { repeats = "append" } = this.#options;
      if (repeats === "refuse" && word(1) !== this.#write.next) return this.#answer(3, 0, [], 6);
      const number = repeats === "rewrite" ? word(1) : this.#write.next;
      this.#write.next = number + 1;
      const at = this.#write.address + number * this.#write.blockBytes;
      if (number >= this.#write.left || at + data.length > this.flash.length) return this.#answer(3, 0, [], 6);
      // Programming clears bits.
      for (let i = 0; i < data.length; i++) this.flash[at + i] &= data[i];
      const { broken } = this.#options;
      if (broken !== undefined && broken >= at && broken < at + data.length) this.flash[broken] ^= 1;
      this.#answer(3, 0, []);
    },
    15: (word) => {
      this.#answer(15, 0, []);
      this.rates.rom = word(0);
    },
    0x13: (word) => {
      const [address, bytes] = [word(0), word(1)];
      if (!this.#attached || address + bytes > this.flash.length) return this.#answer(0x13, 0, [], 6);
      const md5 = createHash("md5")
        .update(this.flash.subarray(address, address + bytes))
        .digest("hex");
      this.#answer(0x13, 0, [...Buffer.from(md5)]);
    },
    0x14: () => {
      const { id } = this.chip;
      if (id === undefined) return this.#answer(0x14, 0, [], 5);
      const data = new DataView(new ArrayBuffer(20));
      data.setUint32(12, id, true);
      this.#answer(0x14, 0, [...new Uint8Array(data.buffer)]);
    },
  };

  #answer(code: number, value: number, data: readonly number[], error = 0): void {
    const status = [error ? 1 : 0, error, 0, 0];
    const body = error ? status : [...data, ...status];
    const head = new DataView(new ArrayBuffer(8));
    head.setUint8(0, 1);
    head.setUint8(1, code);
    head.setUint16(2, body.length, true);
    head.setUint32(4, value, true);
    const packet = [...new Uint8Array(head.buffer), ...body];
    const escaped = packet.flatMap((byte) =>
      byte === end ? [escaping, 0xdc] : byte === escaping ? [escaping, 0xdd] : [byte],
    );
    const sent = this.#spoilt("host", code, Uint8Array.from([end, ...escaped, end]));
    if (sent.length > 0 && !this.duplex.destroyed) this.duplex.push(Buffer.from(sent));
  }
}

/** An image with one segment, its checksum and its SHA-256. */
export function espImage(chip: number, bytes: number, seed = 1): Uint8Array {
  const length = Math.ceil((bytes - 24 - 8 - 1 - 32) / 16) * 16;
  const segment = Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 2654435761) >>> 13) & 0xff);
  segment.set([0xc0, 0xdb, 0xdc, 0xdd, 0xc0], 3);
  const body = new Uint8Array(32 + length);
  body.set([0xe9, 1, 2, 0x20]);
  new DataView(body.buffer).setUint16(12, chip, true);
  body[23] = 1;
  new DataView(body.buffer).setUint32(24, 0x40380000, true);
  new DataView(body.buffer).setUint32(28, length, true);
  body.set(segment, 32);
  const summed = new Uint8Array((body.length | 15) + 1);
  summed.set(body);
  summed[summed.length - 1] = segment.reduce((sum, byte) => sum ^ byte, 0xef);
  return Uint8Array.from([...summed, ...createHash("sha256").update(summed).digest()]);
}
