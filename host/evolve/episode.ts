// An episode: what a policy lives through. The world it lives in is a generator that yields frames and is given the network's result of
// each, so that one world runs against integers in V8, a float network, and a board at the end of a line.

import type { IntegerModel } from "../runtime/integer-model.ts";
import { toIntegers, toValues } from "../runtime/values.ts";

export type Episode<Outcome> = Generator<Float32Array, Outcome, Float32Array>;

/** @param step of a network whose states are kept; what it returns may be a view */
export function play<Outcome>(episode: Episode<Outcome>, step: (frame: Float32Array) => Float32Array): Outcome {
  let turn = episode.next();
  while (!turn.done) turn = episode.next(step(turn.value));
  return turn.value;
}

/** A step of integers in V8 as episodes want it. */
export const integerStep = (model: IntegerModel): ((frame: Float32Array) => Float32Array) => {
  const { input, output } = model.formats;
  return (frame) => toValues(model.step(toIntegers(frame, input)), output);
};
