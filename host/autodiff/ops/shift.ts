// yi = Σ sj w[(i − (j − k)) mod n], s of 2 k + 1: circular convolution.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, w, s) => rowwise(tape, w.length, [w, s], forward, backward);

function forward(y: Row, [w, s]: readonly Row[]): void {
  const [n, k] = [w.length, s.length >> 1];
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0, at = (i + k) % n; j < s.length; j++) {
      sum += s[j] * w[at];
      at = at === 0 ? n - 1 : at - 1;
    }
    y[i] = sum;
  }
}

function backward(dy: Row, [w, s]: readonly Row[], [dw, ds]: readonly Row[]): void {
  const [n, k] = [w.length, s.length >> 1];
  for (let i = 0; i < n; i++) {
    const d = dy[i];
    for (let j = 0, at = (i + k) % n; j < s.length; j++) {
      dw[at] += d * s[j];
      ds[j] += d * w[at];
      at = at === 0 ? n - 1 : at - 1;
    }
  }
}
