// 1 where h is above 0, −1 where it is below; where it is 0, −1 if s is below 0, else 1. No gradient: Hebb's rule sets the weights.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, h, s) => rowwise(tape, h.length, [h, s], forward);

function forward(y: Row, [h, s]: readonly Row[]): void {
  for (let i = 0; i < h.length; i++) {
    const decides = h[i] === 0 ? s[i] : h[i];
    y[i] = decides < 0 ? -1 : 1;
  }
}
