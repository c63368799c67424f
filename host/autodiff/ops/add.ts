// a + b
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, a, b) => {
  const y = tape.node(a.length, a.wants || b.wants);
  tape.kernels.add(y.value, a.value, b.value, tape.count(y));
  return tape.record(y, () => {
    const dy = y.gradient;
    const [da, keepA] = tape.gradient(a);
    tape.kernels.pass(dy, da, keepA, tape.count(y));
    if (!b.wants) return;
    const [db, keepB] = tape.gradient(b, y);
    if (db !== dy) tape.kernels.pass(dy, db, keepB, tape.count(y));
  });
};
