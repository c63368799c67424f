// s with a in place of its elements from the one on that `at` counts to.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, s, a, at) =>
  rowwise(tape, s.length, [s, a, at], forward, backward);

function forward(y: Row, [s, a, at]: readonly Row[]): void {
  y.set(s);
  y.set(a, Math.round(at[0]));
}

function backward(dy: Row, [, a, at]: readonly Row[], [ds, da]: readonly Row[]): void {
  const first = Math.round(at[0]);
  for (let i = 0; i < dy.length; i++) {
    const inside = i >= first && i < first + a.length;
    if (inside) da[i - first] += dy[i];
    else ds[i] += dy[i];
  }
}
