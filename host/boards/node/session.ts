// A board inside Node: the messages of firmware/core/session.c and update.c, answered over the engine in V8.
import { performance } from "node:perf_hooks";
import { crc32 } from "../../link/frame.ts";
import { IntegerModel } from "../../runtime/integer-model.ts";
import { isLearned, unpackLearned } from "../../runtime/learned.ts";
import { formatVersion, header, kinds, magic, section } from "../../spec/container.ts";
import { type ErrorName, errors } from "../../spec/errors.ts";
import type { Layout } from "../../spec/layout.ts";
import { endings, events, modelStates, requests, wire } from "../../spec/messages.ts";
import { ops } from "../../spec/ops.ts";
import { store as storeFacts } from "../../spec/store.ts";
import { NodeStream } from "./listener.ts";
import type { NodeStore } from "./store.ts";
import { NodeWire, type Request } from "./wire.ts";

const payloadBytes = 4096;
const slotBytes = 1 << 20;
const ramBytes = 1 << 20;
const opCount = Math.max(...Object.values(ops).map(({ code }) => code)) + 1;

type Answer = { error?: ErrorName; detail?: number; payload?: Uint8Array } | undefined;

export class NodeSession {
  readonly wire: NodeWire;
  readonly #store: NodeStore;
  readonly #started = performance.now();
  #model: IntegerModel | undefined;
  #stream: NodeStream | undefined;
  #open = false;
  #update: { file: Uint8Array; written: number } | undefined;
  #number = 0;
  #restored = 0;
  #lastFault: ErrorName = "ok";

  constructor(store: NodeStore) {
    this.#store = store;
    this.wire = new NodeWire((request) => this.#handle(request));
    const file = store.model;
    if (file) this.#load(file);
  }

  readonly #answers: Record<number, (payload: Uint8Array) => Answer> = {
    [requests.hello.code]: () => this.#hello(),
    [requests.modelBegin.code]: (payload) => this.#begin(payload),
    [requests.modelWrite.code]: (payload) => this.#write(payload),
    [requests.modelCommit.code]: () => this.#commit(),
    [requests.modelStatus.code]: () => this.#status(),
    [requests.modelRead.code]: (payload) => this.#read(payload),
    [requests.modelErase.code]: () => this.#erase(),
    [requests.streamStart.code]: (payload) => this.#start(payload),
    [requests.streamPcm.code]: (payload) => this.#take(payload, false),
    [requests.streamFrame.code]: (payload) => this.#take(payload, true),
    [requests.streamStop.code]: () => this.#stop(),
    [requests.set.code]: (payload) => this.#set(payload),
    [requests.get.code]: (payload) => this.#get(payload),
    [requests.reset.code]: () => this.#reset(),
    [requests.save.code]: (payload) => this.#save(payload),
    [requests.restore.code]: (payload) => this.#restore(payload),
    [requests.statistics.code]: () => ({ payload: this.#statistics() }),
  };

  #handle(request: Request): void {
    const answer = this.#answers[request.type] ?? (() => ({ error: "unknownMessage" }) as const);
    const fixed = Object.values(requests).find(({ code }) => code === request.type)?.payload.bytes ?? 0;
    const result: Answer = request.payload.length < fixed ? { error: "payload" } : answer(request.payload);
    if (!result) return;
    const { error = "ok", detail, payload } = result;
    this.wire.reply(request, errors[error][0], detail, payload);
  }

  #hello(): Answer {
    this.#open = false;
    const payload = filled(requests.hello.reply, {
      protocol: wire.protocol,
      ops: opCount,
      payloadBytes,
      window: 16,
      slots: 1,
      writeBytes: 1,
      slotBytes,
      ramBytes,
      heapBytes: 0,
      uptimeMs: performance.now() - this.#started,
      lastFault: errors[this.#lastFault][0],
      modelState: this.#model ? modelStates.confirmed : modelStates.none,
      forgets: 0,
      board: padded("node"),
      kernels: padded("v8"),
      kinds: 1 << kinds.int8[0],
      stackBytes: 0,
    });
    return { payload };
  }

  #begin(payload: Uint8Array): Answer {
    if (this.#open) return { error: "busy" };
    this.#update = undefined;
    const facts = payload.subarray(requests.modelBegin.payload.bytes);
    if (facts.length < header.bytes) return { error: "payload" };
    const head = header.read(facts);
    if (head.magic !== magic) return { error: "magic" };
    if (head.version !== formatVersion) return { error: "version" };
    if (head.crc !== crc32(facts.subarray(0, header.offset("crc")))) return { error: "checksum" };
    if (head.length > slotBytes) return { error: "space", detail: slotBytes };
    if (head.ramBytes > ramBytes) return { error: "memory", detail: ramBytes };
    if (facts.length !== header.bytes + head.sections * section.bytes) return { error: "section" };
    const bits = requests.modelBegin.payload.read(payload).ops;
    for (let op = opCount; op < 256; op++) {
      if ((bits[op >> 3]! >> (op & 7)) & 1) return { error: "unknownOp", detail: op };
    }
    this.#update = { file: new Uint8Array(head.length), written: 0 };
    return {};
  }

  #write(payload: Uint8Array): Answer {
    if (!this.#update) return { error: "noUpdate" };
    const { offset } = requests.modelWrite.payload.read(payload);
    const bytes = payload.subarray(requests.modelWrite.payload.bytes);
    if (offset !== this.#update.written || bytes.length > this.#update.file.length - offset) {
      this.#update = undefined;
      return { error: "payload" };
    }
    this.#update.file.set(bytes, offset);
    this.#update.written += bytes.length;
    return undefined;
  }

  #commit(): Answer {
    if (this.#open) return { error: "busy" };
    if (!this.#update) return { error: "noUpdate" };
    if (this.#update.written < this.#update.file.length) return { error: "truncated" };
    const { file } = this.#update;
    if (!this.#load(file)) return { error: this.#lastFault };
    try {
      this.#store.model = file;
    } catch (error) {
      this.#log((error as Error).message);
      const old = this.#store.model;
      this.#model = undefined;
      if (old) this.#load(old);
      return { error: "flash" };
    }
    this.#update = undefined;
    this.#number++;
    return {};
  }

  // The model that runs is replaced only by one that passes every check.
  #load(file: Uint8Array): boolean {
    try {
      this.#model = new IntegerModel(file);
      this.#learnedBegin(this.#model);
      return true;
    } catch (error) {
      this.#log((error as Error).message);
      this.#lastFault = /SHA-256/.test((error as Error).message) ? "checksum" : "record";
      return false;
    }
  }

  #status(): Answer {
    const model = this.#model?.model;
    const payload = filled(requests.modelStatus.reply, {
      state: model ? modelStates.confirmed : modelStates.none,
      slot: model ? 0 : 255,
      sections: model?.header.sections ?? 0,
      number: this.#number,
      length: model?.file.length ?? 0,
      ramBytes: model?.header.ramBytes ?? 0,
      heapBytes: 0,
      inputs: this.#model?.inputs ?? 0,
      outputs: this.#model?.outputs ?? 0,
      sha256: model?.header.sha256 ?? new Uint8Array(32),
    });
    return { payload };
  }

  #read(payload: Uint8Array): Answer {
    if (!this.#model) return { error: "noModel" };
    const { offset, length } = requests.modelRead.payload.read(payload);
    return { payload: this.#model.model.file.slice(offset, offset + Math.min(length, payloadBytes)) };
  }

  #erase(): Answer {
    if (this.#open) return { error: "busy" };
    this.#model = undefined;
    this.#store.model = undefined;
    return {};
  }

  #start(payload: Uint8Array): Answer {
    if (this.#open) this.wire.send(events.ended.code, filled(events.ended.payload, { reason: endings.replaced }));
    this.#open = false;
    if (!this.#model) return { error: "noModel" };
    const options = requests.streamStart.payload.read(payload);
    const stream = new NodeStream(this.#model, options, (type, bytes) => this.wire.send(type, bytes));
    if (!stream.possible) return { error: "section" };
    if (options.keep === 0) this.#learnedBegin(this.#model);
    this.#stream = stream;
    this.#open = true;
    const { sampleRate, hop } = stream;
    const { inputs, outputs } = this.#model;
    return { payload: filled(requests.streamStart.reply, { sampleRate, hop, inputs, outputs, payloadBytes }) };
  }

  #take(payload: Uint8Array, frames: boolean): Answer {
    if (!this.#open) return { error: "noStream" };
    const stream = this.#stream!;
    const fits = frames === (stream.source === 2) && payload.length <= payloadBytes;
    return fits && stream.take(payload) ? undefined : { error: "payload" };
  }

  #stop(): Answer {
    if (!this.#open) return { error: "noStream" };
    this.#open = false;
    return { payload: this.#statistics() };
  }

  #set(payload: Uint8Array): Answer {
    const value = payload.slice(requests.set.payload.bytes);
    if (value.length > storeFacts.valueBytes) return { error: "payload" };
    const { key } = requests.set.payload.read(payload);
    if (isLearned(key) && this.#open) return { error: "busy" };
    this.#store.set(key, value);
    if (isLearned(key) && this.#model) this.#learnedBegin(this.#model);
    return {};
  }

  #get(payload: Uint8Array): Answer {
    const { key } = requests.get.payload.read(payload);
    const value = this.#store.get(key);
    return value ? { payload: value } : { error: "notFound", detail: key };
  }

  #reset(): Answer {
    if (this.#model) this.#learnedBegin(this.#model);
    return this.#model ? {} : { error: "noModel" };
  }

  // The model's states begin anew, with what it has learned on this board.
  #learnedBegin(model: IntegerModel): void {
    model.reset();
    for (let number = 0; number < storeFacts.learnedMost; number++) {
      const value = this.#store.get(storeFacts.learned + number);
      if (!value) return;
      const frame = model.latency === 0 ? unpackLearned(model.model.sha256, model.inputs, value) : undefined;
      if (frame) model.step(frame);
    }
  }

  #save(payload: Uint8Array): Answer {
    if (!this.#model) return { error: "noModel" };
    const { states } = this.#model;
    const { offset } = requests.save.payload.read(payload);
    const part = states.subarray(offset, offset + payloadBytes);
    const head = filled(requests.save.reply, { bytes: states.length, frames: this.#stream?.frames ?? 0 });
    return { payload: Buffer.concat([head, part]) };
  }

  #restore(payload: Uint8Array): Answer {
    if (!this.#model) return { error: "noModel" };
    if (this.#open) return { error: "busy" };
    const { offset, name } = requests.restore.payload.read(payload);
    if (!Buffer.from(name).equals(this.#model.model.header.sha256)) return { error: "otherModel" };
    const bytes = payload.subarray(requests.restore.payload.bytes);
    if (offset === 0) this.#restored = 0;
    const { states } = this.#model;
    if (offset !== this.#restored || bytes.length > states.length - offset)
      return { error: "payload", detail: this.#restored };
    states.set(bytes, offset);
    this.#restored += bytes.length;
    return {};
  }

  #statistics(): Uint8Array {
    const ticksPerSecond = 10_000_000;
    const ticks = (ms: number): number => (ms / 1000) * ticksPerSecond;
    return filled(requests.statistics.reply, {
      uptimeMs: performance.now() - this.#started,
      frames: this.#stream?.frames ?? 0,
      samples: this.#stream?.samples ?? 0,
      ticks: ticks(this.#stream?.busyMs ?? 0),
      ticksHigh: ticks(this.#stream?.busyMs ?? 0) / 2 ** 32,
      ticksMost: ticks(this.#stream?.mostMs ?? 0),
      ticksPerSecond,
      heapBytes: 0,
      heapMost: 0,
      stackMost: 0,
      lost: 0,
      resent: 0,
      damaged: this.wire.damaged.frames,
      doubled: 0,
      missed: 0,
      overruns: 0,
    });
  }

  #log(text: string): void {
    this.wire?.send(events.log.code, new TextEncoder().encode(text));
  }
}

function filled<L extends Layout>(layout: L, values: Parameters<L["write"]>[2]): Uint8Array {
  const bytes = new Uint8Array(layout.bytes);
  layout.write(bytes, 0, values as never);
  return bytes;
}

function padded(name: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(name));
  return bytes;
}
