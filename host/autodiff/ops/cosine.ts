// Mi · k / ((|Mi| + ε) (|k| + ε)) of each row Mi. The derivative of |v| at v = 0 is taken for 0: a row not yet written gives 0 and
// a finite gradient.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

const epsilon = 2 ** -10;

export const op: FloatOp<[Node, Node]> = (tape, M, k) => rowwise(tape, M.length / k.length, [M, k], forward, backward);

function forward(y: Row, [M, k]: readonly Row[]): void {
  const ofK = norm(k, 0, k.length) + epsilon;
  for (let i = 0, at = 0; i < y.length; i++) {
    const ofRow = norm(M, at, k.length) + epsilon;
    let dot = 0;
    for (let j = 0; j < k.length; j++, at++) dot += M[at] * k[j];
    y[i] = dot / (ofRow * ofK);
  }
}

function backward(dy: Row, [M, k]: readonly Row[], [dM, dk]: readonly Row[], y: Row): void {
  const lengthOfK = norm(k, 0, k.length);
  let alongK = 0; // by how much k's own length scales all that it gives
  for (let i = 0, at = 0; i < dy.length; i++) {
    const ofRow = norm(M, at, k.length);
    const d = dy[i] / ((ofRow + epsilon) * (lengthOfK + epsilon));
    const alongRow = ofRow > 0 ? (dy[i] * y[i]) / ((ofRow + epsilon) * ofRow) : 0;
    if (lengthOfK > 0) alongK += (dy[i] * y[i]) / ((lengthOfK + epsilon) * lengthOfK);
    for (let j = 0; j < k.length; j++, at++) {
      dM[at] += d * k[j] - alongRow * M[at];
      dk[j] += d * M[at];
    }
  }
  for (let j = 0; j < k.length; j++) dk[j] -= alongK * k[j];
}

function norm(values: Row, at: number, count: number): number {
  let sum = 0;
  for (const end = at + count; at < end; at++) sum += values[at] * values[at];
  return Math.sqrt(sum);
}
