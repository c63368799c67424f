// W x + U h + b
import type { FloatOp } from "../op.ts";
import { backThroughProduct } from "../product.ts";
import type { Bias, Matrix, Node } from "../tape.ts";

export const op: FloatOp<[Matrix, Node, Matrix, Node, Bias]> = (tape, W, x, U, h, b) => {
  const y = tape.node(W.rows, true);
  const first = [x.value, x.stride, W.columns, W.byRows];
  const second = [h.value, h.stride, U.columns, U.byRows];
  tape.kernels.product(y.value, y.stride >> 3, tape.rows, b.padded, 0, ...first, ...second);
  return tape.record(y, () => {
    tape.kernels.columnSums(b.gradient, b.length, tape.rows, y.gradient, y.stride);
    backThroughProduct(tape, W, x, y);
    backThroughProduct(tape, U, h, y);
  });
};
