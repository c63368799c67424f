// A square matrix of which each row has some elements only: pairs of a weight and its column, the column times 2^−15, so that it is a
// whole number where the vector is in Q0.15.
import type { FloatOp } from "./op.ts";
import { type Row, rowwise } from "./rowwise.ts";
import type { Node } from "./tape.ts";

export const columnUnit = 2 ** -15;
export const columnOf = (value: number): number => Math.round(value / columnUnit);

/** The matrix by a vector, or its transpose if `columns`. */
export const sparseProduct =
  (columns: boolean): FloatOp<[Node, Node]> =>
  (tape, S, r) => {
    const each = (S: Row, count: number, take: (at: number, to: number, from: number) => void): void => {
      const size = S.length / count;
      for (let at = 0; at < S.length; at += 2) {
        const [i, column] = [Math.floor(at / size), columnOf(S[at + 1])];
        if (columns) take(at, column, i);
        else take(at, i, column);
      }
    };
    return rowwise(
      tape,
      r.length,
      [S, r],
      (y, [S, r]) =>
        each(S, r.length, (at, to, from) => {
          y[to] += S[at] * r[from];
        }),
      (dy, [S, r], [dS, dr]) =>
        each(S, r.length, (at, to, from) => {
          dS[at] += dy[to] * r[from];
          dr[from] += dy[to] * S[at];
        }),
    );
  };
