// max(0, 1 − wi − wj) Lij + wi pj, and 0 where i = j: the temporal links of the differentiable neural computer.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, L, w, p) => rowwise(tape, L.length, [L, w, p], forward, backward);

function forward(y: Row, [L, w, p]: readonly Row[]): void {
  for (let i = 0, at = 0; i < w.length; i++) {
    const wi = w[i];
    for (let j = 0; j < w.length; j++, at++) {
      if (i !== j) y[at] = Math.max(0, 1 - wi - w[j]) * L[at] + wi * p[j];
    }
  }
}

function backward(dy: Row, [L, w, p]: readonly Row[], [dL, dw, dp]: readonly Row[]): void {
  for (let i = 0, at = 0; i < w.length; i++) {
    const wi = w[i];
    let sum = 0;
    for (let j = 0; j < w.length; j++, at++) {
      if (i === j) continue;
      const d = dy[at];
      const keep = 1 - wi - w[j];
      sum += d * p[j];
      dp[j] += d * wi;
      if (keep <= 0) continue;
      dL[at] += d * keep;
      sum -= d * L[at];
      dw[j] -= d * L[at];
    }
    dw[i] += sum;
  }
}
