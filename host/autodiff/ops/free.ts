// 1 at the first place behind all that is not 0, else 0; no gradient: it is a place.
import { errors } from "../../spec/errors.ts";
import { UserError } from "../../spec/user-error.ts";
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node]> = (tape, s) => rowwise(tape, s.length, [s], forward);

function forward(y: Row, [s]: readonly Row[]): void {
  let place = s.length;
  while (place > 0 && s[place - 1] === 0) place--;
  if (place === s.length) {
    const [, what, hint] = errors.trapFull;
    throw new UserError(`${what} (${s.length} entries)`, hint);
  }
  y[place] = 1;
}
