// M − M ∘ (w eᵀ)
import { copyOf, gradientsOf, valuesOf } from "../changed-rows.ts";
import type { FloatOp } from "../op.ts";
import type { Node, Tape } from "../tape.ts";

export const op: FloatOp<[Node, Node, Node]> = (tape, M, w, e) => {
  const y = copyOf(tape, M, M.wants || w.wants || e.wants);
  const [to, ws, es] = [y, w, e].map((node) => valuesOf(tape, node));
  for (let row = 0; row < tape.batch; row++) {
    for (let i = 0; i < w.length; i++) {
      const wi = ws[row * w.stride + i];
      if (wi === 0) continue;
      const at = row * y.stride + i * e.length;
      for (let j = 0, from = row * e.stride; j < e.length; j++, from++) to[at + j] *= 1 - wi * es[from];
    }
  }
  return tape.record(y, () => back(tape, y, M, w, e));
};

function back(tape: Tape, y: Node, M: Node, w: Node, e: Node): void {
  const [dws, des] = gradientsOf(tape, [w, e]);
  const [Ms, ws, es] = [M, w, e].map((node) => valuesOf(tape, node));
  const dys = tape.memory.floats(y.gradient, tape.count(y));
  for (let row = 0; row < tape.batch; row++) {
    for (let i = 0; i < w.length; i++) {
      const wi = ws[row * w.stride + i];
      if (wi === 0 && !w.wants) continue;
      const at = row * y.stride + i * e.length;
      let sum = 0;
      for (let j = 0, from = row * e.stride; j < e.length; j++, from++) {
        const d = dys[at + j] * Ms[at + j];
        des[from] -= d * wi;
        sum += d * es[from];
        dys[at + j] *= 1 - wi * es[from]; // what is left of it goes to M
      }
      dws[row * w.stride + i] -= sum;
    }
  }
  const dy = y.gradient;
  const [dM, keep] = tape.gradient(M, y);
  if (dM !== dy) tape.kernels.pass(dy, dM, keep, tape.count(y));
}
