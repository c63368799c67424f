// The next number of each element's xorshift32. On the tape it is a signed 32-bit integer times 2^−24, of which a float keeps the upper
// 24 bits: a stand-in whose sequence is not that of the integers. No gradient.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

const unit = 2 ** 24;

export const op: FloatOp<[Node]> = (tape, r) => rowwise(tape, r.length, [r], forward);

function forward(y: Row, [r]: readonly Row[]): void {
  for (let i = 0; i < r.length; i++) {
    let x = integerOf(r[i]) || 2654435769 * (i + 1);
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    y[i] = x / unit;
  }
}

/** The 32 bits that a float stands for; rounded up to 2^31 they are −2^31. */
export const integerOf = (value: number): number => Math.round(value * unit) | 0;
