// The backward half that all matrix products share.
import type { Matrix, Node, Tape } from "./tape.ts";

/** For y = … + W x: adds dyᵀ x to the gradient of W, and dy W to that of x where it is wanted. */
export function backThroughProduct(tape: Tape, W: Matrix, x: Node, y: Node): void {
  const { kernels, rows } = tape;
  kernels.transposedProduct(W.gradient, W.rows, W.columns, rows, y.gradient, y.stride, x.value, x.stride);
  if (!x.wants) return;
  const [dx, keep] = tape.gradient(x);
  const start = keep ? [dx, x.stride] : [tape.zeros, 0];
  kernels.product(dx, x.stride >> 3, rows, ...start, y.gradient, y.stride, W.rows, W.byColumns, 0, 0, 0, 0);
}
