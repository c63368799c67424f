// As many elements of a as `like` has, from the one that `at` counts to.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, a, like, at) =>
  rowwise(tape, like.length, [a, at], forward, backward);

function forward(y: Row, [a, at]: readonly Row[]): void {
  const first = Math.round(at[0]);
  y.set(a.subarray(first, first + y.length));
}

function backward(dy: Row, [, at]: readonly Row[], [da]: readonly Row[]): void {
  const first = Math.round(at[0]);
  for (let i = 0; i < dy.length; i++) da[first + i] += dy[i];
}
