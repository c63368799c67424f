// Inputs brought to mean 0 and deviation 1, measured on training sequences alone.
import { UserError } from "../../spec/user-error.ts";
import type { SequenceSet } from "./sequence-set.ts";

/** One value for each input; a constant input has deviation 1. */
export type Normalization = { mean: number[]; deviation: number[] };

/** Measures the training sequences, every step counting alike. @throws UserError if there are none */
export function measureNormalization({ name, inputs, sequences }: SequenceSet): Normalization {
  const train = sequences.filter(({ split }) => split === "train");
  const steps = train.reduce((sum, sequence) => sum + sequence.steps, 0);
  if (steps === 0)
    throw new UserError(`${name} has no training sequences`, "Add some with split train, or without a split.");
  const mean = new Array<number>(inputs).fill(0);
  for (const { x } of train) for (let n = 0; n < x.length; n++) mean[n % inputs] += x[n] / steps;
  const [first] = train;
  const varies = new Array<boolean>(inputs).fill(false);
  const variance = new Array<number>(inputs).fill(0);
  for (const { x } of train)
    for (let n = 0; n < x.length; n++) {
      const input = n % inputs;
      variance[input] += (x[n] - mean[input]) ** 2 / steps;
      varies[input] ||= x[n] !== first.x[input];
    }
  // A constant may have a variance of some 1e-34, from rounding its mean.
  return { mean, deviation: variance.map((value, input) => (varies[input] ? Math.sqrt(value) : 1)) };
}

/** (x − mean) / deviation of [steps][inputs], in a new array. */
export function normalize(x: Float32Array, { mean, deviation }: Normalization): Float32Array {
  const inputs = mean.length;
  return x.map((value, n) => (value - mean[n % inputs]) / deviation[n % inputs]);
}
