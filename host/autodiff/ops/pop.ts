// s less u in all, taken from its end: si − max(0, u − Σ sj over j > i), not below 0; u = max(0, u0). Strengths are not negative.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

/** What is taken from and has less left is gone, so that a stack of 8 bits or 16 does not fill with remnants. */
const least = 2 ** -8;

export const op: FloatOp<[Node, Node]> = (tape, s, u) => rowwise(tape, s.length, [s, u], forward, backward);

function forward(y: Row, [s, u]: readonly Row[]): void {
  let taken = Math.max(0, u[0]);
  for (let i = s.length - 1; i >= 0; i--) {
    y[i] = taken > 0 ? remnant(s[i] - taken) : Math.max(0, s[i]);
    taken -= s[i];
  }
}

function backward(dy: Row, [s, u]: readonly Row[], [ds, du]: readonly Row[]): void {
  let taken = Math.max(0, u[0]);
  for (let i = s.length - 1; i >= 0; i--) {
    if (taken <= 0) ds[i] += dy[i];
    else if (remnant(s[i] - taken) > 0) {
      // At most one entry is left with a part of it: all above it are gone, all below it are untouched.
      for (let j = i; j < s.length; j++) ds[j] += dy[i];
      du[0] -= dy[i]; // something is taken, so u was above 0
    }
    taken -= s[i];
  }
}

const remnant = (left: number): number => (left < least ? 0 : left);
