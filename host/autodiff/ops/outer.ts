// M + a bᵀ
import { copyOf, gradientsOf, valuesOf } from "../changed-rows.ts";
import type { FloatOp } from "../op.ts";
import type { Node, Tape } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, M, a, b) => {
  const y = copyOf(tape, M, M.wants || a.wants || b.wants);
  const [to, as, bs] = [y, a, b].map((node) => valuesOf(tape, node));
  for (let row = 0; row < tape.batch; row++) {
    for (let i = 0; i < a.length; i++) {
      const ai = as[row * a.stride + i];
      if (ai === 0) continue;
      const at = row * y.stride + i * b.length;
      for (let j = 0, from = row * b.stride; j < b.length; j++, from++) to[at + j] += ai * bs[from];
    }
  }
  return tape.record(y, () => back(tape, y, M, a, b));
};

function back(tape: Tape, y: Node, M: Node, a: Node, b: Node): void {
  const [das, dbs] = gradientsOf(tape, [a, b]);
  const [as, bs] = [a, b].map((node) => valuesOf(tape, node));
  const dys = tape.memory.floats(y.gradient, tape.count(y));
  for (let row = 0; row < tape.batch; row++) {
    for (let i = 0; i < a.length; i++) {
      const ai = as[row * a.stride + i];
      if (ai === 0 && !a.wants) continue;
      const at = row * y.stride + i * b.length;
      let sum = 0;
      for (let j = 0, from = row * b.stride; j < b.length; j++, from++) {
        const d = dys[at + j];
        dbs[from] += d * ai;
        sum += d * bs[from];
      }
      das[row * a.stride + i] += sum;
    }
  }
  const dy = y.gradient;
  const [dM, keep] = tape.gradient(M, y);
  if (dM !== dy) tape.kernels.pass(dy, dM, keep, tape.count(y));
}
