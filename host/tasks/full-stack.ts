// A network with a stack that is given more than the stack holds: the step ends with an error, since an entry that got lost at the bottom
// would be missed only much later. The error says how deep the stack is and in which step it was full.
import type { Model } from "../model/model.ts";
import { errors } from "../spec/errors.ts";
import { UserError } from "../spec/user-error.ts";

const [, full] = errors.trapFull;

/** Whether an error says that a stack is full: of the float network, of V8, or of a board. */
export const isFull = (error: unknown): error is UserError =>
  error instanceof UserError && error.message.includes(full);

/** Runs a step of a sequence, whose error is as `inStep` has it. */
export function atStep<Result>(step: number, run: () => Result, model?: Model): Result {
  try {
    return run();
  } catch (error) {
    throw inStep(step, error, model);
  }
}

/** An error of a step; one of a full stack with the step's number, from 0. @param model of integers, whose errors do not say how deep it is */
export function inStep(step: number, error: unknown, model?: Model): unknown {
  if (!isFull(error)) return error;
  const depth = model ? ` (${entriesOf(model)} entries)` : "";
  return new UserError(`${error.message}${depth}, in step ${step}`, error.hint, { cause: error });
}

/** Entries of a model's stack, 0 without one. */
export function entriesOf({ layers }: Pick<Model, "layers">): number {
  const stacks = layers.flatMap(({ records }) => records.filter(({ op }) => op === "free"));
  return Math.max(0, ...stacks.map(({ rows }) => rows));
}
