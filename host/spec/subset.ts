// The module subset: what a cell's wasm may contain. The host checks when it compiles and before it runs a model, the board
// before wasm3 sees a byte; both walk the same table. All values are i32, so counting operands validates completely.

/** What follows an opcode: nothing, a local, a constant, a function, a block type, a label. */
export type Immediate = "none" | "local" | "constant" | "function" | "block" | "label";

/** opcode → [name, immediate, operands taken, operands given]; calls and control take what their target says. */
export const instructions = {
  0x02: ["block", "block", 0, 0],
  0x04: ["if", "block", 1, 0],
  0x05: ["else", "none", 0, 0],
  0x0b: ["end", "none", 0, 0],
  0x0c: ["br", "label", 0, 0],
  0x0d: ["br_if", "label", 1, 0],
  0x0f: ["return", "none", 0, 0],
  0x10: ["call", "function", 0, 0],
  0x1a: ["drop", "none", 1, 0],
  0x1b: ["select", "none", 3, 1],
  0x20: ["local.get", "local", 0, 1],
  0x21: ["local.set", "local", 1, 0],
  0x22: ["local.tee", "local", 1, 1],
  0x41: ["i32.const", "constant", 0, 1],
  0x45: ["i32.eqz", "none", 1, 1],
  0x46: ["i32.eq", "none", 2, 1],
  0x47: ["i32.ne", "none", 2, 1],
  0x6a: ["i32.add", "none", 2, 1],
} as const satisfies Record<number, readonly [string, Immediate, number, number]>;

/** Sections that must be there, each once, in this order: type, import, function, export, code. */
export const moduleSections = [1, 2, 3, 7, 10] as const;

/** Bounds that hold for every accepted module; they bound wasm3's heap, its stack and the work of a step. */
export const limits = {
  bytes: 4096,
  types: 16,
  imports: 32,
  functions: 16,
  exports: 8,
  parameters: 8,
  locals: 48,
  depth: 48,
  nesting: 16,
  /** Op calls of one call of an export, helpers' calls counted as often as they are called. */
  calls: 1024,
  /** Slots, of four bytes, in which wasm3's compiler keeps track of a function's values. */
  slots: 128,
  /** Of these, at most so many for constants. */
  constants: 32,
  /** Slots of wasm3's stack along the deepest chain of calls, arguments of ops included. */
  stack: 480,
  /** Letters of an import's or export's name. */
  name: 24,
} as const;
