// What a model makes of recordings: which label it takes for which, and what that means by label.
import type { ClipScore } from "../../tasks/keywords/evaluation.ts";
import { count, name, percent, scrolling, section } from "./format.ts";
import { type Markup, markup } from "./markup.ts";

/** A score, and what it was measured on. */
export type Evaluation = {
  score: ClipScore;
  split: string;
  /** `float` or `v8`. */
  on: string;
  /** Name of the data set. */
  data: string;
  notices: readonly string[];
};

export type ClassScore = {
  label: string;
  clips: number;
  /** Part of the label's clips that were taken for it, null without clips. */
  recall: number | null;
  /** Part of the clips taken for it that are of it, null if none was. */
  precision: number | null;
};

/** Labels whose two tables fit beside each other. */
const mostBeside = 7;

/** Which label is taken for which: [true][decided], counts of what is judged. */
export type Classes = { labels: readonly string[]; confusion: number[][]; of: "clips" | "sequences" };

export function byClass({ labels, confusion }: Omit<Classes, "of">): ClassScore[] {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return labels.map((label, i) => {
    const clips = sum(confusion[i]);
    const taken = sum(confusion.map((row) => row[i]));
    const right = confusion[i][i];
    return { label, clips, recall: clips > 0 ? right / clips : null, precision: taken > 0 ? right / taken : null };
  });
}

export function evaluationSection({ score, split, on, data, notices }: Evaluation): Markup {
  const where = on === "float" ? "by the float network" : "by the integers that boards compute, here in V8";
  return section(
    "On recordings",
    markup`<p><strong>${percent(score.accuracy)}</strong> of ${count(score.clips)} ${split} clips of ${name(data)} are decided right, ${where}.</p>`,
    notices.length > 0 && markup`<ul>${notices.map((line) => markup`<li>${line}</li>`)}</ul>`,
    classTables({ ...score, of: "clips" }),
  );
}

/** Confusion, and recall and precision by label. */
export function classTables(classes: Classes): Markup {
  return markup`<div class="${classes.labels.length > mostBeside ? "stack" : "pair"}">${scrolling("confusion", confusionTable(classes))}${scrolling("by label", classTable(classes))}</div>`;
}

function confusionTable({ labels, confusion, of }: Classes): Markup {
  const truth = of === "clips" ? "said" : "is";
  const many = labels.length > mostBeside && " many";
  return markup`<table class="confusion${many}"><caption>Rows: ${of === "clips" ? truth : "what it is"}; columns: decided</caption>
<thead><tr><th scope="col">${truth}</th>${labels.map((label) => markup`<th scope="col">${name(label)}</th>`)}</tr></thead>
<tbody>
${confusion.map((row, i) => markup`<tr><th scope="row">${name(labels[i])}</th>${row.map((clips, k) => confusionCell(row, clips, i === k))}</tr>\n`)}</tbody></table>`;
}

// Shaded by its part of the row: blue where right, orange where wrong. Weak enough for text in light and dark.
function confusionCell(row: readonly number[], clips: number, right: boolean): Markup {
  if (clips === 0) return markup`<td class="none">0</td>`;
  const part = clips / row.reduce((a, b) => a + b, 0);
  const strength = (right ? 0.08 + 0.42 * part : 0.12 + 0.48 * Math.sqrt(part)).toFixed(2);
  const color = right ? `rgba(40, 120, 210, ${strength})` : `rgba(225, 110, 20, ${strength})`;
  return markup`<td style="background: ${color}" title="${percent(part)} of the row">${clips}</td>`;
}

function classTable(classes: Classes): Markup {
  const rows = byClass(classes);
  return markup`<table><caption>By label</caption>
<thead><tr><th scope="col">label</th><th scope="col">recall</th><th scope="col">precision</th><th scope="col">${classes.of}</th></tr></thead>
<tbody>
${rows.map(
  ({ label, recall, precision, clips }) =>
    markup`<tr><th scope="row">${name(label)}</th><td>${percent(recall)}</td><td>${percent(precision)}</td><td>${count(clips)}</td></tr>\n`,
)}</tbody></table>`;
}
