// What ops share that change some rows of a memory and leave the others: of a stack all but one, so that a copy is most of their work.
import type { Node, Tape } from "./tape.ts";

/** A copy of M as a new node; its padding is 0 whatever lies in that of M. */
export function copyOf(tape: Tape, M: Node, wants: boolean): Node {
  const y = tape.node(M.length, wants);
  const [to, from] = [viewOf(tape, y.value, y), viewOf(tape, M.value, M)];
  to.set(from);
  for (let row = 0; row < tape.batch; row++) to.fill(0, row * y.stride + y.length, (row + 1) * y.stride);
  to.fill(0, tape.batch * y.stride);
  return y;
}

/** The values of a node, [rows padded][stride]. */
export const valuesOf = (tape: Tape, node: Node): Float32Array => viewOf(tape, node.value, node);

/** Where nodes' gradients are added to, each [rows padded][stride]; what goes to one that wants none is lost. */
export function gradientsOf(tape: Tape, nodes: readonly Node[]): Float32Array[] {
  // All buffers before any view: memory may grow.
  const at = nodes.map((node) => (node.wants ? tape.zeroedGradient(node) : tape.gradient(node)[0]));
  return nodes.map((node, i) => viewOf(tape, at[i], node));
}

const viewOf = (tape: Tape, at: number, node: Node): Float32Array => tape.memory.floats(at, tape.count(node));
