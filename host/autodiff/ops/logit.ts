// ½ ln(U / (1 − U)), U = (⌊r / 2^17⌋ + ½) / 2^15 of r as 32 bits without a sign: added to h, it is above 0 with
// probability σ(2 h), as units of ±1 of a Boltzmann machine are. No gradient.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";
import { integerOf } from "./random.ts";

export const op: FloatOp<[Node]> = (tape, r) => rowwise(tape, r.length, [r], forward);

function forward(y: Row, [r]: readonly Row[]): void {
  for (let i = 0; i < r.length; i++) {
    const U = ((integerOf(r[i]) >>> 17) + 0.5) / 2 ** 15;
    y[i] = Math.log(U / (1 - U)) / 2;
  }
}
