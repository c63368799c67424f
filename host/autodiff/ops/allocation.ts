// a[φj] = (1 − u[φj]) Pj, Pj = Π u[φi] over i < j, φ the places by rising usage. The order is a constant to the gradient, and usages
// beyond 0 and 1, which count as these, take none.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

export const op: FloatOp<[Node]> = (tape, u) => rowwise(tape, u.length, [u], forward, backward);

function forward(y: Row, [u]: readonly Row[]): void {
  let product = 1;
  for (const i of risingOrder(u)) {
    const usage = clamp(u[i]);
    y[i] = (1 - usage) * product;
    product *= usage;
  }
}

// From the last to the first, since dividing the whole product by one of its factors fails where that is 0.
function backward(dy: Row, [u]: readonly Row[], [du]: readonly Row[]): void {
  const order = risingOrder(u);
  const products = new Float64Array(u.length);
  for (let j = 0, product = 1; j < order.length; j++) {
    products[j] = product;
    product *= clamp(u[order[j]]);
  }
  let ofProduct = 0; // the gradient of Pj+1 = Pj u[φj]
  for (let j = order.length - 1; j >= 0; j--) {
    const i = order[j];
    const usage = clamp(u[i]);
    if (usage === u[i]) du[i] += products[j] * (ofProduct - dy[i]);
    ofProduct = (1 - usage) * dy[i] + usage * ofProduct;
  }
}

const clamp = (usage: number): number => Math.min(1, Math.max(0, usage));

// Of equals the earlier first: sorting is stable.
const risingOrder = (u: Row): number[] => Array.from(u.keys()).sort((i, j) => u[i] - u[j]);
