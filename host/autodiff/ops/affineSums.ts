// s + b: the product is in s.
import type { FloatOp } from "../op.ts";
import type { Bias, Matrix, Node } from "../tape.ts";
import { op as recurrentSums } from "./recurrentSums.ts";

export const op: FloatOp<[Matrix, Node, Bias]> = (tape, W, s, b) => recurrentSums(tape, W, s, W, undefined, b);
