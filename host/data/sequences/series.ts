// A single long sequence without a label, such as a file of measurements to be predicted: cannot be divided by sequence,
// so it is cut by position, the end for the test.
import { UserError } from "../../spec/user-error.ts";
import type { Split } from "../clip.ts";
import type { Notices } from "../notices.ts";
import { type Shares, wantedSplits } from "./hold-out.ts";
import type { FoundSequence } from "./sequence-set.ts";

const LEAST_STEPS = 10;

/** The sequences; if only one trains and parts of it are to be held out, its parts in place of it: train, val, test. */
export function cutSeries(found: FoundSequence[], shares: Shares, notices: Notices): FoundSequence[] {
  const splits = found.map(({ split }) => split ?? "train");
  const wanted = wantedSplits(splits, shares);
  const index = splits.indexOf("train");
  if (wanted.length === 0 || splits.lastIndexOf("train") !== index || found[index].label !== undefined) return found;
  const whole = found[index];
  const pieces: [Split, number][] = [];
  let end = whole.steps;
  for (const [split, share] of wanted) {
    const steps = Math.round(whole.steps * share);
    if (steps < LEAST_STEPS)
      throw new UserError(
        `${whole.origin}: a single sequence of ${whole.steps} steps leaves ${steps} for ${split}, expected at least ${LEAST_STEPS}`,
        "Add sequences, told apart by a column sequence, or steps.",
      );
    pieces.unshift([split, end - steps]);
    end -= steps;
  }
  pieces.unshift(["train", 0]);
  if (end < LEAST_STEPS)
    throw new UserError(
      `${whole.origin}: a single sequence of ${whole.steps} steps leaves ${end} to train on`,
      "Hold out less.",
    );
  notices.note(`a single sequence, cut by position into ${pieces.map(([split]) => split).join(", ")}`, whole.origin);
  const parts = pieces.map(([split, from], n) => part(whole, split, from, pieces[n + 1]?.[1] ?? whole.steps));
  return [...found.slice(0, index), ...parts, ...found.slice(index + 1)];
}

function part(whole: FoundSequence, split: Split, from: number, to: number): FoundSequence {
  const rows = (values: Float32Array, width: number) => values.slice(from * width, to * width);
  return {
    ...whole,
    x: rows(whole.x, whole.inputs),
    ...(whole.targets && { targets: rows(whole.targets, whole.outputs!) }),
    steps: to - from,
    split,
    origin: `${whole.origin}, steps ${from + 1} to ${to}`,
  };
}
