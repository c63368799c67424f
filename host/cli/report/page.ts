// A model's report: one HTML page that asks nothing of the network and runs no script. The same file and data give the same
// bytes.
import { type Evaluation, evaluationSection } from "./evaluation.ts";
import { bytes, count, name, percent } from "./format.ts";
import { type HeldOut, heldOutFigure, heldOutSection, keptTest } from "./held-out.ts";
import { type Content, type Markup, markup, verbatim } from "./markup.ts";
import { accuracyText, decides, measureOf } from "./measure.ts";
import { curvesSection, modelSection, quantizationSection, sizesSection, trainingSection } from "./sections.ts";
import { pageStyle } from "./style.ts";
import { factsOf, numberOf, type Subject } from "./subject.ts";

/** By this a report is known from a page that is not to be replaced. */
export const reportMark = '<meta name="generator" content="engram report">';

/** The page's text. */
export function reportPage(subject: Subject, evaluation?: Evaluation, held = keptTest(subject)): string {
  const { file, sha256, board } = subject;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
${verbatim(reportMark)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${file}: a report</title>
<style>${verbatim(pageStyle)}</style>
</head>
<body>
<header>
<h1>${name(file)}</h1>
<p>${summary(subject)}</p>
${tiles(subject, evaluation, held)}
</header>
<main>
${evaluation && evaluationSection(evaluation)}${held && heldOutSection(held)}${curvesSection(subject)}${quantizationSection(subject)}${sizesSection(subject)}${modelSection(subject)}${trainingSection(subject)}</main>
<footer>
<p>SHA-256 of the file: <code>${sha256}</code></p>
${board && markup`<p>Boards know it as <code>${board.name}</code></p>\n`}<p>Made by <code>engram report</code>.</p>
</footer>
</body>
</html>
`.text;
}

function summary({ cell, labels, layers, board, training }: Subject): Content {
  const { units } = layers[0].sizes;
  return [
    name(units === undefined ? cell : `${cell}-${units}`),
    labels.length > 0 &&
      (decides(training)
        ? ` telling ${count(labels.length)} labels apart`
        : ` with results for ${count(labels.length)} labels`),
    board ? ", quantized: the integers that boards compute." : ", as trained: a float network. ",
    !board && markup`<code>engram quantize</code> makes what boards run.`,
  ];
}

// The few figures that one looks for first.
function tiles(
  { board, parameters, quantization, training }: Subject,
  evaluation: Evaluation | undefined,
  held: HeldOut | undefined,
): Markup {
  const accuracy = factsOf(training.accuracy);
  const { integer } = factsOf(quantization?.accuracy);
  const measure = measureOf(training);
  const validation = numberOf(integer) ?? numberOf(accuracy.val);
  const figures: [title: string, text: string | false | undefined][] = [
    [`right on ${evaluation?.split} clips`, evaluation && percent(evaluation.score.accuracy)],
    [`${held?.measure.name} on ${held?.split} sequences`, held && heldOutFigure(held)],
    [`${measure?.name ?? "right"} on validation`, validation !== undefined && accuracyText(validation, measure)],
    ["parameters", parameters !== undefined && count(parameters)],
    ["weights", board && bytes(board.weightBytes)],
    ["RAM", board && bytes(board.ramBytes)],
    ["wasm", board && bytes(board.wasmBytes)],
    ["multiplications a step", board && count(board.macsPerStep)],
  ];
  const shown = figures.filter(([, text]) => text);
  const half = Math.ceil(shown.length / 2); // two rows where one has no room, so that no tile stands alone
  const across = shown.length > 6 ? half : shown.length;
  return markup`<dl class="tiles" style="--across: ${across}; --half: ${half}">
${shown.map(([title, text]) => markup`<div><dt>${title}</dt><dd>${text}</dd></div>\n`)}</dl>`;
}
