// The op table. From it come the declarations that cells are written against (#ops), the C header and link table, the
// checks on the board, and the table in docs/. An op's bodies are found by its name: host/autodiff/ops (float, with
// gradient), assembly/ops (portable, SIMD), firmware/kernels/<set> (C).

/** What an argument may be. `vector` takes whatever has values: input, state, site, or a parameter used element by element. */
export type Argument = "matrix" | "bias" | "vector" | "state";

export type Op = {
  /** Number in records and on the wire: append, never renumber. */
  code: number;
  arguments: readonly (readonly [name: string, takes: Argument])[];
  /** `calibrated`: range measured; a number: fixed Q format; `state`: the state's; `like`: the first argument's; `condition`: not a vector, 0 or 1. */
  result: "calibrated" | "state" | "like" | "condition" | number;
  /** `rows`: of the first matrix; `same`: of the first vector, and all vectors agree. */
  length: "rows" | "same";
  /** Element-wise ops may write over an argument that dies there; products may not. */
  overwrites: boolean;
  /** The argument that the op writes, by position. */
  updates?: number;
  meaning: string;
  /** Greatest error against exact arithmetic on the integers given, in units of the result. */
  error: string;
};

export const ops = {
  recurrent: {
    code: 0,
    arguments: [
      ["W", "matrix"],
      ["x", "vector"],
      ["U", "matrix"],
      ["h", "vector"],
      ["b", "bias"],
    ],
    result: "calibrated",
    length: "rows",
    overwrites: false,
    meaning: "W x + U h + b, summed in 64 bits, rounded once",
    error: "0.5, and the rounding of b and m",
  },
  affine: {
    code: 1,
    arguments: [
      ["W", "matrix"],
      ["x", "vector"],
      ["b", "bias"],
    ],
    result: "calibrated",
    length: "rows",
    overwrites: false,
    meaning: "W x + b",
    error: "0.5, and the rounding of b and m",
  },
  multiply: {
    code: 2,
    arguments: [
      ["a", "vector"],
      ["b", "vector"],
    ],
    result: "calibrated",
    length: "same",
    overwrites: true,
    meaning: "a ∘ b",
    error: "0.5",
  },
  multiplyAdd: {
    code: 3,
    arguments: [
      ["a", "vector"],
      ["b", "vector"],
      ["c", "vector"],
    ],
    result: "calibrated",
    length: "same",
    overwrites: true,
    meaning: "a ∘ b + c",
    error: "0.5",
  },
  blend: {
    code: 4,
    arguments: [
      ["z", "vector"],
      ["a", "vector"],
      ["b", "vector"],
    ],
    result: "calibrated",
    length: "same",
    overwrites: true,
    meaning: "z ∘ a + (1 − z) ∘ b, z in Q0.15",
    error: "0.5",
  },
  add: {
    code: 5,
    arguments: [
      ["a", "vector"],
      ["b", "vector"],
    ],
    result: "calibrated",
    length: "same",
    overwrites: true,
    meaning: "a + b",
    error: "0.5",
  },
  sigmoid: {
    code: 6,
    arguments: [["a", "vector"]],
    result: 15,
    length: "same",
    overwrites: true,
    meaning: "1 / (1 + exp(−a))",
    error: "3 on Q4.11",
  },
  tanh: {
    code: 7,
    arguments: [["a", "vector"]],
    result: 15,
    length: "same",
    overwrites: true,
    meaning: "tanh(a)",
    error: "3 on Q4.11",
  },
  set: {
    code: 8,
    arguments: [
      ["s", "state"],
      ["a", "vector"],
    ],
    result: "state",
    length: "same",
    overwrites: false,
    updates: 0,
    meaning: "s becomes a; the result is the state",
    error: "0.5",
  },
  exceeds: {
    code: 9,
    arguments: [
      ["a", "vector"],
      ["b", "vector"],
    ],
    result: "condition",
    length: "same",
    overwrites: false,
    meaning: "whether the first element of a is greater than that of b",
    error: "0",
  },
  relu: {
    code: 10,
    arguments: [["a", "vector"]],
    result: "calibrated",
    length: "same",
    overwrites: true,
    meaning: "max(0, a)",
    error: "0.5",
  },
  change: {
    code: 11,
    arguments: [
      ["x", "vector"],
      ["r", "vector"],
      ["t", "vector"],
    ],
    result: "like",
    length: "same",
    overwrites: true,
    meaning: "x − r where that is at least t in magnitude, else 0; all of one format",
    error: "0, but for saturation",
  },
  accumulate: {
    code: 12,
    arguments: [
      ["s", "state"],
      ["W", "matrix"],
      ["d", "vector"],
    ],
    result: "state",
    length: "rows",
    overwrites: false,
    updates: 0,
    meaning: "s becomes s + W d, as integers, column by column without those where d is 0; the result is the state",
    error: "0",
  },
  affineSums: {
    code: 13,
    arguments: [
      ["W", "matrix"],
      ["s", "state"],
      ["b", "bias"],
    ],
    result: "calibrated",
    length: "rows",
    overwrites: false,
    meaning: "W x + b, where accumulate has made s = W x",
    error: "0.5, and the rounding of b and m",
  },
  recurrentSums: {
    code: 14,
    arguments: [
      ["W", "matrix"],
      ["s", "state"],
      ["U", "matrix"],
      ["v", "state"],
      ["b", "bias"],
    ],
    result: "calibrated",
    length: "rows",
    overwrites: false,
    meaning: "W x + U h + b, where accumulate has made s = W x and v = U h",
    error: "0.5, and the rounding of b and m",
  },
  fires: {
    code: 15,
    arguments: [
      ["a", "vector"],
      ["b", "vector"],
    ],
    result: 0,
    length: "same",
    overwrites: false,
    meaning: "1 where a is at least b, else 0",
    error: "0",
  },
} as const satisfies Record<string, Op>;

export type OpName = keyof typeof ops;
export const opNames = Object.keys(ops) as OpName[];
/** The op of that name, or undefined. */
export const opOf = (name: string): Op | undefined => (ops as Record<string, Op>)[name];
/** Matrices whose rows have a multiplier each among the op's constants, after the bias; 0 if it has none. */
export const termsOf = (name: string): number => {
  const takes = opOf(name)?.arguments.map(([, kind]) => kind) ?? [];
  return takes.includes("bias") ? takes.filter((kind) => kind === "matrix").length : 0;
};
/** Vectors that only sigmoid and tanh read have at most this many fraction bits: Q4.11. */
export const activationFormat = 11;
