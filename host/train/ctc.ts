// The loss of connectionist temporal classification: −log of the probability that a sequence of frames, each with logits
// over labels and a blank, spells a shorter target (assembly/float/ctc.ts has the equations and the paper).
import type { Network } from "../autodiff/network.ts";
import type { Node } from "../autodiff/tape.ts";
import { UserError } from "../spec/user-error.ts";

/**
 * Σ weight · −log p(target | frames), with its gradient added to the frames' nodes.
 * @param frames the logits of all steps of the pass
 * @param targets [batch], labels without blanks; none is a target too
 * @param lengths [batch], how many frames, from the first on, belong to each sequence
 * @param blank the label that stands for nothing
 * @param weights [batch], 0 leaves a sequence out, unchecked
 * @throws UserError for an empty batch, a target that its frames cannot spell, and a label that is none
 */
export function ctcLoss(
  network: Network,
  frames: readonly Node[],
  targets: readonly (readonly number[])[],
  lengths: ArrayLike<number>,
  blank: number,
  weights: Float32Array,
): number {
  const { tape, memory } = network;
  const rows = targets.length;
  const labels = frames[0]?.length ?? 0;
  check(frames.length, labels, targets, lengths, blank, weights);
  if (rows > network.batch || rows > weights.length)
    throw new Error(`${rows} targets, ${weights.length} weights, a batch of ${network.batch}`);
  const counts = targets.map((target) => target.length);
  const longest = weights
    .subarray(0, rows)
    .reduce((most, weight, i) => (weight === 0 ? most : Math.max(most, lengths[i])), 0);
  const states = 2 * Math.max(...counts) + 1;
  const used = frames.slice(0, longest);
  const words = (values: readonly number[]) => {
    const at = memory.temporary(values.length);
    memory.words(at, values.length).set(values);
    return at;
  };
  const weightsAt = memory.temporary(rows);
  memory.floats(weightsAt, rows).set(weights.subarray(0, rows));
  return tape.kernels.ctc(
    words(used.map(({ value }) => value)),
    words(used.map((frame) => tape.zeroedGradient(frame))),
    frames[0].stride,
    labels,
    rows,
    words(Array.from({ length: rows }, (_, i) => lengths[i])),
    words(counts),
    words(targets.flat()),
    blank,
    weightsAt,
    memory.temporary(2 * (longest * (labels + states) + states + labels)),
  );
}

/** The fewest frames that can spell a target: one for each label, and a blank between equal neighbours. */
export function framesNeeded(target: readonly number[]): number {
  return target.length + target.filter((label, i) => i > 0 && label === target[i - 1]).length;
}

function check(
  frames: number,
  labels: number,
  targets: readonly (readonly number[])[],
  lengths: ArrayLike<number>,
  blank: number,
  weights: Float32Array,
): void {
  if (targets.length === 0 || frames === 0) {
    throw new UserError(
      `the batch has ${targets.length} sequences and ${frames} frames`,
      "a CTC loss needs one of each; check that the data set is not empty",
    );
  }
  if (!(Number.isInteger(blank) && blank >= 0 && blank < labels)) throw new Error(`blank ${blank} of ${labels} labels`);
  targets.forEach((target, i) => {
    if (weights[i] === 0) return;
    if (!(Number.isInteger(lengths[i]) && lengths[i] >= 0 && lengths[i] <= frames))
      throw new Error(`sequence ${i} has ${lengths[i]} of ${frames} frames`);
    checkLabels(i, target, labels, blank);
    const needed = framesNeeded(target);
    if (lengths[i] >= needed) return;
    throw new UserError(
      `sequence ${i} has T = ${lengths[i]} frames, but its target of ${target.length} labels needs ${needed}`,
      "each label takes a frame, and a blank between equal ones another: shorten the target, or stack fewer frames a step",
    );
  });
}

function checkLabels(sequence: number, target: readonly number[], labels: number, blank: number): void {
  const wrong = target.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < labels));
  if (wrong >= 0) {
    throw new UserError(
      `label ${wrong} of sequence ${sequence}'s target is ${target[wrong]}, not one of 0 … ${labels - 1}`,
      "the network's last layer has one output for each label and one for the blank",
    );
  }
  const blankAt = target.indexOf(blank);
  if (blankAt >= 0) {
    throw new UserError(
      `label ${blankAt} of sequence ${sequence}'s target is the blank (${blank})`,
      "a target holds labels alone; the loss puts the blanks between them",
    );
  }
}
