// Whether the first element of a is greater than that of b.
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, a, b) => {
  const [as, bs] = [a, b].map((node) => tape.memory.floats(node.value, tape.count(node)));
  const exceeds = as[0] > bs[0];
  for (let row = 1; row < tape.batch; row++) {
    if (as[row * a.stride] > bs[row * b.stride] !== exceeds) {
      throw new Error("the sequences of a batch disagree on a condition (exceeds): train this cell with batch 1");
    }
  }
  return exceeds;
};
