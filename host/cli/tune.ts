// A model with other numbers of how its results become detections: the same sections in the same places.
import { createHash } from "node:crypto";
import { outputSection, readOutput } from "../features/output-section.ts";
import { writeContainer } from "../model/container.ts";
import { type Model, readModel } from "../model/model.ts";
import { type DecoderParameters, decoderHead } from "../spec/decoder.ts";
import { UserError } from "../spec/user-error.ts";

export type Tuning = Partial<Pick<DecoderParameters, "threshold" | "rearm" | "refractory" | "window">>;

const up8 = (bytes: number): number => (bytes + 7) & ~7;
const decoderRam = (section: Uint8Array): number => up8(decoderHead.read(section).ramBytes);

/** What a model says of its detections. UserError if it makes none. */
export function tuningOf(model: Model): DecoderParameters {
  const output = model.sections.get("OUTP");
  if (!output) throw new UserError("the model makes no detections", "give one that was trained for labels");
  return readOutput(output.bytes);
}

/**
 * The model's file with another tuning; a rearm above the threshold becomes the threshold.
 * @throws UserError for numbers beyond what a board accepts
 */
export function tuned(model: Model, tuning: Tuning): Uint8Array {
  const old = model.sections.get("OUTP")!.bytes;
  const now = { ...tuningOf(model), ...tuning };
  const output = outputSection({ ...now, rearm: Math.min(now.rearm, now.threshold) });
  const name = new Uint8Array(createHash("sha256").update(model.sha256).update(output).digest());
  const file = writeContainer(
    [...model.sections].map(([tag, { bytes }]) => [tag, tag === "OUTP" ? output : tag === "nAME" ? name : bytes]),
    { ...model.header, ramBytes: model.header.ramBytes - decoderRam(old) + decoderRam(output) },
  );
  readModel(file, "the tuned model");
  return file;
}
