// What a board that listens by itself does on a detection, as its journal keeps it: the twin of firmware/core/listen.c.
import { ruleHead } from "../spec/store.ts";

export type Rule = {
  label: string;
  pin: number;
  /** The least probability, beside what the model asks for. */
  threshold: number;
  /** Milliseconds from the last such detection until the pin goes low again. */
  holdMs: number;
};

/** A rule as a journal's value. */
export function packRule({ label, pin, threshold, holdMs }: Rule): Uint8Array {
  const name = new TextEncoder().encode(label);
  const value = new Uint8Array(ruleHead.bytes + name.length);
  ruleHead.write(value, 0, { pin, reserved: 0, threshold: Math.round(threshold * 32767), holdMs });
  value.set(name, ruleHead.bytes);
  return value;
}

/** The rule of a journal's value; undefined if it is none. */
export function unpackRule(value: Uint8Array): Rule | undefined {
  if (value.length <= ruleHead.bytes) return undefined;
  const { pin, threshold, holdMs } = ruleHead.read(value);
  return { label: new TextDecoder().decode(value.subarray(ruleHead.bytes)), pin, threshold: threshold / 32767, holdMs };
}
