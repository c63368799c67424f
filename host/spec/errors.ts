// Error codes that the firmware returns and a board sends: the C enum, the wire and the host's sentences come from this table.
// Codes are part of the wire: append, never renumber.

/** Name → [code, what it means, what to do]. Zero is success. */
export const errors = {
  ok: [0, "no error", ""],
  // The model file and its modules (firmware/core/check.c).
  truncated: [1, "the model file ends early", "send the file again; `engram inspect FILE` shows whether it is whole"],
  magic: [2, "this is no engram model file", "give a file that `engram quantize` wrote"],
  version: [3, "the model file has another format version", "quantize the model again with this version of engram"],
  checksum: [4, "the model file is damaged: its checksum does not match", "send the file again"],
  section: [5, "a section of the model file is missing, doubled, misplaced or unknown", "quantize the model again"],
  layer: [6, "a layer of the model file is out of bounds", "quantize the model again"],
  record: [7, "a record of the model file is out of bounds", "quantize the model again"],
  module: [8, "a module leaves the permitted subset of WebAssembly", "compile the cell with `engram` itself"],
  unknownOp: [9, "the model uses an op that this board lacks", "update the firmware, or use another cell"],
  memory: [10, "the model needs more RAM than the board has", "use fewer units or bands"],
  limit: [11, "the model is beyond a limit of this board", "use fewer layers or a smaller cell"],
  // Running a model (firmware/core/engine.c).
  noModel: [12, "the board has no model", "flash one with `engram flash FILE` and the same --board, --port or --flash"],
  trapHandle: [13, "a step passed a wrong handle", "report this with the model file"],
  trapFormat: [14, "a step met a number format that its op cannot take", "report this with the model file"],
  trapStack: [15, "a step ran out of stack", "report this with the model file"],
  trapResult: [16, "a step returned a handle that its layer does not name", "report this with the model file"],
  trapOther: [17, "a step stopped in the interpreter", "report this with the model file"],
  input: [18, "the input has another length than the model wants", "send frames of the model's size"],
  // The link (firmware/core/wire.c, session.c).
  unknownMessage: [19, "the board does not know this message", "update the firmware"],
  payload: [20, "a message has a payload of the wrong length", "update the host"],
  tooLong: [21, "a message is longer than the board's buffer", "send smaller messages"],
  sequence: [22, "messages arrived out of order", "the host sends them again"],
  busy: [23, "the board is busy with something that excludes this", "end the stream or the update first"],
  // The store (firmware/core/store.c).
  space: [24, "the model is larger than the board's slot", "use fewer units"],
  flash: [25, "flash reads back wrong", "the old model still runs; the flash may be worn out"],
  noUpdate: [26, "no update has begun", "begin one first"],
  notFound: [27, "no such entry", "check the key"],
  noStream: [28, "no stream is open", "start one first"],
  layout: [29, "the board's kernels do not read this layout of weights", "flash the file that `engram quantize` wrote"],
  otherModel: [30, "the state is another model's", "flash the model that it was saved from"],
  // Running a model, further.
  trapFull: [
    31,
    "the model's stack is full",
    "reset its state, or give shorter sequences or a model with a deeper stack",
  ],
  trapSymbol: [32, "an input names no row of the model's table", "give symbols that the model was trained on"],
  noSensor: [33, "the board has no sensor of its own", "stream a recording to it: `engram stream FILE`"],
  noPin: [34, "the board cannot drive that pin", "give the number of a digital pin"],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ErrorName = keyof typeof errors;

/** The name of a code, or undefined for a code this version does not know. */
export function errorName(code: number): ErrorName | undefined {
  return (Object.keys(errors) as ErrorName[]).find((name) => errors[name][0] === code);
}
