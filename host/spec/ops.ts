// The op table. From it come the declarations that cells are written against (#ops), the C header and link table, the
// checks on the board, and the table in docs/. An op's bodies are found by its name: host/autodiff/ops (float, with
// gradient), assembly/ops (portable, SIMD), firmware/kernels/<set> (C).

/**
 * What an argument may be. `vector` takes whatever has values: input, state, site, or a parameter used element by element; `memory` the
 * same, read as a matrix row by row, and also a state of 8 bits.
 */
export type Argument = "matrix" | "bias" | "vector" | "memory" | "state";

/**
 * How long a result is. `rows`: as the first matrix has rows; `columns`: as it has columns; `same`: as all vectors, which agree; `first`,
 * `second`: as that argument; `outer`: as the first, which has the second's length times the third's; `quotient`: as often as the second
 * goes into the first.
 */
export type Length = "rows" | "columns" | "same" | "first" | "second" | "outer" | "quotient";

export type Op = {
  /** Number in records and on the wire: append, never renumber. */
  code: number;
  arguments: readonly (readonly [name: string, takes: Argument])[];
  /** `calibrated`: range measured; a number: fixed Q format; `state`: the state's; `like`: the first argument's; `condition`: not a vector, 0 or 1. */
  result: "calibrated" | "state" | "like" | "condition" | number;
  length: Length;
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
  rowsDot: {
    code: 16,
    arguments: [
      ["M", "memory"],
      ["k", "vector"],
    ],
    result: "calibrated",
    length: "quotient",
    overwrites: false,
    meaning: "M k: of each row of M its product with k",
    error: "0.5",
  },
  weightedRows: {
    code: 17,
    arguments: [
      ["M", "memory"],
      ["w", "vector"],
    ],
    result: "calibrated",
    length: "quotient",
    overwrites: false,
    meaning: "Mᵀ w: the rows of M, each times its weight, added up",
    error: "0.5",
  },
  outer: {
    code: 18,
    arguments: [
      ["M", "state"],
      ["a", "vector"],
      ["b", "vector"],
    ],
    result: "state",
    length: "outer",
    overwrites: false,
    updates: 0,
    meaning: "M becomes M + a bᵀ; the result is the state",
    error: "0.5",
  },
  erase: {
    code: 19,
    arguments: [
      ["M", "state"],
      ["w", "vector"],
      ["e", "vector"],
    ],
    result: "state",
    length: "outer",
    overwrites: false,
    updates: 0,
    meaning: "M becomes M − M ∘ (w eᵀ); the result is the state",
    error: "0.5",
  },
  link: {
    code: 20,
    arguments: [
      ["L", "state"],
      ["w", "vector"],
      ["p", "vector"],
    ],
    result: "state",
    length: "outer",
    overwrites: false,
    updates: 0,
    meaning: "Lij becomes max(0, 1 − wi − wj) Lij + wi pj, Lii 0, w in Q0.15; the result is the state",
    error: "1",
  },
  cosine: {
    code: 21,
    arguments: [
      ["M", "memory"],
      ["k", "vector"],
    ],
    result: 15,
    length: "quotient",
    overwrites: false,
    meaning: "of each row Mi its product with k over (|Mi| + ε) (|k| + ε), ε = 2^−10",
    error: "1.5, and 128 over the norm of Mi and that of k, as integers",
  },
  softmax: {
    code: 22,
    arguments: [
      ["a", "vector"],
      ["beta", "vector"],
    ],
    result: 15,
    length: "first",
    overwrites: false,
    meaning: "exp(β ai) / Σ exp(β aj), β the first element of beta, not below 0",
    error: "2, and 0.5 for each of a",
  },
  shift: {
    code: 23,
    arguments: [
      ["w", "vector"],
      ["s", "vector"],
    ],
    result: 15,
    length: "first",
    overwrites: false,
    meaning: "w turned by −k … k places with weights s, of which there are 2 k + 1: circular convolution",
    error: "0.5",
  },
  power: {
    code: 24,
    arguments: [
      ["w", "vector"],
      ["gamma", "vector"],
    ],
    result: 15,
    length: "first",
    overwrites: false,
    meaning:
      "wi^γ / Σ wj^γ, γ the first element of gamma, not below 0; of w what is below 0 is 0, and so is all where nothing is above",
    error: "2, and 0.5 for each of w, and 3 γ",
  },
  softplus: {
    code: 25,
    arguments: [["a", "vector"]],
    result: "calibrated",
    length: "same",
    overwrites: false,
    meaning: "ln(1 + exp(a))",
    error: "0.5, and 0.00027 of the value",
  },
  spread: {
    code: 26,
    arguments: [
      ["a", "vector"],
      ["like", "vector"],
    ],
    result: "like",
    length: "second",
    overwrites: false,
    meaning: "the first element of a, as often as `like` has elements",
    error: "0",
  },
  allocation: {
    code: 27,
    arguments: [["u", "vector"]],
    result: 15,
    length: "same",
    overwrites: false,
    meaning: "a[φj] = (1 − u[φj]) Π u[φi] over i < j, φ the places of u by rising usage, of equals the earlier first",
    error: "0.5 a factor, and 0.5 where u has more than 15 fraction bits",
  },
  pop: {
    code: 28,
    arguments: [
      ["s", "state"],
      ["u", "vector"],
    ],
    result: "state",
    length: "first",
    overwrites: false,
    updates: 0,
    meaning:
      "from the end of the strengths s so much is taken as the first element of u says; what is taken from and has less than 2^−8 left becomes 0; the result is the state",
    error: "0.5, of u",
  },
  free: {
    code: 29,
    arguments: [["s", "vector"]],
    result: 15,
    length: "same",
    overwrites: false,
    meaning: "1 at the first place behind all that is not 0, else 0; a stack that is full is an error",
    error: "1 at that place, since 1 is 32767",
  },
  top: {
    code: 30,
    arguments: [["s", "vector"]],
    result: "like",
    length: "same",
    overwrites: false,
    meaning: "min(si, max(0, 1 − Σ sj over j > i)): the uppermost unit of the strengths s",
    error: "0, but that 1 is 32767 in Q0.15",
  },
  signs: {
    code: 31,
    arguments: [
      ["h", "vector"],
      ["s", "vector"],
    ],
    result: 0,
    length: "same",
    overwrites: false,
    meaning: "1 where h is above 0, −1 where it is below; where it is 0, −1 if s is below 0, else 1",
    error: "0",
  },
  sweep: {
    code: 32,
    arguments: [
      ["s", "state"],
      ["W", "memory"],
      ["t", "vector"],
    ],
    result: "state",
    length: "first",
    overwrites: false,
    updates: 0,
    meaning:
      "one element of s after the other, each once, becomes the sign of Σ Wij sj over j ≠ i, less ti, and stays where that is 0; all in whole numbers; the result is the state",
    error: "0",
  },
  random: {
    code: 33,
    arguments: [["r", "state"]],
    result: "state",
    length: "first",
    overwrites: false,
    updates: 0,
    meaning:
      "each of r, of 32 bits, becomes the next number of its xorshift32; 0 becomes 2654435769 · (i + 1) first; the result is the state",
    error: "0",
  },
  logit: {
    code: 34,
    arguments: [["r", "vector"]],
    result: 11,
    length: "same",
    overwrites: false,
    meaning: "½ ln(U / (1 − U)), U = (⌊r / 2^17⌋ + ½) / 2^15 of r as 32 bits without a sign",
    error: "0.82",
  },
  embed: {
    code: 35,
    arguments: [
      ["E", "matrix"],
      ["x", "vector"],
    ],
    result: "calibrated",
    length: "columns",
    overwrites: false,
    meaning: "the row of E that the first element of x counts to, from 0; one beyond the last is an error",
    error: "0.5, and the rounding of E to int16",
  },
  slice: {
    code: 36,
    arguments: [
      ["a", "vector"],
      ["like", "vector"],
      ["at", "vector"],
    ],
    result: "like",
    length: "second",
    overwrites: false,
    meaning: "as many elements of a as `like` has, from the one on that the first element of at counts to, from 0",
    error: "0",
  },
  place: {
    code: 37,
    arguments: [
      ["s", "state"],
      ["a", "vector"],
      ["at", "vector"],
    ],
    result: "state",
    length: "first",
    overwrites: false,
    updates: 0,
    meaning:
      "the elements of s from the one on that the first element of at counts to, from 0, become a; the result is the state",
    error: "0.5",
  },
  sparseLink: {
    code: 38,
    arguments: [
      ["S", "state"],
      ["w", "vector"],
      ["p", "vector"],
    ],
    result: "state",
    length: "first",
    overwrites: false,
    updates: 0,
    meaning:
      "of each row of link's result the greatest elements, as pairs of a weight and its column times 2^−15, as many a row as S has; S and w in Q0.15; the result is the state",
    error: "1 of what is kept",
  },
  sparseRowsDot: {
    code: 39,
    arguments: [
      ["S", "memory"],
      ["r", "vector"],
    ],
    result: "calibrated",
    length: "second",
    overwrites: false,
    meaning: "L r, L the square matrix whose rows are the pairs of S",
    error: "0.5 a pair",
  },
  sparseWeightedRows: {
    code: 40,
    arguments: [
      ["S", "memory"],
      ["r", "vector"],
    ],
    result: "calibrated",
    length: "second",
    overwrites: false,
    meaning: "Lᵀ r, L the square matrix whose rows are the pairs of S",
    error: "0.5 a pair",
  },
  thin: {
    code: 41,
    arguments: [
      ["T", "state"],
      ["M", "memory"],
      ["r", "vector"],
      ["p", "vector"],
    ],
    result: "state",
    length: "first",
    overwrites: false,
    updates: 0,
    meaning:
      "T becomes M, each element of which is 0 with the probability of the first of p, in Q0.15, drawn from the first of r, of 32 bits; the result is the state",
    error: "0.5",
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
