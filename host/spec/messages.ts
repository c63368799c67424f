// The wire: frames in one user SysEx of Firmata, and what they may carry. The C header, the tables in docs/wire.md and both
// ends read these tables. Codes are part of the wire: append, never renumber.
import { type Layout, layout } from "./layout.ts";

export const wire = {
  /** The SysEx command that carries a frame, packed seven bits a byte. */
  sysex: 0x0e,
  /** Version of everything in this file; hello refuses another. */
  protocol: 1,
  /** A reply has its request's code with this bit set. */
  reply: 0x80,
  /** A side resends what is not acknowledged after this time, the next time after twice as long. */
  resendMs: 250,
  /** A board ends a stream and forgets a host from which nothing came for this time; a host sends at least twice in it. */
  hostSilentMs: 10_000,
} as const;

/** What opens a frame. After it the payload, then a CRC-32 (polynomial 0xEDB88320) of header and payload. */
export const frame = layout([
  ["connection", "u8", "1 … 255, drawn by the host when it connects; frames of another connection are dropped"],
  [
    "sequence",
    "u8",
    "counts the frames of this direction from 0 (hello), modulo 256; acknowledge and resend do not count",
  ],
  ["acknowledge", "u8", "the sequence that this side wants next: all before it have been handled"],
  ["type", "u8", "code of the message"],
  ["length", "u16", "bytes of the payload; a receiver without room for them stores none"],
]);
/** Bytes that a frame has besides its payload. */
export const frameOverhead = frame.bytes + 4;

/** What opens the payload of every reply. */
export const replyHead = layout([
  ["sequence", "u8", "sequence of the request that this answers"],
  ["reserved", "u8", "0"],
  ["error", "u16", "code of host/spec/errors.ts; if it is not 0 nothing follows"],
  ["detail", "u32", "what the error is about: bytes wanted, number of an op, an offset"],
]);

export const sources = { pcm16: 0, pcm8: 1, frames: 2, sensor: 3 } as const;
export const wants = { detections: 1, levels: 2, logits: 4 } as const;
export const modelStates = { none: 0, trying: 1, confirmed: 2, linkOnly: 3 } as const;
export const endings = { stopped: 0, reset: 1, hostVanished: 2, trapped: 3, replaced: 4 } as const;

const nothing = layout([]);

const statistics = layout([
  ["uptimeMs", "u32", "milliseconds since the board started, modulo 2^32"],
  ["frames", "u32", "steps of the running or last stream"],
  ["samples", "u32", "samples of the running or last stream, modulo 2^32"],
  ["ticks", "u32", "ticks that these steps took, front end included: the lower 32 bits"],
  ["ticksMost", "u32", "of the slowest step"],
  ["ticksPerSecond", "u32", "unit of the two"],
  ["heapBytes", "u32", "heap that wasm3 holds now"],
  ["heapMost", "u32", "the most that it has held since the model was loaded"],
  ["stackMost", "u32", "the most that the C stack has held since the board started, 0 if unknown"],
  ["lost", "u32", "bytes that the receiver lost since the board started, because nobody took them in time"],
  ["resent", "u32", "frames that the board sent again, since it started"],
  ["damaged", "u32", "frames that came with a wrong checksum or length"],
  ["doubled", "u32", "frames that came twice and were dropped"],
  ["missed", "u32", "frames that came out of order and were dropped"],
  ["overruns", "u32", "frames dropped because the board had no room for their answers"],
  ["ticksHigh", "u32", "the upper 32 bits of ticks"],
]);

type Message = {
  code: number;
  /** Fixed part of the payload. */
  payload: Layout;
  /** What follows the fixed part, if anything may. */
  rest?: string;
  /** For a request that is answered: what follows the head of its reply. Others are answered only if they fail. */
  reply?: Layout;
  replyRest?: string;
  meaning: string;
};

/** From host to board. */
export const requests = {
  hello: {
    code: 0x10,
    payload: layout([["protocol", "u16", "version that the host speaks"]]),
    reply: layout([
      ["protocol", "u16", "version that the board speaks"],
      ["ops", "u16", "ops that the board knows: codes below this"],
      ["payloadBytes", "u16", "largest payload that the board takes"],
      ["window", "u16", "frames that the host may have in flight"],
      ["slots", "u16", "model slots"],
      ["writeBytes", "u16", "model writes begin at multiples of this and have such lengths, but for the last"],
      ["slotBytes", "u32", "largest model file"],
      ["ramBytes", "u32", "RAM that the board gives a model"],
      ["heapBytes", "u32", "heap that wasm3 holds now"],
      ["uptimeMs", "u32", "milliseconds since the board started"],
      ["lastFault", "u16", "error code of the last trap or refused model since the board started, 0 if none"],
      ["modelState", "u8", "modelStates: 0 none, 1 trying, 2 confirmed, 3 link only after three resets"],
      ["forgets", "u8", "1: models are kept in RAM and gone when the power is"],
      ["board", "bytes16", "name of the board, padded with zeros"],
      ["kernels", "bytes16", "name of the kernel set, padded with zeros"],
      ["kinds", "u32", "a bit for each kind of matrix that the kernel set reads"],
      ["stackBytes", "u32", "what the C stack may hold, 0 if unknown"],
    ]),
    meaning: "opens a connection: both sides count from 0, an older connection's stream ends",
  },
  modelBegin: {
    code: 0x20,
    payload: layout([["ops", "bytes32", "a bit for each op code that the model uses, lowest first"]]),
    rest: "the model file's header and section table",
    reply: nothing,
    meaning: "opens an update; a model that cannot run here is refused before anything is erased",
  },
  modelWrite: {
    code: 0x21,
    payload: layout([["offset", "u32", "in the model file, where the last write ended"]]),
    rest: "bytes of the model file",
    meaning: "the next part of the model file",
  },
  modelCommit: {
    code: 0x22,
    payload: nothing,
    reply: nothing,
    meaning:
      "checks what was written, starts it, and makes it the board's model; the old one stays until its first good steps",
  },
  modelStatus: {
    code: 0x23,
    payload: nothing,
    reply: layout([
      ["state", "u8", "modelStates"],
      ["slot", "u8", "slot of the running model"],
      ["sections", "u16", "entries of its section table"],
      ["number", "u32", "counts the board's commits"],
      ["length", "u32", "bytes of the model file"],
      ["ramBytes", "u32", "RAM that the model uses, as its header says"],
      ["heapBytes", "u32", "heap that wasm3 holds now"],
      ["inputs", "u16", "values of a feature frame"],
      ["outputs", "u16", "logits"],
      ["sha256", "bytes32", "the model's name, from its header"],
    ]),
    meaning: "the model that the board runs",
  },
  modelRead: {
    code: 0x24,
    payload: layout([
      ["offset", "u32", "in the model file"],
      ["length", "u32", "bytes wanted; at most what a frame holds"],
    ]),
    reply: nothing,
    replyRest: "bytes of the model file",
    meaning: "reads the running model back, for its labels and its description",
  },
  modelErase: { code: 0x25, payload: nothing, reply: nothing, meaning: "forgets all models" },
  streamStart: {
    code: 0x30,
    payload: layout([
      [
        "source",
        "u8",
        "sources: 0 PCM of 16 bits, 1 PCM of 8 bits (µ-law), 2 feature frames, 3 the board's own sensor",
      ],
      ["wants", "u8", "sum of wants: 1 detections, 2 levels, 4 logits of every step"],
      ["keep", "u8", "1: go on with the states as they are; 0: start from initial ones"],
      ["reserved", "u8", "0"],
    ]),
    reply: layout([
      ["sampleRate", "u32", "samples a second that the model expects, 0 if it has no front end"],
      ["hop", "u16", "samples a step"],
      ["inputs", "u16", "values of a feature frame"],
      ["outputs", "u16", "logits"],
      ["payloadBytes", "u16", "largest payload of a stream message"],
    ]),
    meaning:
      "opens a stream; the one that runs, if any, ends. Of its own sensor a board streams without samples from the host, and with keep goes on where it was",
  },
  streamPcm: {
    code: 0x31,
    payload: nothing,
    rest: "samples",
    meaning: "the next samples, as many as payloadBytes allows; none: as with streamFrame",
  },
  streamFrame: {
    code: 0x32,
    payload: nothing,
    rest: "int16 values of whole feature frames",
    meaning: "the next frames; none, of a model that reads windows: no more will come, so the next result that waits",
  },
  streamStop: { code: 0x33, payload: nothing, reply: statistics, meaning: "ends the stream after what came before" },
  set: {
    code: 0x40,
    payload: layout([["key", "u16", "0 … 65534"]]),
    rest: "value; empty: forgets the key",
    reply: nothing,
    meaning: "writes an entry of the journal",
  },
  get: {
    code: 0x41,
    payload: layout([["key", "u16", ""]]),
    reply: nothing,
    replyRest: "value",
    meaning: "reads an entry of the journal",
  },
  reset: {
    code: 0x42,
    payload: nothing,
    reply: nothing,
    meaning: "gives all states of the model their initial values",
  },
  save: {
    code: 0x45,
    payload: layout([["offset", "u32", "in the states of the model"]]),
    reply: layout([
      ["bytes", "u32", "bytes of all states"],
      ["frames", "u32", "steps of the running or last stream: changes if one came between two saves"],
    ]),
    replyRest: "bytes of the states from offset on, as many as a frame holds",
    meaning: "reads the model's states",
  },
  restore: {
    code: 0x46,
    payload: layout([
      ["offset", "u32", "in the states of the model, where the last restore ended; 0 begins"],
      ["name", "bytes32", "SHA-256 that names the model whose states they are"],
    ]),
    rest: "bytes of the states",
    reply: nothing,
    meaning: "replaces the model's states; not while a stream runs. A stream that starts with keep goes on from them",
  },
  bench: {
    code: 0x47,
    payload: layout([["steps", "u32", "steps to take on pseudo-random input, 1 … 1000"]]),
    reply: layout([
      ["ticks", "u32", "ticks of the quickest step"],
      ["ticksMost", "u32", "of the slowest"],
      ["ticksPerSecond", "u32", "unit of all ticks"],
      ["frontEndTicks", "u32", "ticks of the quickest frame of noise, 0 without a front end"],
    ]),
    replyRest:
      "for each op that the model calls: op code u16, calls in a step u16, ticks of all of them u32, checks included",
    meaning: "measures the model, which starts anew after it; not while a stream runs",
  },
  heard: {
    code: 0x48,
    payload: nothing,
    reply: layout([
      ["detections", "u32", "how many the board has made of its own sensor since it started, modulo 2^32"],
      ["uptimeMs", "u32", "milliseconds since the board started, modulo 2^32"],
    ]),
    replyRest: "the last of them, at most 16, the newest last: uptimeMs u32, label u16, score u16 (Q0.15) each",
    meaning: "what a board that listens by itself has detected, also while no host was there",
  },
  reboot: { code: 0x43, payload: nothing, reply: nothing, meaning: "restarts the board after answering" },
  statistics: { code: 0x44, payload: nothing, reply: statistics, meaning: "what the board has counted" },
} as const satisfies Record<string, Message>;

/** From board to host, unasked. */
export const events = {
  detection: {
    code: 0x60,
    payload: layout([
      ["frame", "u32", "step in which the label was detected, counted from 0"],
      [
        "sample",
        "u32",
        "samples of the stream when it was decided, modulo 2^32: up to the end of that step's window; more where the model reads windows of steps",
      ],
      ["label", "u16", "number of the label"],
      ["score", "u16", "probability, Q0.15"],
    ]),
    meaning: "a label was detected",
  },
  level: {
    code: 0x61,
    payload: layout([
      ["frame", "u32", "step"],
      ["peak", "u16", "greatest |sample| of the hop"],
      ["rms", "u16", "root of the mean square of the hop's samples"],
    ]),
    meaning: "how loud the last hop was",
  },
  logits: {
    code: 0x62,
    payload: layout([["frame", "u32", "step"]]),
    rest: "int16 logits",
    meaning: "what a step gave",
  },
  trap: {
    code: 0x63,
    payload: layout([
      ["frame", "u32", "step"],
      ["error", "u16", "error code"],
      ["reverted", "u16", "1: the model was dropped for the old one"],
    ]),
    meaning: "a step failed; the stream has ended",
  },
  ended: {
    code: 0x64,
    payload: layout([
      ["reason", "u32", "endings: 1 SYSTEM_RESET, 2 silence of the host, 3 trap, 4 a new stream or model"],
    ]),
    meaning: "the stream has ended without streamStop",
  },
  log: { code: 0x65, payload: nothing, rest: "text in UTF-8", meaning: "something that a person may want to know" },
} as const satisfies Record<string, Message>;

/** Frames of either direction that carry no message; they are not counted in the sequence. */
export const control = {
  acknowledge: {
    code: 0x00,
    payload: nothing,
    meaning: "only the header's acknowledge; also says that this side lives",
  },
  resend: { code: 0x01, payload: nothing, meaning: "send again everything from acknowledge on" },
} as const satisfies Record<string, Message>;

export type RequestName = keyof typeof requests;
export type EventName = keyof typeof events;
