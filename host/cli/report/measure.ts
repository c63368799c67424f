// What a validation counts, and how its figures read: the part of the examples that came out right, unless the training says
// that its task measures something else.
import type { Epoch } from "../../model/float-model.ts";

/** Another measure than the part that came out right. Its values are in `unit`. */
export type Measure = { name: string; unit: string; better: "higher" | "lower" };

/** The measure that a training names, if it does. */
export function measureOf({ metric }: { metric?: unknown }): Measure | undefined {
  const { name, unit, better } = (metric ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof unit !== "string") return undefined;
  return { name, unit, better: better === "lower" ? "lower" : "higher" };
}

/** Whether results decide between classes: only then is it worth a word that decisions are equal. */
export function decides(training: { metric?: unknown }): boolean {
  const measure = measureOf(training);
  return measure === undefined || measure.name === "accuracy";
}

/** An epoch's validation as it reads: in per cent, or in the unit of the measure. In the history greater is better. */
export function validationOf({ validation }: Epoch, measure: Measure | undefined): number | undefined {
  if (validation === undefined) return undefined;
  if (!measure) return 100 * validation;
  return measure.better === "lower" ? -validation : validation;
}

/** @param value as `validationOf` gives it */
export function measured(value: number | undefined, measure: Measure | undefined): string {
  if (value === undefined) return "–";
  return measure ? `${Number(value.toPrecision(4))} ${measure.unit}` : `${value.toFixed(2)} %`;
}

/** @param value of `accuracy` in a training: a fraction, or in the unit of the measure */
export const accuracyText = (value: number | undefined, measure: Measure | undefined): string =>
  measured(value === undefined || measure ? value : 100 * value, measure);

/** The epoch whose parameters the model has: the best validation, of equals the later. */
export function bestEpoch(history: readonly Epoch[]): Epoch | undefined {
  return history.reduce<Epoch | undefined>((best, entry) => {
    const { validation = Number.NEGATIVE_INFINITY } = best ?? {};
    return entry.validation !== undefined && entry.validation >= validation ? entry : best;
  }, undefined);
}
