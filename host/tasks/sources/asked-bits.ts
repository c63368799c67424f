// Sequences that ask for bits at some of their steps, as tasks of memory-augmented networks do: batches of them, the loss, and the errors.
import { binaryCrossEntropy } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch } from "../task.ts";

export type Question = {
  /** [steps][inputs] */
  frames: Float32Array;
  /** [steps][bits], 0 or 1; 0 where nothing is asked. */
  targets: Float32Array;
  /** By step, 1 where the bits count. */
  asked: Uint8Array;
};

/** @param questions all with the same steps asked; the loss is the mean over the bits that are */
export function askedBatch(questions: readonly Question[]): Batch {
  const [{ frames, targets, asked }] = questions;
  const steps = asked.length;
  const [inputs, bits] = [frames.length / steps, targets.length / steps];
  const examples = questions.length * bits * asked.reduce((sum, is) => sum + is, 0);
  const weights = new Float32Array(questions.length).fill(1 / examples);
  const at = (rows: Float32Array[], width: number, step: number): Float32Array => {
    const all = new Float32Array(rows.length * width);
    rows.forEach((values, row) => {
      all.set(values.subarray(step * width, (step + 1) * width), row * width);
    });
    return all;
  };
  const rows = { frames: questions.map((each) => each.frames), targets: questions.map((each) => each.targets) };
  return {
    frames: Array.from({ length: steps }, (_, step) => at(rows.frames, inputs, step)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, step) => {
        if (!asked[step]) return;
        const wanted = at(rows.targets, bits, step);
        loss += binaryCrossEntropy(network, logits, wanted, weights);
        network.read(logits).forEach((logit, i) => {
          if (logit > 0 === wanted[i] > 0) correct++;
        });
      });
      return { loss, correct, examples };
    },
  };
}

/** How many bits are asked, and how many of them a network has wrong: a logit above 0 is a 1. */
export function bitErrors({ targets, asked }: Question, logits: Float32Array): { bits: number; wrong: number } {
  const width = targets.length / asked.length;
  let [bits, wrong] = [0, 0];
  targets.forEach((target, i) => {
    if (!asked[Math.floor(i / width)]) return;
    bits++;
    if (logits[i] > 0 !== target > 0) wrong++;
  });
  return { bits, wrong };
}

/** In %: bits that are wrong, and questions that have one. */
export async function askedErrors(runner: Runner, questions: readonly Question[]) {
  const results = await runner.run(questions.map(({ frames }) => frames));
  const errors = questions.map((question, i) => bitErrors(question, results[i]));
  const sum = (of: (each: { bits: number; wrong: number }) => number) =>
    errors.reduce((all, each) => all + of(each), 0);
  return {
    bitError: (100 * sum(({ wrong }) => wrong)) / sum(({ bits }) => bits),
    sequenceError: (100 * sum(({ wrong }) => (wrong > 0 ? 1 : 0))) / questions.length,
  };
}
