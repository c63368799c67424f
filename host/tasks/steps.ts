// What the length of sequences decides: whether a network that looks back sees as far as it is built for, and how much a unit may keep.
import { checkBounds } from "../compile/bounds.ts";
import { type FloatLayer, networkInputs } from "../compile/cell.ts";
import { UserError } from "../spec/user-error.ts";

/**
 * @param sequences [steps][inputs] each
 * @throws UserError for no sequences, for delays that reach further back than the longest sequence, and for a unit that would more than double what it holds
 */
export function checkSteps(layers: readonly FloatLayer[], sequences: readonly Float32Array[]): void {
  const inputs = networkInputs(layers);
  const steps = sequences.reduce((longest, { length }) => Math.max(longest, length / inputs), 0);
  if (steps === 0) throw new UserError("there are no steps to learn formats from", "give sequences of training data");
  const span = 1 + furthestDelay(layers);
  if (span > steps)
    throw new UserError(
      `the network looks at ${span} steps, and the longest sequence has ${steps}`,
      "give its layers shorter delays, or fewer of them",
    );
  layers.forEach((layer, i) => {
    checkBounds(layer, `layer ${i} (${layer.cell.name})`, steps);
  });
}

/** By how many steps the delays of a network add up, on the way where they are longest. */
export function furthestDelay(layers: readonly Pick<FloatLayer, "pieces">[]): number {
  const reached = [0]; // of the input, then of each layer's result
  layers.forEach(({ pieces }, i) => {
    const seen = pieces?.map(({ source, previous, delay = 0 }) => (previous ? 0 : reached[source] + delay));
    reached.push(seen ? Math.max(...seen) : reached[i]);
  });
  return Math.max(...reached);
}
