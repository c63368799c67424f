// a ∘ b + c
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, a, b, c) => {
  const y = tape.node(a.length, a.wants || b.wants || c.wants);
  tape.kernels.multiplyAdd(y.value, a.value, b.value, c.value, tape.count(y));
  return tape.record(y, () => {
    const dy = y.gradient;
    // c last: it takes over dy as it is, so the kernel for a and b must have read it.
    const toA = tape.gradient(a);
    const toB = tape.gradient(b);
    tape.kernels.multiplyGradient(dy, a.value, b.value, ...toA, ...toB, tape.count(y));
    if (!c.wants) return;
    const [dc, keep] = tape.gradient(c, y);
    if (dc !== dy) tape.kernels.pass(dy, dc, keep, tape.count(y));
  });
};
