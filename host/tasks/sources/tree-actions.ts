// Trees as a stream that a board takes one number a step: what to do with a stack of vectors, in post-order.
import { UserError } from "../../spec/user-error.ts";

/** Numbers from 0 on are words: their vector comes on top. This one joins the two uppermost into one, the upper the right child. */
export const REDUCE = -1;
/** Compares the two uppermost; what is above is the right one. */
export const COMPARE = -2;

const trees = "children come before the node that joins them, two for each";

/** Entries that the stack has at most, and at the end. @throws UserError for an action that finds fewer than two on it */
export function stackOf(actions: ArrayLike<number>): { most: number; left: number } {
  let [most, left] = [0, 0];
  for (let step = 0; step < actions.length; step++) {
    if (actions[step] < 0 && left < 2) throw new UserError(`action ${step} joins two of a stack of ${left}`, trees);
    if (actions[step] >= 0) left++;
    else if (actions[step] === REDUCE) left--;
    most = Math.max(most, left);
  }
  return { most, left };
}

/** The same actions, if they leave `left` on a stack of at most `depth`. @throws UserError otherwise */
export function checked(actions: number[], left: number, depth = Number.POSITIVE_INFINITY): number[] {
  const found = stackOf(actions);
  if (found.left !== left)
    throw new UserError(`${actions.length} actions leave ${found.left} on the stack, expected ${left}`, trees);
  if (found.most > depth)
    throw new UserError(
      `${actions.length} actions take a stack of ${found.most}, the model's has ${depth}`,
      "leave the tree out",
    );
  return actions;
}

/** Trees differ in shape, and a cell branches on what it is told: in training that must be the same for a whole batch. */
export function requireOne(size: number): void {
  if (size !== 1) throw new UserError(`a batch of ${size} trees, expected 1`, "set batch to 1 in the recipe");
}
