// W x + b
import type { FloatOp } from "../op.ts";
import { backThroughProduct } from "../product.ts";
import type { Bias, Matrix, Node } from "../tape.ts";

export const op: FloatOp<[Matrix, Node, Bias]> = (tape, W, x, b) => {
  const y = tape.node(W.rows, true);
  tape.kernels.product(
    y.value,
    y.stride >> 3,
    tape.rows,
    b.padded,
    0,
    x.value,
    x.stride,
    W.columns,
    W.byRows,
    0,
    0,
    0,
    0,
  );
  return tape.record(y, () => {
    tape.kernels.columnSums(b.gradient, b.length, tape.rows, y.gradient, y.stride);
    backThroughProduct(tape, W, x, y);
  });
};
