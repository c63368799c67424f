// A float op: computes its result over the batch and records how gradients go back. The bodies are found by their name,
// one file each in ops/, exporting `op`.
import { readdirSync } from "node:fs";
import { opNames } from "../spec/ops.ts";
import type { Bias, Matrix, Node, Tape } from "./tape.ts";

/** What an argument is on the tape: a matrix, a bias, or (vector, state) a node. */
export type Operand = Matrix | Bias | Node;
/** Gives the result's node, or for a condition whether it holds. */
export type FloatOp<Operands extends Operand[]> = (tape: Tape, ...operands: Operands) => Node | boolean;

const folder = new URL("./ops/", import.meta.url);
const bodies = new Map<string, FloatOp<never[]>>();
for (const file of readdirSync(folder).filter((name) => /^\w+\.(js|ts)$/.test(name))) {
  const { op } = (await import(new URL(file, folder).href)) as { op: FloatOp<never[]> };
  bodies.set(file.replace(/\.\w+$/, ""), op);
}

/** The body of each op in the table; calling it with operands of other kinds than the table names is a bug. */
export function floatOp(name: string): FloatOp<Operand[]> {
  const body = bodies.get(name);
  if (!body) throw new Error(`op ${name} has no float body in host/autodiff/ops`);
  return body as FloatOp<Operand[]>;
}

/** Ops of the table that have no float body: none, as a test proves. */
export const missingOps = (): string[] => opNames.filter((name) => !bodies.has(name));
