// min(si, max(0, 1 − Σ sj over j > i)): the uppermost unit of the strengths s, which are not negative.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node]> = (tape, s) => rowwise(tape, s.length, [s], forward, backward);

function forward(y: Row, [s]: readonly Row[]): void {
  let room = 1;
  for (let i = s.length - 1; i >= 0; i--) {
    y[i] = Math.min(s[i], Math.max(0, room));
    room -= s[i];
  }
}

function backward(dy: Row, [s]: readonly Row[], [ds]: readonly Row[]): void {
  let room = 1;
  for (let i = s.length - 1; i >= 0 && room > 0; i--) {
    // An entry as strong as the room keeps its own gradient: of a push of 1 the other side of the kink would take it away.
    if (s[i] <= room) ds[i] += dy[i];
    else for (let j = i + 1; j < s.length; j++) ds[j] -= dy[i]; // no room is left below: this happens once
    room -= s[i];
  }
}
