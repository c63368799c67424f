// Commands of the boot ROM of ESP chips, without a stub in RAM. Facts: "Serial Protocol" in Espressif's documentation of esptool
// (docs.espressif.com/projects/esptool, advanced topics). Only blocks of data have a checksum, replies have none: so what has no
// other proof is asked twice, and every command is tried again when its answer does not come or is not one.
import { type Line, unplugged } from "./line.ts";
import { end, SlipFinder, slip } from "./slip.ts";

const op = {
  flashBegin: 0x02,
  flashData: 0x03,
  sync: 0x08,
  writeRegister: 0x09,
  readRegister: 0x0a,
  setFlash: 0x0b,
  attachFlash: 0x0d,
  setBaudRate: 0x0f,
  md5: 0x13,
  securityInfo: 0x14,
} as const;

const answerMs = 500;
/** Of a command: a ROM for which the END before a repetition opens a packet misses every other one. */
const tries = 5;
const [headBytes, statusBytes] = [8, [2, 4]];

/** No answer that makes sense has come, or the ROM has refused: to be tried again, until it is told. */
export class LineFault extends Error {
  /** The ROM's code where it has refused. */
  readonly refusal: number | undefined;
  constructor(what: string, refusal?: number) {
    super(what);
    this.refusal = refusal;
  }
}

type Answer = { value: number; data: Uint8Array; status: number; error: number };
type Question = { checksum?: number; answerBytes?: number; waitMs?: number; tries?: number };

export class BootRom {
  readonly #line: Line;
  readonly #pace: number;
  readonly #finder: SlipFinder;
  #take: (packet: Uint8Array) => void = () => {};
  #lost: (() => void) | undefined;
  /** The line has ended. */
  gone = false;
  /** What has been heard since the last command: a program that runs instead of the boot ROM says something, too. */
  heard = 0;

  /** @param pace of all waiting: 1 for real boards */
  constructor(line: Line, pace = 1) {
    this.#line = line;
    this.#pace = pace;
    this.#finder = new SlipFinder((packet) => this.#take(packet));
    line.duplex.on("data", (bytes: Uint8Array) => {
      this.heard += bytes.length;
      this.#finder.take(bytes);
    });
    const lose = (): void => {
      this.gone = true;
      this.#lost?.();
    };
    line.duplex.once("close", lose).once("end", lose).on("error", lose);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms * this.#pace));
  }

  /** @param attempts how often it is asked before that is a fault */
  async sync(attempts: number): Promise<void> {
    const word = Uint8Array.from([0x07, 0x07, 0x12, 0x20, ...new Array(32).fill(0x55)]);
    await this.#ask(op.sync, word, { waitMs: 100, tries: attempts });
  }

  /** A register's value, that two answers in a row agree on. */
  readRegister(address: number): Promise<number> {
    return agreed(async () => (await this.#ask(op.readRegister, words(address))).value);
  }

  async writeRegister(address: number, value: number): Promise<void> {
    await this.#ask(op.writeRegister, words(address, value, 0xffffffff, 0));
  }

  /** The id of chips that have this command; others refuse. */
  chipId(): Promise<number> {
    return agreed(async () => {
      const { data } = await this.#ask(op.securityInfo, new Uint8Array(), { answerBytes: 20 });
      return new DataView(data.buffer, data.byteOffset).getUint32(12, true);
    });
  }

  /** Connects the flash, on the chip's default pins, and says how large it is. */
  async attachFlash(flashBytes: number): Promise<void> {
    await this.#ask(op.attachFlash, words(0, 0));
    const [id, block, sector, page, statusMask] = [0, 0x10000, 0x1000, 0x100, 0xffff];
    await this.#ask(op.setFlash, words(id, flashBytes, block, sector, page, statusMask));
  }

  async setBaudRate(rate: number): Promise<void> {
    await this.#ask(op.setBaudRate, words(rate, 0), { tries: 1 });
  }

  /** Erases, and says where the blocks belong that follow. */
  async flashBegin(address: number, bytes: number, blockBytes: number, encrypts: boolean): Promise<void> {
    const body = words(bytes, Math.ceil(bytes / blockBytes), blockBytes, address, ...(encrypts ? [0] : []));
    const eraseMs = 3000 + bytes / 32; // 30 s a megabyte, as esptool waits
    await this.#ask(op.flashBegin, body, { waitMs: eraseMs });
  }

  /** Not tried again here: what the ROM makes of a block that comes twice is not documented. */
  async flashData(block: Uint8Array, number: number): Promise<void> {
    const body = new Uint8Array(16 + block.length);
    body.set(words(block.length, number, 0, 0));
    body.set(block, 16);
    const checksum = block.reduce((sum, byte) => sum ^ byte, 0xef);
    await this.#ask(op.flashData, body, { checksum, waitMs: 3000, tries: 1 });
  }

  /** MD5 of what stands in flash, in hexadecimal. */
  async md5(address: number, bytes: number): Promise<string> {
    const waitMs = 1000 + bytes / 125; // 8 s a megabyte, as esptool waits
    const { data } = await this.#ask(op.md5, words(address, bytes, 0, 0), { answerBytes: 32, waitMs });
    return Buffer.from(data.subarray(0, 32)).toString("latin1");
  }

  async #ask(code: number, body: Uint8Array, question: Question = {}): Promise<Answer> {
    const { checksum = 0, answerBytes = 0, waitMs = answerMs } = question;
    const request = new Uint8Array(headBytes + body.length);
    const view = new DataView(request.buffer);
    view.setUint8(1, code);
    view.setUint16(2, body.length, true);
    view.setUint32(4, checksum, true);
    request.set(body, headBytes);
    let answer: Answer | undefined;
    for (let attempt = 0; attempt < (question.tries ?? tries); attempt++) {
      this.#finder.reset();
      this.heard = 0;
      if (attempt > 0) this.#line.duplex.write(Uint8Array.of(end)); // ends what the ROM may still take for a packet
      const heard = this.#answer(code, answerBytes, waitMs);
      this.#line.duplex.write(slip(request));
      answer = await heard;
      if (answer?.status === 0) return answer;
    }
    if (!answer) throw new LineFault(`no answer to command 0x${code.toString(16)}`);
    throw new LineFault(`command 0x${code.toString(16)} is refused with ${answer.error}`, answer.error);
  }

  /** The next packet that can be the answer; undefined if none comes. */
  async #answer(code: number, answerBytes: number, waitMs: number): Promise<Answer | undefined> {
    const answer = await new Promise<Answer | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), waitMs * this.#pace);
      const finish = (found?: Answer): void => {
        clearTimeout(timer);
        resolve(found);
      };
      this.#lost = () => finish();
      if (this.gone) finish();
      this.#take = (packet) => {
        const found = answerIn(packet, code, answerBytes);
        if (found) finish(found);
      };
    });
    this.#take = () => {};
    this.#lost = undefined;
    if (this.gone) throw unplugged(this.#line, "while the chip was asked");
    return answer;
  }
}

function answerIn(packet: Uint8Array, code: number, answerBytes: number): Answer | undefined {
  if (packet.length < headBytes || packet[0] !== 1 || packet[1] !== code) return undefined;
  const view = new DataView(packet.buffer);
  const data = packet.subarray(headBytes);
  if (view.getUint16(2, true) !== data.length) return undefined;
  const value = view.getUint32(4, true);
  const isRefusal = statusBytes.includes(data.length) && data[0] !== 0;
  if (!isRefusal && !statusBytes.includes(data.length - answerBytes)) return undefined;
  const at = isRefusal ? 0 : answerBytes;
  return { value, data, status: data[at], error: data[at + 1] };
}

/** What two readings in a row say. */
export async function agreed<Value>(read: () => Promise<Value>): Promise<Value> {
  let before = await read();
  for (let i = 0; i < tries; i++) {
    const now = await read();
    if (now === before) return now;
    before = now;
  }
  throw new LineFault("the answers differ each time");
}

const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
