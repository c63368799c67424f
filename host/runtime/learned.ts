// Frames that a model has learned on its board, as the board's journal keeps them: the twin of firmware/core/learned.c.
import { learnedHead, store } from "../spec/store.ts";
import { UserError } from "../spec/user-error.ts";

/** A frame as a journal's value. @param name SHA-256 that names the model, hex @throws UserError for values of different magnitude */
export function packLearned(name: string, frame: Int16Array): Uint8Array {
  const loudness = Math.abs(frame[0]);
  const odd = frame.findIndex((value) => Math.abs(value) !== loudness);
  if (odd >= 0 || loudness === 0)
    throw new UserError(
      `value ${Math.max(odd, 0)} of what is to be learned is neither ${loudness || 1} nor −${loudness || 1}`,
      "what a board learns has two values",
    );
  const value = new Uint8Array(learnedHead.bytes + Math.ceil(frame.length / 8));
  learnedHead.write(value, 0, { model: Buffer.from(name.slice(0, 16), "hex"), loudness });
  frame.forEach((each, i) => {
    if (each > 0) value[learnedHead.bytes + (i >> 3)] |= 1 << (i & 7);
  });
  return value;
}

/** The frame of a journal's value; undefined if it is another model's. @param inputs values of a frame */
export function unpackLearned(name: string, inputs: number, value: Uint8Array): Int16Array | undefined {
  if (value.length !== learnedHead.bytes + Math.ceil(inputs / 8)) return undefined;
  const { model, loudness } = learnedHead.read(value);
  if (Buffer.from(model).toString("hex") !== name.slice(0, 16)) return undefined;
  return Int16Array.from({ length: inputs }, (_, i) =>
    (value[learnedHead.bytes + (i >> 3)] >> (i & 7)) & 1 ? loudness : -loudness,
  );
}

/** Whether a journal's key is one of what models have learned. */
export const isLearned = (key: number): boolean => key >= store.learned && key < store.learned + store.learnedMost;
