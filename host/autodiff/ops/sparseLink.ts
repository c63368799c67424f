// Of each row of L' = link(L, w, p) the greatest elements, as pairs of a weight and its column times 2^−15. What is kept passes gradients
// as in link; a column has none.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import { columnOf, columnUnit } from "../sparse.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, S, w, p) => rowwise(tape, S.length, [S, w, p], forward, backward);

function forward(y: Row, [S, w, p]: readonly Row[]): void {
  const size = S.length / w.length;
  for (let i = 0; i < w.length; i++) {
    const [from, end] = [i * size, (i + 1) * size];
    for (let at = from; at < end; at += 2) {
      const column = columnOf(S[at + 1]);
      y[at + 1] = S[at + 1];
      if (S[at] > 0) y[at] = Math.max(0, Math.max(0, 1 - w[i] - w[column]) * S[at] + w[i] * p[column]);
    }
    for (let j = 0; j < w.length && w[i] !== 0; j++) {
      if (j === i) continue;
      let least = from;
      let isThere = false;
      for (let at = from; at < end; at += 2) {
        if (y[at] > 0 && columnOf(y[at + 1]) === j) isThere = true;
        if (y[at] < y[least]) least = at;
      }
      if (isThere || w[i] * p[j] <= y[least]) continue;
      y[least] = w[i] * p[j];
      y[least + 1] = j * columnUnit;
    }
  }
}

function backward(dy: Row, [S, w, p]: readonly Row[], [dS, dw, dp]: readonly Row[], y: Row): void {
  const size = S.length / w.length;
  for (let at = 0; at < S.length; at += 2) {
    if (y[at] <= 0) continue;
    const i = Math.floor(at / size);
    const column = columnOf(y[at + 1]);
    const d = dy[at];
    dw[i] += d * p[column];
    dp[column] += d * w[i];
    const stayed = S[at] > 0 && columnOf(S[at + 1]) === column;
    const keep = 1 - w[i] - w[column];
    if (!stayed || keep <= 0) continue;
    dS[at] += d * keep;
    dw[i] -= d * S[at];
    dw[column] -= d * S[at];
  }
}
