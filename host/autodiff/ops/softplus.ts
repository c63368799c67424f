// ln(1 + exp(a)), by way of exp(−|a|), which does not overflow.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node]> = (tape, a) => rowwise(tape, a.length, [a], forward, backward);

function forward(y: Row, [a]: readonly Row[]): void {
  for (let i = 0; i < a.length; i++) y[i] = Math.max(0, a[i]) + Math.log1p(Math.exp(-Math.abs(a[i])));
}

function backward(dy: Row, [a]: readonly Row[], [da]: readonly Row[]): void {
  for (let i = 0; i < a.length; i++) da[i] += dy[i] / (1 + Math.exp(-a[i]));
}
