// The model file, .engram: header, section table, sections. docs/container.md is written from these tables,
// and so are the C structs that the board reads them with.
import { layout } from "./layout.ts";

export const magic = 0x52474e45; // "ENGR"
export const formatVersion = 1;
/** Sections, and whatever a board reads in place, begin at multiples of this. */
export const alignment = 16;

export const header = layout([
  ["magic", "u32", '"ENGR"'],
  ["version", "u16", "format version, 1"],
  ["sections", "u16", "entries of the section table, which follows the header"],
  ["length", "u32", "bytes of the whole file"],
  [
    "ramBytes",
    "u32",
    "RAM that a board gives this model: states, arena, window, front end, decoder, each rounded up to 8",
  ],
  ["stateBytes", "u32", "of these, states; they lie first"],
  ["arenaBytes", "u32", "of these, inputs and temporaries of a step"],
  ["counter", "u32", "0; reserved for signed models"],
  ["sha256", "bytes32", "SHA-256 of everything after the header: the model's name, unless section nAME gives another"],
  ["crc", "u32", "CRC-32 of the header's first 60 bytes"],
]);

export const section = layout([
  ["tag", "u32", "four letters; a lower-case first letter marks a section that a reader may skip"],
  ["offset", "u32", "bytes from the start of the file, a multiple of 16"],
  ["length", "u32", "bytes of the section without padding"],
  ["reserved", "u32", "0"],
]);

/** Tags in the order in which they lie in the file. Those marked required must be there once. */
export const sections = {
  LAYR: { required: true, meaning: "layers: module, records, input, result" },
  SITE: { required: true, meaning: "records of all layers: inputs, states, parameters, call sites" },
  CODE: { required: true, meaning: "modules of the cells" },
  WGHT: { required: true, meaning: "weights, requantization constants, tables, initial states" },
  FLOW: { required: false, meaning: "what layers read, where it is not one result alone" },
  FRNT: { required: false, meaning: "front end: PCM to frames" },
  OUTP: { required: false, meaning: "labels and how logits become detections" },
  mETA: { required: false, meaning: "JSON for people and hosts" },
  nAME: {
    required: false,
    meaning: "SHA-256 that names the model, where a host has laid its weights out for a board's kernels",
  },
} as const;
export type SectionTag = keyof typeof sections;

/** Four letters as the number that stands in the file. */
export function tagNumber(tag: string): number {
  return tag.charCodeAt(0) | (tag.charCodeAt(1) << 8) | (tag.charCodeAt(2) << 16) | (tag.charCodeAt(3) << 24);
}

/** LAYR: a count, then one entry a layer, in the order in which they run. */
export const layersHead = layout([
  ["count", "u16", "layers, 1 to 8"],
  ["result", "u16", "the layer whose result is the model's output: the last"],
]);
export const layer = layout([
  ["records", "u32", "offset in the file of the layer's records, one for each handle"],
  ["handles", "u16", "number of records"],
  ["states", "u16", "of these, states; they follow the inputs"],
  ["parameters", "u16", "of these, parameters; they follow the states. Call sites follow them"],
  ["inputs", "u16", "of these, inputs; they come first"],
  ["module", "u16", "index of the module in CODE"],
  ["result", "u16", "the handle that step returns"],
  [
    "source",
    "u16",
    "0: the model's input (front end or host); k: the result of layer k − 1, which runs before; the input's record names its buffer. 65535: the pieces in FLOW",
  ],
  ["flags", "u16", "1: in a window, from the last step to the first"],
  ["initial", "u32", "offset in the file of the states' initial bytes, in their order; 0: all zero"],
]);

/** A layer's source where FLOW gives the pieces. */
export const gathered = 0xffff;

/** FLOW: where the model's input lies, then the pieces of all layers whose input is gathered, layer by layer. */
export const flowHead = layout([
  ["offset", "u32", "of the model's input in its RAM, a multiple of 8; 0 where frames go into a window"],
  ["inputs", "u16", "values of the model's input"],
  ["format", "i8", "of these values"],
  ["reserved", "u8", "0"],
  ["count", "u32", "pieces"],
  ["before", "u16", "of a window: steps that were read with the one before it and give no results"],
  ["hop", "u16", "steps that give results; 0: the model steps frame by frame and has no window"],
  ["after", "u16", "steps beyond these that are read ahead"],
  ["lines", "u16", "delay lines, which follow the pieces"],
]);
export const flowLine = layout([
  ["source", "u16", "0: the model's input; k: the result of layer k − 1; as it was at the ends of steps"],
  ["depth", "u16", "so many steps, the newest last, each rounded up to 8 bytes"],
  ["offset", "u32", "in the model's RAM, among the states; a multiple of 8"],
]);
/** A layer's flag. */
export const backwardFlag = 1;
export const flowPiece = layout([
  ["layer", "u16", "the layer that reads; pieces stand in the order of layers"],
  ["source", "u16", "0: the model's input; k: the result of layer k − 1"],
  ["at", "u16", "element of the layer's input at which the piece begins"],
  ["flags", "u16", "see pieceFlags"],
  ["delay", "u16", "0: of this step; d: as it was d steps before, from the source's delay line"],
  ["reserved", "u16", "0"],
]);
export const pieceFlags = {
  /** The result of the step before, of this layer or a later one; it lies among the states. */
  previous: 1,
  /** Added to the pieces before it; without this flag a piece begins where the one before it ends. */
  adds: 2,
} as const;

/** CODE: a count, then offset in the file and length of each module, then the modules. */
export const codeHead = layout([["count", "u32", "modules, 1 to 8"]]);
export const codeEntry = layout([
  ["offset", "u32", "offset in the file"],
  ["length", "u32", "bytes"],
]);

/** SITE: what a handle means. Handles of a layer are inputs, states, parameters, call sites, in this order. */
export const record = layout([
  [
    "offset",
    "u32",
    "where the values lie: RAM of the model (inputs, states, sites; a multiple of 8) or the file (vectors: of 4, matrices: of 16)",
  ],
  [
    "rows",
    "u16",
    "length of a vector (of a matrix that is a state, all of it, row by row), rows of a matrix; 0 for a condition",
  ],
  ["columns", "u16", "columns of a matrix, else 0"],
  ["role", "u8", "see roles"],
  [
    "kind",
    "u8",
    "see kinds; matrices are int8 (in a file all in one layout) or int16, parameters int16, all else int16 or int32; states, and the sites that write them, also int8",
  ],
  [
    "format",
    "i8",
    "value = integer · 2^−format, −8 … 24; 0 for matrices, whose scales lie in the sites' constants, but of those that embed reads",
  ],
  ["op", "u8", "of a call site: the op's code; else 255"],
  [
    "constants",
    "u32",
    "of a product's call site: offset in the file of b, then m (or s) for each matrix, int32 by row; else 0",
  ],
]);

export const roles = {
  input: [0, "copied in by the engine, or the result of the layer before"],
  state: [1, "kept from step to step"],
  matrix: [2, "weights, int8 by row"],
  bias: [3, "no values of its own: they are in the constants of the sites that use it"],
  vector: [4, "a parameter used element by element"],
  site: [5, "what a call of an op leaves"],
} as const;
export type Role = keyof typeof roles;

/** Code, meaning. Matrices of int8 lie row by row or, after a host has laid them out for a board, in another order. */
export const kinds = {
  int8: [0, "int8; a matrix row by row"],
  int16: [1, "int16; a matrix row by row"],
  int32: [2, "int32"],
  int8Pairs: [
    3,
    "a matrix of −127 … 127, rows and columns padded to multiples of 4 with zeros, in blocks of 4 × 4: eight int16, each 256 · an odd row's weight + the even row's above it",
  ],
  int8Columns: [
    4,
    "a matrix of int8, −127 … 127, column by column, each padded to a multiple of 4 with zeros: what accumulate reads, and nothing else",
  ],
  seeded: [
    5,
    "a matrix that 8 bytes make: seed, entries of a row, their greatest magnitude. Entry i of a row adds to one of its columns; docs/container.md has the rule",
  ],
} as const;
/** What makes a seeded matrix. */
export const seed = layout([
  ["seed", "u32", "any"],
  ["degree", "u16", "entries of a row, 1 … 1024; some may fall on one column, and add up there"],
  ["most", "u8", "greatest magnitude of an entry, 1 … 127"],
  ["positive", "u8", "0: entries of both signs; 1: from 1 on"],
]);
/** How the int8 matrices of a file lie that products read. */
export type MatrixLayout = "int8" | "int8Pairs";

/** Bytes of a value of int8, int16 or int32. */
export const valueBytes = (kind: number): number => 1 << kind;

/** Bytes of a matrix. */
export function matrixBytes(kind: number, rows: number, columns: number): number {
  const up4 = (count: number) => Math.ceil(count / 4) * 4;
  if (kind === kinds.seeded[0]) return seed.bytes;
  if (kind === kinds.int8Columns[0]) return up4(rows) * columns;
  return kind === kinds.int8Pairs[0] ? up4(rows) * up4(columns) : rows * columns * valueBytes(kind);
}

/** Bounds that every model keeps; a board may have lower ones for RAM. */
export const modelLimits = {
  layers: 8,
  modules: 8,
  handles: 512,
  rows: 4096,
  /** Values of a vector: a memory has as many as its rows times its columns. */
  values: 32768,
  /** 127 · 32768 · columns < 2^31, so that a row accumulates in int32. */
  columns: 516,
  /** Of matrices of int16 and int32 and of seeded ones, whose rows are summed in 64 bits. */
  wideColumns: 1024,
  /** |b| in units of the output: then b · 2^32 + acc · m + acc · m stays within int64. */
  bias: 65536,
  /** Steps of a window. */
  window: 4096,
  /** Steps of a delay line. */
  delay: 4096,
  formatLeast: -8,
  formatMost: 24,
} as const;
