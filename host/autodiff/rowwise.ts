// The frame of ops that are loops over one sequence at a time: views, padding and gradient buffers here, the equations in ops/.
import type { Node, Tape } from "./tape.ts";

/** The elements of a vector of one sequence, without padding. */
export type Row = Float32Array;
/** Writes y, which is 0 before, from the operands in their order. */
type Forward = (y: Row, operands: readonly Row[]) => void;
/** Adds to the gradients of the operands, never storing: one node may stand in two places, and one that wants none reads as garbage. */
type Backward = (dy: Row, operands: readonly Row[], gradients: readonly Row[], y: Row) => void;

/**
 * A node of `length` from nodes, sequence by sequence; its padding is 0 whatever lies in theirs.
 * @param backward without it no gradient passes
 */
export function rowwise(
  tape: Tape,
  length: number,
  operands: readonly Node[],
  forward: Forward,
  backward?: Backward,
): Node {
  const y = tape.node(length, backward !== undefined && operands.some(({ wants }) => wants));
  const to = viewOf(tape, y.value, y).fill(0);
  const from = valuesOf(tape, operands);
  for (let row = 0; row < tape.batch; row++) forward(rowOf(to, y, row), rowsOf(from, operands, row));
  return tape.record(y, () => {
    // All buffers before any view: memory may grow.
    const at = operands.map((node) => (node.wants ? tape.zeroedGradient(node) : tape.gradient(node)[0]));
    const gradients = operands.map((node, i) => viewOf(tape, at[i], node));
    const values = valuesOf(tape, operands);
    const [dy, made] = [viewOf(tape, y.gradient, y), viewOf(tape, y.value, y)];
    for (let row = 0; row < tape.batch; row++) {
      const into = rowsOf(gradients, operands, row);
      backward!(rowOf(dy, y, row), rowsOf(values, operands, row), into, rowOf(made, y, row));
    }
  });
}

const viewOf = (tape: Tape, at: number, node: Node): Float32Array => tape.memory.floats(at, tape.count(node));
const valuesOf = (tape: Tape, nodes: readonly Node[]) => nodes.map((node) => viewOf(tape, node.value, node));
const rowOf = (floats: Float32Array, { stride, length }: Node, row: number): Row =>
  floats.subarray(row * stride, row * stride + length);
const rowsOf = (floats: readonly Float32Array[], nodes: readonly Node[], row: number) =>
  nodes.map((node, i) => rowOf(floats[i], node, row));
