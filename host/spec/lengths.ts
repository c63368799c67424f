// How long an op's result is, or what its arguments would have to be: the same on the tape and where a model is laid out.
import { type Op, type OpName, ops } from "./ops.ts";

export type Shape = { rows: number; columns: number };

const agree = "the sizes of its arguments must agree";

/**
 * @param lengths of the arguments in their order; of a matrix its rows
 * @param shapes of the matrices in their order; one that is not given is taken to fit, but the first is needed where the result has its columns
 * @returns the length, or what must hold and does not
 */
export function resultLength(
  name: OpName,
  lengths: readonly number[],
  ...shapes: readonly (Shape | undefined)[]
): number | string {
  const op: Op = ops[name];
  const [first, second, third] = lengths;
  const [a, b, c] = op.arguments.map(([argument]) => argument);
  if (lengths.some((length) => !(length >= 1))) return "none of its arguments may be empty";
  const particular = particulars[name]?.(lengths);
  if (particular) return particular;
  switch (op.length) {
    case "same":
      return lengths.every((length) => length === first) ? first : agree;
    case "rows":
      return rowsOf(op, lengths, shapes) ?? agree;
    case "columns": {
      const columns = shapes[0]?.columns;
      if (columns === undefined) throw new Error(`${name} needs the shape of its matrix`);
      return columns;
    }
    case "first":
      return first;
    case "second":
      return second;
    case "outer":
      return first === second * third ? first : `${a} must have as many elements as ${b} times those of ${c}`;
    case "quotient":
      return first % second === 0 ? first / second : `the length of ${a} must be a multiple of that of ${b}`;
  }
}

const pairs = (S: number, rows: number): string | undefined =>
  S % (2 * rows) === 0
    ? undefined
    : "S must have two elements for each pair of a row, and a row for each element of the vectors";

// What single ops ask for beyond what the length of their result does.
const particulars: Partial<Record<OpName, (lengths: readonly number[]) => string | undefined>> = {
  link: ([, w, p]) => (w === p ? undefined : "w and p must be of one length"),
  sparseLink: ([S, w, p]) => (w === p ? pairs(S, w) : "w and p must be of one length"),
  sparseRowsDot: ([S, r]) => pairs(S, r),
  sparseWeightedRows: ([S, r]) => pairs(S, r),
  thin: ([T, M]) => (T === M ? undefined : "T and M must be of one length"),
  slice: ([a, like]) => (like <= a ? undefined : "a must be at least as long as `like`"),
  place: ([s, a]) => (a <= s ? undefined : "s must be at least as long as a"),
  shift: ([w, s]) => (s % 2 === 1 && s <= w ? undefined : "the length of s must be odd, and at most that of w"),
  sweep: ([s, W, t]) =>
    W === s * s && t === s ? undefined : "W must have as many elements as s times those of s, and t as many as s",
};

// The rows of all matrices, which biases and states share; a vector behind a matrix has its columns. Undefined if they do not agree.
function rowsOf(op: Op, lengths: readonly number[], shapes: readonly (Shape | undefined)[]): number | undefined {
  const kinds = op.arguments.map(([, takes]) => takes);
  const rows = lengths[kinds.indexOf("matrix")];
  let matrix: Shape | undefined;
  let n = 0;
  const fits = kinds.every((takes, i) => {
    if (takes === "matrix") matrix = shapes[n++];
    if (takes === "vector") return !matrix || lengths[i] === matrix.columns;
    return lengths[i] === rows;
  });
  return fits ? rows : undefined;
}
