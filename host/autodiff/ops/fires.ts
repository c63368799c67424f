// 1 where a is at least b, else 0; no gradient: networks that spike are not trained by it.
import type { FloatOp } from "../op.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node, Node]> = (tape, a, b) => {
  const y = tape.node(a.length, false);
  const values = (node: Node) => tape.memory.floats(node.value, tape.count(node));
  const [from, limits, to] = [values(a), values(b), values(y)];
  for (let i = 0; i < to.length; i++) to[i] = from[i] >= limits[i] ? 1 : 0;
  return y;
};
