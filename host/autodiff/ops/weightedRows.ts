// Mᵀ w: the rows of M, each times its weight, added up. One of weight 0 is passed over: of a stack all but one.
import { gradientsOf, valuesOf } from "../changed-rows.ts";
import type { FloatOp } from "../op.ts";
import type { Node, Tape } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, M, w) => {
  const y = tape.node(M.length / w.length, M.wants || w.wants);
  const [to, Ms, ws] = [y, M, w].map((node) => valuesOf(tape, node));
  to.fill(0);
  for (let row = 0; row < tape.batch; row++) {
    for (let i = 0; i < w.length; i++) {
      const wi = ws[row * w.stride + i];
      if (wi === 0) continue;
      const from = row * M.stride + i * y.length;
      for (let j = 0, at = row * y.stride; j < y.length; j++, at++) to[at] += wi * Ms[from + j];
    }
  }
  return tape.record(y, () => back(tape, y, M, w));
};

function back(tape: Tape, y: Node, M: Node, w: Node): void {
  const [dMs, dws] = gradientsOf(tape, [M, w]);
  const [Ms, ws] = [M, w].map((node) => valuesOf(tape, node));
  const dys = tape.memory.floats(y.gradient, tape.count(y));
  for (let row = 0; row < tape.batch; row++) {
    for (let i = 0; i < w.length; i++) {
      const wi = ws[row * w.stride + i];
      if (wi === 0 && !w.wants) continue;
      const from = row * M.stride + i * y.length;
      let sum = 0;
      for (let j = 0, at = row * y.stride; j < y.length; j++, at++) {
        dMs[from + j] += wi * dys[at];
        sum += Ms[from + j] * dys[at];
      }
      dws[row * w.stride + i] += sum;
    }
  }
}
