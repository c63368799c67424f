// The OUTP section: labels, and how their logits become detections.
import {
  type DecoderParameters,
  decoderHead,
  decoderKinds,
  decoderLimits,
  decoderRamBytes,
  powerSteps,
} from "../spec/decoder.ts";
import { UserError } from "../spec/user-error.ts";

const fraction = (value: number): number => Math.min(32767, Math.round(value * 32768));

/** The section's bytes. Throws a UserError if a parameter is beyond what a board accepts. */
export function outputSection(parameters: DecoderParameters): Uint8Array<ArrayBuffer> {
  checkParameters(parameters);
  const { kind, labels, quiet, format, window, threshold, rearm, refractory } = parameters;
  const names = labels.map((label) => new TextEncoder().encode(label));
  const powers = Uint16Array.from({ length: powerSteps + 1 }, (_, i) => Math.round(32768 * 2 ** (-i / powerSteps)));
  const padded = (bytes: number): number => (bytes + 3) & ~3;
  const powersAt = decoderHead.bytes;
  const firesAt = powersAt + padded(powers.byteLength);
  const namesAt = firesAt + padded(labels.length);
  const length = namesAt + padded(names.reduce((sum, name) => sum + 1 + name.length, 0));
  const section = new Uint8Array(length);
  decoderHead.write(section, 0, {
    kind: decoderKinds.indexOf(kind),
    labels: labels.length,
    format,
    window,
    threshold: fraction(threshold),
    rearm: fraction(rearm),
    refractory,
    reserved: 0,
    ramBytes: decoderRamBytes(labels.length, window),
    powersAt,
    firesAt,
    namesAt,
    length,
  });
  section.set(new Uint8Array(powers.buffer), powersAt);
  section.set(
    labels.map((label) => (quiet.includes(label) ? 0 : 1)),
    firesAt,
  );
  let at = namesAt;
  for (const name of names) {
    section[at] = name.length;
    section.set(name, at + 1);
    at += 1 + name.length;
  }
  return section;
}

/** The parameters that a section was made from. Throws a UserError if the section is not what `outputSection` makes of them. */
export function readOutput(section: Uint8Array): DecoderParameters {
  const damaged = "the model's output section is damaged";
  const hint = "quantize the model again";
  if (section.length < decoderHead.bytes) throw new UserError(damaged, hint);
  const head = decoderHead.read(section);
  const labels: string[] = [];
  for (let at = head.namesAt; labels.length < head.labels && at < section.length; at += 1 + section[at]!) {
    labels.push(new TextDecoder().decode(section.subarray(at + 1, at + 1 + section[at]!)));
  }
  const parameters = {
    kind: decoderKinds[head.kind],
    labels,
    quiet: labels.filter((_, i) => section[head.firesAt + i] === 0),
    format: head.format,
    window: head.window,
    threshold: head.threshold / 32768,
    rearm: head.rearm / 32768,
    refractory: head.refractory,
  };
  let same: boolean;
  try {
    same = Buffer.compare(outputSection(parameters), section) === 0;
  } catch (cause) {
    throw new UserError(damaged, hint, { cause });
  }
  if (!same) throw new UserError(damaged, hint);
  return parameters;
}

function checkParameters(parameters: DecoderParameters): void {
  const { kind, labels, quiet, threshold, rearm } = parameters;
  const refuse = (what: string, hint: string): never => {
    throw new UserError(what, hint);
  };
  const within = (what: string, value: number, [least, most]: readonly [number, number]): void => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    refuse(`${what} is ${value}; it must be a whole number from ${least} to ${most}`, "choose another value");
  };
  if (!decoderKinds.includes(kind)) refuse(`the decoder's kind is ${kind}`, `choose from ${decoderKinds.join(", ")}`);
  within("the number of labels", labels.length, decoderLimits.labels);
  within("the logits' format", parameters.format, decoderLimits.format);
  within("the decoder's window", parameters.window, decoderLimits.window);
  within("the decoder's refractory time", parameters.refractory, decoderLimits.refractory);
  for (const label of labels) {
    within(`the length in UTF-8 of label "${label}"`, new TextEncoder().encode(label).length, decoderLimits.label);
  }
  if (new Set(labels).size < labels.length) refuse("two labels have the same name", "give each label its own");
  const stray = quiet.find((label) => !labels.includes(label));
  if (stray !== undefined) refuse(`"${stray}" is to stay quiet but is no label`, `choose from ${labels.join(", ")}`);
  if (!(threshold >= 0 && threshold <= 1)) refuse(`the threshold is ${threshold}`, "choose one from 0 to 1");
  if (!(rearm >= 0 && rearm <= threshold)) refuse(`the rearm level is ${rearm}`, "choose one from 0 to the threshold");
  if (kind === "path" && rearm !== 0) refuse("a best path has a rearm level", "leave it at 0");
}
