// s + v + b: the products are in s and v.
import type { Bias, Matrix, Node, Tape } from "../tape.ts";

export const op = (tape: Tape, _W: Matrix, s: Node, _U: Matrix, v: Node | undefined, b: Bias): Node => {
  const y = tape.node(s.length, true);
  const count = tape.count(y);
  tape.kernels.broadcast(y.value, b.padded, y.stride, tape.rows);
  for (const sums of [s, v]) if (sums) tape.kernels.add(y.value, y.value, sums.value, count);
  return tape.record(y, () => {
    tape.kernels.columnSums(b.gradient, b.length, tape.rows, y.gradient, y.stride);
    for (const sums of [s, v]) if (sums?.wants) tape.kernels.pass(y.gradient, ...tape.gradient(sums), count);
  });
};
