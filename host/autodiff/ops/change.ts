// x − r where that is at least t in magnitude, else 0. Gradients go straight through the threshold, as if it were 0: a reference that
// follows by what this gives has then the gradient of x, and the network trains as one that does all the work would.
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, x, r, t) => {
  const y = tape.node(x.length, x.wants || r.wants);
  const count = tape.count(y);
  tape.kernels.change(y.value, x.value, r.value, t.value, count);
  return tape.record(y, () => {
    const { gradient } = y;
    if (r.wants) tape.kernels.retract(gradient, ...tape.gradient(r), count);
    const [dx, keep] = tape.gradient(x, y);
    if (dx !== gradient) tape.kernels.pass(gradient, dx, keep, count);
  });
};
