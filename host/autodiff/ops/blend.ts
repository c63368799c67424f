// z ∘ a + (1 − z) ∘ b
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, z, a, b) => {
  const y = tape.node(z.length, z.wants || a.wants || b.wants);
  tape.kernels.blend(y.value, z.value, a.value, b.value, tape.count(y));
  return tape.record(y, () => {
    const dy = y.gradient;
    const toZ = tape.gradient(z, y);
    const toA = tape.gradient(a, y);
    const toB = tape.gradient(b, y);
    tape.kernels.blendGradient(dy, z.value, a.value, b.value, ...toZ, ...toA, ...toB, tape.count(y));
  });
};
