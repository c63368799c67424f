// The first element of a, as often as `like` has elements.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, a, like) => rowwise(tape, like.length, [a], forward, backward);

function forward(y: Row, [a]: readonly Row[]): void {
  y.fill(a[0]);
}

function backward(dy: Row, _: readonly Row[], [da]: readonly Row[]): void {
  let sum = 0;
  for (let i = 0; i < dy.length; i++) sum += dy[i];
  da[0] += sum;
}
