// What a model of sequences made of those it did not learn from: classes taken for which, or how far off predicted values
// are. Kept in the file since its training or quantization, or measured for the report.
import type { Examination } from "../../tasks/task.ts";
import { classTables } from "./evaluation.ts";
import { count, name, plain, scrolling, section } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { accuracyText, type Measure, measureOf } from "./measure.ts";
import { type Facts, factsOf, numberOf, type Subject } from "./subject.ts";

export type HeldOut = {
  found: Examination;
  measure: Measure;
  labels: readonly string[];
  split: string;
  /** `float`, `v8` or a board. */
  on: string;
  /** Name of the data, and how many sequences, where it is known. */
  data: string;
  sequences?: number;
  notices: readonly string[];
};

/** What the file itself keeps of its test, if it does. */
export function keptTest({ training, quantization, labels, board }: Subject): HeldOut | undefined {
  const measure = measureOf(training);
  const found = examinationIn(factsOf((board ? quantization : training)?.test), measure, labels.length);
  if (!found || !measure) return undefined;
  const sequences = numberOf(factsOf(factsOf(factsOf(training.sequences).parts).test).sequences);
  const data = plain(factsOf(training.data).name ?? "its data");
  return { found, measure, labels, split: "test", on: board ? "v8" : "float", data, sequences, notices: [] };
}

// JSON that any program may have written.
function examinationIn(facts: Facts, measure: Measure | undefined, labels: number): Examination | undefined {
  const value = measure && numberOf(facts[measure.name]);
  if (value === undefined) return undefined;
  const { confusion, values } = facts;
  const isRow = (row: unknown): row is number[] =>
    Array.isArray(row) && row.length === labels && row.every((cell) => Number.isInteger(cell) && cell >= 0);
  const square = Array.isArray(confusion) && confusion.length === labels && confusion.every(isRow);
  const predicted = (Array.isArray(values) ? values.map(factsOf) : []).flatMap((each) => {
    const [error, baseline] = [numberOf(each.error), numberOf(each.baseline)];
    return error === undefined || baseline === undefined ? [] : [{ name: plain(each.name), error, baseline }];
  });
  return {
    scores: { [measure!.name]: value },
    baseline: numberOf(facts.baseline),
    ...(square && { confusion }),
    ...(predicted.length > 0 && { values: predicted }),
  };
}

/** The figure that one looks for first. */
export const heldOutFigure = ({ found, measure }: HeldOut): string => accuracyText(found.scores[measure.name], measure);

export function heldOutSection(held: HeldOut): Markup {
  const { found, measure, labels, split, on, data, sequences, notices } = held;
  const by =
    on === "float"
      ? "by the float network"
      : on === "v8"
        ? "by the integers that boards compute, here in V8"
        : `by the board ${on}`;
  const { baseline, confusion, values } = found;
  return section(
    "On sequences it did not learn from",
    markup`<p><strong>${heldOutFigure(held)}</strong> ${measure.name} on ${sequences === undefined ? "the" : count(sequences)} ${split} sequences of ${name(data)}, ${by}.${
      baseline !== undefined && ` What takes no learning reaches ${accuracyText(baseline, measure)}.`
    }</p>`,
    notices.length > 0 && markup`<ul>${notices.map((line) => markup`<li>${line}</li>`)}</ul>`,
    confusion && classTables({ labels, confusion, of: "sequences" }),
    values && [
      markup`<p>${measure.unit} is of values made (value − mean) / deviation, where the mean of training reaches about 1.</p>`,
      valueTable(values),
    ],
  );
}

function valueTable(values: NonNullable<Examination["values"]>): Markup {
  return scrolling(
    "predicted values",
    markup`<table><caption>Root of the mean squared error, in each value's own unit</caption>
<thead><tr><th scope="col">value</th><th scope="col">error</th><th scope="col">without learning</th></tr></thead>
<tbody>
${values.map(
  (each) =>
    markup`<tr><th scope="row">${name(each.name)}</th><td>${plain(each.error)}</td><td>${plain(each.baseline)}</td></tr>\n`,
)}</tbody></table>`,
  );
}
