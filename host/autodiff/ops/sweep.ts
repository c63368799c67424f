// One element of s after the other becomes the sign of Σ Wij sj over j ≠ i, less ti, and stays where that is 0; new values count at
// once. No gradient.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, s, W, t) => rowwise(tape, s.length, [s, W, t], forward);

function forward(y: Row, [s, W, t]: readonly Row[]): void {
  const n = s.length;
  const step = stride(n);
  y.set(s);
  for (let visit = 0, i = 0; visit < n; visit++, i = (i + step) % n) {
    let h = -t[i];
    for (let j = 0; j < n; j++) if (j !== i) h += W[i * n + j] * y[j];
    if (h !== 0) y[i] = h > 0 ? 1 : -1;
  }
}

/** From one element to the next that is visited: the greatest number up to 5 n / 8 that shares no divisor with n, so that all have a turn. */
export function stride(n: number): number {
  let step = Math.max(1, Math.floor((5 * n) / 8));
  while (divisor(step, n) > 1) step--;
  return step;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
