// The row of E that the first element of x counts to.
import { UserError } from "../../spec/user-error.ts";
import type { FloatOp } from "../op.ts";
import type { Matrix, Node, Tape } from "../tape.ts";

export const op: FloatOp<[Matrix, Node]> = (tape, E, x) => {
  const y = tape.node(E.columns, true);
  const symbols = symbolsOf(tape, E, x);
  const to = tape.memory.floats(y.value, tape.count(y)).fill(0);
  // By columns a row lies in pieces of 8, each as many floats from the next as a panel has; absent columns are 0, as padding is.
  const panel = E.rows * 8;
  const packed = tape.memory.floats(E.byColumns, (y.stride >> 3) * panel);
  symbols.forEach((symbol, row) => {
    for (let c = 0; c < y.stride; c++) to[row * y.stride + c] = packed[(c >> 3) * panel + symbol * 8 + (c & 7)];
  });
  return tape.record(y, () => {
    const dy = tape.memory.floats(y.gradient, tape.count(y));
    const dE = tape.memory.floats(E.gradient, E.rows * E.columns);
    symbols.forEach((symbol, row) => {
      for (let c = 0; c < E.columns; c++) dE[symbol * E.columns + c] += dy[row * y.stride + c];
    });
  });
};

function symbolsOf(tape: Tape, { rows }: Matrix, x: Node): number[] {
  const values = tape.memory.floats(x.value, tape.count(x));
  return Array.from({ length: tape.batch }, (_, row) => {
    const symbol = Math.round(values[row * x.stride]);
    if (!(symbol >= 0 && symbol < rows)) {
      throw new UserError(`symbol ${symbol} of ${rows}`, "count symbols from 0, and give the cell a row for each");
    }
    return symbol;
  });
}
