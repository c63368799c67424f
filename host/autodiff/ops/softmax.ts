// exp(β ai) / Σ exp(β aj), β = max(0, beta0).
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, a, beta) => rowwise(tape, a.length, [a, beta], forward, backward);

function forward(y: Row, [a, beta]: readonly Row[]): void {
  const b = Math.max(0, beta[0]);
  let most = a[0];
  for (let i = 1; i < a.length; i++) most = Math.max(most, a[i]);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    y[i] = Math.exp(b * (a[i] - most));
    sum += y[i];
  }
  for (let i = 0; i < a.length; i++) y[i] /= sum;
}

function backward(dy: Row, [a, beta]: readonly Row[], [da, dBeta]: readonly Row[], y: Row): void {
  const b = Math.max(0, beta[0]);
  let mean = 0;
  for (let i = 0; i < y.length; i++) mean += y[i] * dy[i];
  let ofBeta = 0;
  for (let i = 0; i < y.length; i++) {
    const d = y[i] * (dy[i] - mean); // of β ai
    da[i] += b * d;
    ofBeta += a[i] * d;
  }
  if (beta[0] >= 0) dBeta[0] += ofBeta;
}
