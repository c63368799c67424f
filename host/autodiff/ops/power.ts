// wi^γ / Σ wj^γ, γ = max(0, gamma0); of w what is not above 0 is 0, whatever γ, and takes no gradient.
import type { FloatOp } from "../op.ts";
import { type Row, rowwise } from "../rowwise.ts";
import type { Node } from "../tape.ts";

/** The slope of wi^γ at 0 is without bound where γ is below 1: it is taken for that of the line from 0 to this w. */
const least = 2 ** -30;

export const op: FloatOp<[Node, Node]> = (tape, w, gamma) => rowwise(tape, w.length, [w, gamma], forward, backward);

function forward(y: Row, [w, gamma]: readonly Row[]): void {
  const exponent = Math.max(0, gamma[0]);
  const most = greatest(w);
  let sum = 0;
  for (let i = 0; i < w.length; i++) {
    if (!(w[i] > 0)) continue;
    y[i] = (w[i] / most) ** exponent; // the greatest is 1: the sum is no 0, however great γ is
    sum += y[i];
  }
  if (sum > 0) for (let i = 0; i < w.length; i++) y[i] /= sum;
}

function backward(dy: Row, [w, gamma]: readonly Row[], [dw, dGamma]: readonly Row[], y: Row): void {
  const exponent = Math.max(0, gamma[0]);
  const most = greatest(w);
  let mean = 0;
  for (let i = 0; i < y.length; i++) mean += y[i] * dy[i];
  let ofGamma = 0;
  for (let i = 0; i < w.length; i++) {
    if (!(w[i] > 0)) continue;
    const d = y[i] * (dy[i] - mean); // of γ ln wi
    dw[i] += (exponent * d) / Math.max(w[i], least);
    ofGamma += d * Math.log(w[i] / most);
  }
  if (gamma[0] >= 0) dGamma[0] += ofGamma;
}

function greatest(w: Row): number {
  let most = 0;
  for (let i = 0; i < w.length; i++) if (w[i] > most) most = w[i];
  return most;
}
