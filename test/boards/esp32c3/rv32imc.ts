// A processor of RV32IMC with machine mode alone, as slow as it is short. RISC-V Unprivileged ISA 20191213, chapters 2, 7, 9, 16;
// Privileged Architecture 1.12. Traps are always vectored, as on the ESP32-C3.

export type Bus = {
  /** @throws Fault */
  load(address: number, bytes: 1 | 2 | 4): number;
  store(address: number, bytes: 1 | 2 | 4, value: number): void;
  /** The two bytes of code there. */
  fetch(address: number): number;
  /** A function of the ROM: false if there is none. */
  call(address: number, x: Int32Array): boolean;
};

export class Fault extends Error {}

type Decoded = { op: string; rd: number; rs1: number; rs2: number; imm: number; size: 2 | 4 };

const [branches, loads, stores] = [
  ["beq", "bne", "", "", "blt", "bge", "bltu", "bgeu"],
  ["lb", "lh", "lw", "", "lbu", "lhu"],
  ["sb", "sh", "sw"],
];
const arithmetic = ["add", "sll", "slt", "sltu", "xor", "srl", "or", "and"];
const products = ["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu"];

/** An instruction of four bytes. */
function decode(word: number): Decoded {
  const [rd, rs1, rs2, f3] = [(word >> 7) & 31, (word >> 15) & 31, (word >> 20) & 31, (word >> 12) & 7];
  const made = (op: string | undefined, imm = 0): Decoded => ({ op: op || "illegal", rd, rs1, rs2, imm, size: 4 });
  const immI = word >> 20;
  switch (word & 0x7f) {
    case 0x37:
      return made("lui", word & ~0xfff);
    case 0x17:
      return made("auipc", word & ~0xfff);
    case 0x6f:
      return made("jal", ((word >> 31) << 20) | (word & 0xff000) | ((word >> 9) & 0x800) | ((word >> 20) & 0x7fe));
    case 0x67:
      return made("jalr", immI);
    case 0x63:
      return made(
        branches[f3],
        ((word >> 31) << 12) | ((word << 4) & 0x800) | ((word >> 20) & 0x7e0) | ((word >> 7) & 0x1e),
      );
    case 0x03:
      return made(loads[f3], immI);
    case 0x23:
      return made(stores[f3], ((word >> 25) << 5) | rd);
    case 0x13: {
      if (f3 === 1) return made("slli", rs2);
      if (f3 === 5) return made(word & (1 << 30) ? "srai" : "srli", rs2);
      return made(`${arithmetic[f3]}i`, immI);
    }
    case 0x33: {
      if (word >>> 25 === 1) return made(products[f3]);
      if (word >>> 25 === 32) return made(f3 === 0 ? "sub" : "sra");
      return made(arithmetic[f3]);
    }
    case 0x0f:
      return made("fence");
    case 0x73: {
      if (word === 0x30200073) return made("mret");
      if (word === 0x10500073) return made("wfi");
      return made(f3 === 0 || f3 === 4 ? "illegal" : `csr${f3}`, (word >>> 20) & 0xfff);
    }
  }
  return made("illegal");
}

/** One of two bytes, as the one of four that it stands for. */
function expand(c: number): Decoded {
  const bit = (from: number, to: number): number => ((c >> from) & 1) << to;
  const field = (high: number, low: number, to: number): number => ((c >> low) & ((1 << (high - low + 1)) - 1)) << to;
  const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);
  const made = (op: string, rd: number, rs1: number, rs2: number, imm: number): Decoded => ({
    ...{ op, rd, rs1, rs2, imm },
    size: 2,
  });
  const [full, other, low, high] = [(c >> 7) & 31, (c >> 2) & 31, 8 + ((c >> 2) & 7), 8 + ((c >> 7) & 7)];
  const imm6 = signed(bit(12, 5) | field(6, 2, 0), 6);
  const jump = signed(
    bit(12, 11) | bit(11, 4) | field(10, 9, 8) | bit(8, 10) | bit(7, 6) | bit(6, 7) | field(5, 3, 1) | bit(2, 5),
    12,
  );
  const branch = signed(bit(12, 8) | field(11, 10, 3) | field(6, 5, 6) | field(4, 3, 1) | bit(2, 5), 9);
  const word = field(12, 10, 3) | bit(6, 2) | bit(5, 6);
  switch (((c & 3) << 3) | (c >> 13)) {
    case 0: {
      const imm = field(12, 11, 4) | field(10, 7, 6) | bit(6, 2) | bit(5, 3);
      return imm ? made("addi", low, 2, 0, imm) : made("illegal", 0, 0, 0, 0);
    }
    case 2:
      return made("lw", low, high, 0, word);
    case 6:
      return made("sw", 0, high, low, word);
    case 8:
      return made("addi", full, full, 0, imm6);
    case 9:
      return made("jal", 1, 0, 0, jump);
    case 10:
      return made("addi", full, 0, 0, imm6);
    case 11:
      return full === 2
        ? made("addi", 2, 2, 0, signed(bit(12, 9) | bit(6, 4) | bit(5, 6) | field(4, 3, 7) | bit(2, 5), 10))
        : made("lui", full, 0, 0, imm6 << 12);
    case 12: {
      const kind = (c >> 10) & 3;
      if (kind === 3) return made(["sub", "xor", "or", "and"][(c >> 5) & 3], high, high, low, 0);
      return made(["srli", "srai", "andi"][kind], high, high, 0, kind < 2 ? other : imm6);
    }
    case 13:
      return made("jal", 0, 0, 0, jump);
    case 14:
      return made("beq", 0, high, 0, branch);
    case 15:
      return made("bne", 0, high, 0, branch);
    case 16:
      return made("slli", full, full, 0, other);
    case 18:
      return made("lw", full, 2, 0, bit(12, 5) | field(6, 4, 2) | field(3, 2, 6));
    case 20: {
      const link = (c >> 12) & 1;
      if (other === 0) return full ? made("jalr", link, full, 0, 0) : made("illegal", 0, 0, 0, 0);
      return made("add", full, link ? full : 0, other, 0);
    }
    case 22:
      return made("sw", 0, 2, other, field(12, 9, 2) | field(8, 7, 6));
  }
  return made("illegal", 0, 0, 0, 0);
}

function mulhu(a: number, b: number): number {
  const [al, ah, bl, bh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = ah * bl + Math.floor((al * bl) / 65536);
  const upper = (middle % 65536) + al * bh;
  return (ah * bh + Math.floor(middle / 65536) + Math.floor(upper / 65536)) | 0;
}

/** Of code in RAM, from a multiple of it on. */
const ramBytes = 1 << 19;
const [mstatus, mtvec, mepc, mcause] = [0x300, 0x305, 0x341, 0x342];
const [enabled, before] = [1 << 3, 1 << 7];

export class Processor {
  readonly x = new Int32Array(32);
  readonly csr = new Map<number, number>();
  pc = 0;
  executed = 0;
  asleep = false;
  readonly #bus: Bus;
  #cache: (Decoded | undefined)[] = [];

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  reset(pc: number): void {
    this.x.fill(0);
    this.csr.clear();
    this.#cache = new Array(ramBytes / 2).fill(undefined);
    this.pc = pc;
    this.asleep = false;
  }

  get takesInterrupts(): boolean {
    return (this.#get(mstatus) & enabled) !== 0;
  }

  #get(number: number): number {
    return this.csr.get(number) ?? 0;
  }

  trap(cause: number, interrupt: boolean): void {
    const status = this.#get(mstatus);
    this.csr.set(mepc, this.pc);
    this.csr.set(mcause, interrupt ? cause | 0x80000000 : cause);
    this.csr.set(mstatus, (status & ~(enabled | before)) | (status & enabled ? before : 0));
    this.pc = (this.#get(mtvec) & ~0xff) + (interrupt ? 4 * cause : 0);
    this.asleep = false;
  }

  #at(pc: number): Decoded {
    const half = this.#bus.fetch(pc);
    return (half & 3) === 3 ? decode(half | (this.#bus.fetch(pc + 2) << 16)) : expand(half);
  }

  /** Up to `count` instructions; ends before one where the processor sleeps. */
  run(count: number): void {
    try {
      for (const end = this.executed + count; this.executed < end && !this.asleep; this.executed++) this.#step();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.trap(5, false);
    }
  }

  #step(): void {
    const { x, pc } = this;
    if (pc >>> 16 === 0x4000) {
      if (!this.#bus.call(pc, x)) throw new Fault(`no function of the ROM at 0x${pc.toString(16)}`);
      this.pc = x[1] >>> 0;
      return;
    }
    // Code in RAM is written once, by what runs from flash.
    const inRam = pc >>> 20 === 0x403;
    const index = (pc & (ramBytes - 1)) >> 1;
    const it = (inRam ? this.#cache[index] : undefined) ?? this.#at(pc);
    if (inRam) this.#cache[index] = it;
    const a = x[it.rs1];
    const b = x[it.rs2];
    const { imm } = it;
    let value: number | undefined;
    let next = pc + it.size;
    let jumps = false;
    // biome-ignore format: a row an instruction
    switch (it.op) {
      case "addi": value = a + imm; break;
      case "add": value = a + b; break;
      case "lw": value = this.#bus.load((a + imm) >>> 0, 4); break;
      case "sw": this.#bus.store((a + imm) >>> 0, 4, b); break;
      case "beq": jumps = a === b; break;
      case "bne": jumps = a !== b; break;
      case "blt": jumps = a < b; break;
      case "bge": jumps = a >= b; break;
      case "bltu": jumps = a >>> 0 < b >>> 0; break;
      case "bgeu": jumps = a >>> 0 >= b >>> 0; break;
      case "jal": value = next; next = (pc + imm) >>> 0; break;
      case "jalr": value = next; next = ((a + imm) & ~1) >>> 0; break;
      case "lui": value = imm; break;
      case "auipc": value = pc + imm; break;
      case "lb": value = (this.#bus.load((a + imm) >>> 0, 1) << 24) >> 24; break;
      case "lbu": value = this.#bus.load((a + imm) >>> 0, 1); break;
      case "lh": value = (this.#bus.load((a + imm) >>> 0, 2) << 16) >> 16; break;
      case "lhu": value = this.#bus.load((a + imm) >>> 0, 2); break;
      case "sb": this.#bus.store((a + imm) >>> 0, 1, b & 0xff); break;
      case "sh": this.#bus.store((a + imm) >>> 0, 2, b & 0xffff); break;
      case "slti": value = Number(a < imm); break;
      case "sltui": value = Number(a >>> 0 < imm >>> 0); break;
      case "xori": value = a ^ imm; break;
      case "ori": value = a | imm; break;
      case "andi": value = a & imm; break;
      case "slli": value = a << imm; break;
      case "srli": value = a >>> imm; break;
      case "srai": value = a >> imm; break;
      case "sub": value = a - b; break;
      case "sll": value = a << b; break;
      case "slt": value = Number(a < b); break;
      case "sltu": value = Number(a >>> 0 < b >>> 0); break;
      case "xor": value = a ^ b; break;
      case "srl": value = a >>> b; break;
      case "sra": value = a >> b; break;
      case "or": value = a | b; break;
      case "and": value = a & b; break;
      case "mul": value = Math.imul(a, b); break;
      case "mulh": value = mulhu(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0); break;
      case "mulhsu": value = mulhu(a, b) - (a < 0 ? b : 0); break;
      case "mulhu": value = mulhu(a, b); break;
      case "div": value = b === 0 ? -1 : a / b; break;
      case "divu": value = b === 0 ? -1 : (a >>> 0) / (b >>> 0); break;
      case "rem": value = b === 0 ? a : a % b; break;
      case "remu": value = b === 0 ? a : (a >>> 0) % (b >>> 0); break;
      case "fence": break;
      case "wfi": this.asleep = true; break;
      case "mret": next = this.#return(); break;
      default: value = this.#control(it); // may fault
    }
    if (jumps) next = (pc + imm) >>> 0;
    if (value !== undefined && it.rd !== 0) x[it.rd] = value;
    this.pc = next;
  }

  #return(): number {
    const status = this.#get(mstatus);
    this.csr.set(mstatus, (status & ~enabled) | before | (status & before ? enabled : 0));
    return this.#get(mepc) >>> 0;
  }

  #control({ op, rs1, imm }: Decoded): number {
    const kind = op.startsWith("csr") ? Number(op[3]) : 0;
    if (kind === 0) throw new Fault("illegal instruction");
    const old = this.#get(imm);
    const given = kind > 4 ? rs1 : this.x[rs1];
    if ((kind & 3) === 1) this.csr.set(imm, given);
    else if (rs1 !== 0) this.csr.set(imm, (kind & 3) === 2 ? old | given : old & ~given);
    return old;
  }
}
