// The decoder in floating point, as plain as it gets: what the integers approximate.
import type { DecoderParameters } from "../../host/spec/decoder.ts";

export type FloatFrame = { best: number; detected: number | undefined; probabilities: number[]; top: number[] };

/** Decisions of every frame, from the mean over the last frames and an exact softmax. */
export function floatDecisions(frames: number[][], parameters: DecoderParameters): FloatFrame[] {
  const { kind, labels, quiet, format, window, threshold, rearm, refractory } = parameters;
  const armed = labels.map(() => true);
  let last = -Infinity;
  return frames.map((_, t) => {
    const recent = frames.slice(Math.max(0, t + 1 - window), t + 1);
    const top = labels.map((_, label) => recent.reduce((sum, row) => sum + row[label]!, 0) / recent.length);
    const powers = top.map((mean) => Math.exp((mean - Math.max(...top)) / 2 ** format));
    const total = powers.reduce((a, b) => a + b, 0);
    const probabilities = powers.map((value) => value / total);
    const best = top.indexOf(Math.max(...top));
    probabilities.forEach((p, label) => {
      if (kind === "path" ? label !== best : p < rearm) armed[label] = true;
    });
    const able = (p: number, label: number): boolean =>
      (kind === "mean" || label === best) &&
      p > threshold &&
      armed[label]! &&
      !quiet.includes(labels[label]!) &&
      t - last >= refractory;
    const detected = probabilities
      .map((p, label) => ({ p, label }))
      .filter(({ p, label }) => able(p, label))
      .sort((a, b) => b.p - a.p)[0]?.label;
    if (detected !== undefined) {
      armed[detected] = false;
      last = t;
    }
    return { best, detected, probabilities, top };
  });
}
