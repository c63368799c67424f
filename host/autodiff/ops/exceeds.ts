// Whether the first element of a is greater than that of b.
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, a, b) => {
  const first = (node: Node, row: number) => tape.memory.floats(node.value, tape.rows * node.stride)[row * node.stride];
  const exceeds = first(a, 0) > first(b, 0);
  for (let row = 1; row < tape.batch; row++) {
    if (first(a, row) > first(b, row) !== exceeds) {
      throw new Error("the sequences of a batch disagree on a condition (exceeds): train this cell with batch 1");
    }
  }
  return exceeds;
};
