// s becomes a: on the tape the state's handle names a's node from here on, and nothing moves.
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (_tape, _s, a) => a;
