// M, elements of which are 0 with the probability of the first of p, as the first of r draws them; on the tape r is what random has of it.
// No gradient.
import { mixed } from "../../spec/seeded.ts";
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";
import { integerOf } from "./random.ts";

export const op: FloatOp<[Node, Node, Node, Node]> = (tape, T, M, r, p) => rowwise(tape, T.length, [M, r, p], forward);

function forward(y: Row, [M, r, p]: readonly Row[]): void {
  const seed = integerOf(r[0]);
  const parts = Math.round(p[0] * 32768);
  for (let i = 0; i < y.length; i++) y[i] = mixed((seed + i) >>> 0) >>> 17 < parts ? 0 : M[i];
}
