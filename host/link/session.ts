// A host's talk with a board: hello, models, streams, journal. Everything above the link uses this and nothing below it.
import type { Duplex } from "node:stream";
import { arrangedFor } from "../model/arrange.ts";
import { header, section } from "../spec/container.ts";
import { errors } from "../spec/errors.ts";
import type { Layout, Values } from "../spec/layout.ts";
import { events, modelStates, requests, wire } from "../spec/messages.ts";
import { UserError } from "../spec/user-error.ts";
import { type Carrier, duplexCarrier } from "./carrier.ts";
import { Connection, type Reply } from "./connection.ts";
import { partBytes } from "./frame.ts";
import { refusal } from "./refusal.ts";
import { readStatistics, SoundStream, type Statistics, type StreamOptions } from "./stream.ts";

/** What a board says of itself: the fields of hello's reply, names as strings. */
export type Hello = Omit<Values<typeof requests.hello.reply.fields>, "board" | "kernels" | "modelState"> & {
  board: string;
  kernels: string;
  modelState: ModelState;
};
export type ModelState = keyof typeof modelStates;
export type ModelStatus = Omit<Values<typeof requests.modelStatus.reply.fields>, "state" | "sha256"> & {
  state: ModelState;
  /** Hex; of what follows the file's header. */
  sha256: string;
};
export type Bench = Values<typeof requests.bench.reply.fields> & {
  /** For each op of the model: its code, its calls in a step, ticks of them all. */
  ops: { op: number; calls: number; ticks: number }[];
};
/** `last`: at most 16, the newest last; labels by number. */
export type Heard = { detections: number; last: { agoMs: number; label: number; score: number }[] };
export type { Statistics };
export type FlashOptions = {
  /** Codes of the ops that the model uses, so that a board that lacks one refuses before it erases anything. */
  ops?: readonly number[];
  onProgress?: (bytes: number, total: number) => void;
  signal?: AbortSignal;
};

/** Greets the board behind a link. UserError if it does not answer within four seconds, or speaks another protocol. */
export async function connect(link: Duplex | Carrier): Promise<Session> {
  const connection = new Connection("send" in link ? link : duplexCarrier(link));
  try {
    const hello = layoutBytes(requests.hello.payload, { protocol: wire.protocol });
    const reply = await connection.open(hello);
    if (reply.error !== 0) throw refusal("the board refuses the connection", reply.error);
    const fields = requests.hello.reply.read(reply.payload);
    if (fields.protocol !== wire.protocol) {
      throw new UserError(
        `the board speaks protocol ${fields.protocol}, engram ${wire.protocol}`,
        "update the firmware",
      );
    }
    connection.window = fields.window;
    return new Session(connection, helloOf(fields));
  } catch (error) {
    connection.close();
    throw error;
  }
}

export class Session {
  readonly hello: Hello;
  /** Takes what the board says to people. */
  onLog: (text: string) => void = () => {};
  readonly #connection: Connection;
  #stream: SoundStream | undefined;
  #refused: UserError | undefined;

  /** Use `connect`. */
  constructor(connection: Connection, hello: Hello) {
    this.#connection = connection;
    this.hello = hello;
    connection.onEvent = (type, payload) => {
      if (type === events.log.code) this.onLog(new TextDecoder().decode(payload));
      else this.#stream?.take(type, payload);
    };
    connection.onRefusal = (type, { error, detail }) => this.#refuse(type, error, detail);
    connection.onFailure = (error) => this.#stream?.fail(error);
  }

  /** The model that the board runs. */
  async status(): Promise<ModelStatus> {
    const { payload } = await this.#ask("modelStatus", "the board's model");
    const { state, sha256, ...fields } = requests.modelStatus.reply.read(payload);
    return { ...fields, state: stateName(state), sha256: Buffer.from(sha256).toString("hex") };
  }

  /**
   * Writes a model file into the board's free slot, its weights laid out for the board's kernels, and starts it; the model
   * before stays until this one has run well, and runs on if anything fails. UserError if the board refuses it.
   */
  async flashModel(file: Uint8Array, { ops = [], onProgress, signal }: FlashOptions = {}): Promise<void> {
    const model = arrangedFor(file, this.hello.kinds);
    const facts = header.bytes + section.bytes * sectionsOf(model);
    const bits = new Uint8Array(32);
    for (const code of ops) bits[code >> 3]! |= 1 << (code & 7);
    this.#refused = undefined;
    const begin = layoutBytes(requests.modelBegin.payload, { ops: bits }, model.subarray(0, facts));
    await this.#ask("modelBegin", "the board refuses the model", begin);
    const { payloadBytes, writeBytes } = this.hello;
    const part = partBytes(payloadBytes - requests.modelWrite.payload.bytes, writeBytes);
    for (let offset = 0; offset < model.length; offset += part) {
      signal?.throwIfAborted();
      const bytes = model.subarray(offset, offset + part);
      await this.#connection.post("modelWrite", layoutBytes(requests.modelWrite.payload, { offset }, bytes));
      if (this.#refused) throw this.#refused;
      onProgress?.(offset + bytes.length, model.length);
    }
    const commit = await this.#connection.request("modelCommit", new Uint8Array());
    if (this.#refused) throw this.#refused;
    this.#check(commit, "the board refuses the model");
  }

  /** The file of the running model, as it was flashed. */
  async readModel(onProgress?: (bytes: number, total: number) => void): Promise<Uint8Array> {
    const { length } = await this.status();
    if (length === 0) throw refusal("the board's model", errors.noModel[0]);
    const model = new Uint8Array(length);
    for (let offset = 0; offset < length; ) {
      const wanted = layoutBytes(requests.modelRead.payload, { offset, length: length - offset });
      const { payload } = await this.#ask("modelRead", "the board's model", wanted);
      if (payload.length === 0) throw refusal("the board's model", errors.truncated[0]);
      model.set(payload, offset);
      offset += payload.length;
      onProgress?.(offset, length);
    }
    return model;
  }

  /** Forgets all models of the board. */
  async eraseModels(): Promise<void> {
    await this.#ask("modelErase", "the board's models");
  }

  /** Opens a stream; one that was open ends. */
  async stream(options: StreamOptions): Promise<SoundStream> {
    this.#stream?.fail(new UserError("another stream has begun", "use one stream at a time"));
    const stream = new SoundStream(options, {
      post: (name, payload) => this.#connection.post(name, payload),
      ask: (name, payload) => this.#ask(name, "the stream", payload),
      counts: this.#connection.counts,
    });
    this.#stream = stream;
    await stream.open();
    return stream;
  }

  /** What board and host have counted. */
  async statistics(): Promise<Statistics> {
    const { payload } = await this.#ask("statistics", "the board's statistics");
    return readStatistics(payload, this.#connection.counts);
  }

  /** Writes an entry of the board's journal; an empty value forgets the key (0 … 65534). */
  async set(key: number, value: Uint8Array): Promise<void> {
    await this.#ask("set", `journal key ${key}`, layoutBytes(requests.set.payload, { key }, value));
  }

  /** Reads an entry of the journal. */
  async get(key: number): Promise<Uint8Array> {
    const { payload } = await this.#ask("get", `journal key ${key}`, layoutBytes(requests.get.payload, { key }));
    return payload;
  }

  /** What a board that listens by itself has detected since it started, the last of it in full. UserError if it has no sensor. */
  async heard(): Promise<Heard> {
    const { payload } = await this.#ask("heard", "what the board hears by itself");
    const { uptimeMs, detections } = requests.heard.reply.read(payload);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const last: Heard["last"] = [];
    for (let at = requests.heard.reply.bytes; at + 8 <= payload.length; at += 8)
      last.push({
        agoMs: (uptimeMs - view.getUint32(at, true)) >>> 0,
        label: view.getUint16(at + 4, true),
        score: view.getUint16(at + 6, true) / 32768,
      });
    return { detections, last };
  }

  /** Gives the model's states their initial values. */
  async reset(): Promise<void> {
    await this.#ask("reset", "the board's model");
  }

  /**
   * The bytes of the model's states, all or as many as wanted from an offset on, as they were between two steps. UserError if steps came
   * between the parts.
   */
  async saveStates(from = 0, wanted = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let first: number | undefined;
    for (let offset = from, bytes = from + 1; offset < Math.min(bytes, from + wanted); ) {
      const { payload } = await this.#ask("save", "the model's states", layoutBytes(requests.save.payload, { offset }));
      const head = requests.save.reply.read(payload);
      const part = payload.subarray(requests.save.reply.bytes);
      bytes = head.bytes;
      first ??= head.frames;
      if (head.frames !== first || (part.length === 0 && offset < bytes))
        throw new UserError("the model took steps while its states were read", "pause the stream, then save");
      parts.push(part);
      offset += part.length;
    }
    return Buffer.concat(parts).subarray(0, wanted);
  }

  /**
   * Replaces the states of the model; a stream that starts with `keep` goes on from them. UserError if the board has another
   * model or as long as a stream runs.
   * @param model hex SHA-256 of the model whose states they are
   */
  async restoreStates(states: Uint8Array, model: string): Promise<void> {
    const name = new Uint8Array(Buffer.from(model, "hex"));
    const part = partBytes(this.hello.payloadBytes - requests.restore.payload.bytes, 1);
    for (let offset = 0; offset < states.length; offset += part) {
      const bytes = states.subarray(offset, offset + part);
      await this.#ask("restore", "the model's states", layoutBytes(requests.restore.payload, { offset, name }, bytes));
    }
  }

  /** Measures the model, which starts anew after it. Ticks as the board counts them. */
  async bench(steps: number): Promise<Bench> {
    const { payload } = await this.#ask("bench", "the measurement", layoutBytes(requests.bench.payload, { steps }));
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const ops: Bench["ops"] = [];
    for (let at = requests.bench.reply.bytes; at < payload.length; at += 8) {
      const [op, calls, ticks] = [view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
      ops.push({ op, calls, ticks });
    }
    return { ...requests.bench.reply.read(payload), ops };
  }

  /** Restarts the board; the session is over then. */
  async reboot(): Promise<void> {
    await this.#ask("reboot", "the board");
    this.close();
  }

  /** Ends the session and closes the link. */
  close(): void {
    this.#stream?.fail(new Error("the session was closed"));
    this.#connection.close();
  }

  async #ask(name: keyof typeof requests, doing: string, payload: Uint8Array = new Uint8Array()): Promise<Reply> {
    const reply = await this.#connection.request(name, payload);
    this.#check(reply, doing);
    return reply;
  }

  #check({ error, detail }: Reply, doing: string): void {
    if (error !== 0) throw refusal(doing, error, detail);
  }

  // Model writes and stream messages are only answered when they fail.
  #refuse(type: number, error: number, detail: number): void {
    if (type === requests.modelWrite.code) this.#refused ??= refusal("the board refuses the model", error, detail);
    else this.#stream?.refuse(refusal("the board refuses the stream", error, detail));
  }
}

/** The fixed part of a payload, then `rest`. */
function layoutBytes<L extends Layout>(
  layout: L,
  values: Parameters<L["write"]>[2],
  rest: Uint8Array = new Uint8Array(),
): Uint8Array {
  const bytes = new Uint8Array(layout.bytes + rest.length);
  layout.write(bytes, 0, values as never);
  bytes.set(rest, layout.bytes);
  return bytes;
}

/** Entries of a model file's section table, as far as they are there. */
function sectionsOf(model: Uint8Array): number {
  if (model.length < header.bytes) throw refusal("the model", errors.truncated[0]);
  const { sections, length } = header.read(model);
  if (length > model.length) throw refusal("the model", errors.truncated[0]);
  return Math.min(sections, Math.floor((model.length - header.bytes) / section.bytes), 16);
}

const stateName = (code: number): ModelState =>
  (Object.keys(modelStates) as ModelState[]).find((name) => modelStates[name] === code) ?? "none";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, (bytes.indexOf(0) + 17) % 17));

function helloOf({ board, kernels, modelState, ...fields }: Values<typeof requests.hello.reply.fields>): Hello {
  return { ...fields, board: text(board), kernels: text(kernels), modelState: stateName(modelState) };
}
