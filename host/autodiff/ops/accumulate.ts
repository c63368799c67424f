// s + W d: what affineSums and recurrentSums take for the product of W and all that d has added up to.
import type { FloatOp } from "../op.ts";
import { backThroughProduct } from "../product.ts";
import type { Matrix, Node } from "../tape.ts";

export const op: FloatOp<[Node, Matrix, Node]> = (tape, s, W, d) => {
  const y = tape.node(W.rows, true);
  const factor = [d.value, d.stride, W.columns, W.byRows];
  tape.kernels.product(y.value, y.stride >> 3, tape.rows, s.value, s.stride, ...factor, 0, 0, 0, 0);
  return tape.record(y, () => {
    const { gradient } = y;
    backThroughProduct(tape, W, d, y);
    const [ds, keep] = tape.gradient(s, y);
    if (ds !== gradient) tape.kernels.pass(gradient, ds, keep, tape.count(y));
  });
};
