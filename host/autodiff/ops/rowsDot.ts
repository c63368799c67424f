// M k: of each row of M its product with k.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, M, k) => rowwise(tape, M.length / k.length, [M, k], forward, backward);

function forward(y: Row, [M, k]: readonly Row[]): void {
  for (let i = 0, at = 0; i < y.length; i++) {
    let sum = 0;
    for (let j = 0; j < k.length; j++, at++) sum += M[at] * k[j];
    y[i] = sum;
  }
}

function backward(dy: Row, [M, k]: readonly Row[], [dM, dk]: readonly Row[]): void {
  for (let i = 0, at = 0; i < dy.length; i++) {
    const d = dy[i];
    for (let j = 0; j < k.length; j++, at++) {
      dM[at] += d * k[j];
      dk[j] += d * M[at];
    }
  }
}
