// a ∘ b
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, a, b) => {
  const y = tape.node(a.length, a.wants || b.wants);
  tape.kernels.multiply(y.value, a.value, b.value, tape.count(y));
  return tape.record(y, () => {
    const dy = y.gradient;
    const toA = tape.gradient(a, y);
    const toB = tape.gradient(b, y);
    tape.kernels.multiplyGradient(dy, a.value, b.value, ...toA, ...toB, tape.count(y));
  });
};
