// Trees as a stream that a board takes one number a step: what to do with a stack of vectors, in post-order.
import { UserError } from "../../spec/user-error.ts";

/** Numbers from 0 on are words: their vector comes on top. This one joins the two uppermost into one, the upper the right child. */
export const REDUCE = -1;
/** Compares the two uppermost; what is above is the right one. */
export const COMPARE = -2;

/** Entries that the stack has at most, and at the end. @throws UserError for an action that finds fewer than two on it */
export function stackOf(actions: ArrayLike<number>): { most: number; left: number } {
  let [most, left] = [0, 0];
  for (let step = 0; step < actions.length; step++) {
    if (actions[step] < 0 && left < 2)
      throw new UserError(
        `action ${step} joins two of a stack of ${left}`,
        "Children come before the node that joins them.",
      );
    if (actions[step] >= 0) left++;
    else if (actions[step] === REDUCE) left--;
    most = Math.max(most, left);
  }
  return { most, left };
}

/** Trees differ in shape, and a cell branches on what it is told: in training that must be the same for a whole batch. */
export function requireOne(size: number): void {
  if (size !== 1) throw new UserError(`a batch of ${size} trees, expected 1`, "set batch to 1 in the recipe");
}
