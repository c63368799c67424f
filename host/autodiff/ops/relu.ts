// max(0, a)
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node]> = (tape, a) => {
  const y = tape.node(a.length, a.wants);
  tape.kernels.relu(y.value, a.value, tape.count(y));
  return tape.record(y, () => tape.kernels.reluGradient(y.gradient, y.value, ...tape.gradient(a, y), tape.count(y)));
};
