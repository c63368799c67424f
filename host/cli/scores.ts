// Scores as people read them.
import type { QuantizationReport } from "../quantize/report.ts";
import type { ClipScore, StreamResult, UnheardResult } from "../tasks/keywords/evaluation.ts";
import type { Examination } from "../tasks/task.ts";
import { type Output, table } from "./output.ts";

const percent = (fraction: number | null): string => (fraction === null ? "-" : (100 * fraction).toFixed(2));

export function showClips(output: Output, on: string, score: ClipScore, timesRealTime: number): void {
  const { accuracy, clips, labels, perClass, confusion } = score;
  output.line(
    `${output.colors.bold(`${percent(accuracy)} %`)} of ${clips} clips on ${on}, ${timesRealTime.toFixed(0)} times real time`,
  );
  const rows = labels.map((label, i) => [label, percent(perClass[label]), ...confusion[i]]);
  for (const row of table([["said", "% right", ...labels.map((label) => `→ ${label}`)], ...rows]))
    output.line(`  ${row}`);
}

/** Which class is taken for which. */
export function showConfusion(output: Output, labels: readonly string[], confusion: number[][]): void {
  const rows = labels.map((label, i) => {
    const all = confusion[i].reduce((a, b) => a + b, 0);
    return [label, percent(all > 0 ? confusion[i][i] / all : null), ...confusion[i]];
  });
  for (const row of table([["is", "% right", ...labels.map((label) => `→ ${label}`)], ...rows]))
    output.line(`  ${row}`);
}

/** How far off predicted values are. */
export function showValues(output: Output, values: NonNullable<Examination["values"]>): void {
  const rows = values.map(({ name, error, baseline }) => [name, error.toPrecision(4), baseline.toPrecision(4)]);
  for (const row of table([["value", "root mean square error", "of the baseline"], ...rows])) output.line(`  ${row}`);
}

export function showStream(
  output: Output,
  on: string,
  streams: readonly StreamResult[],
  sounds: readonly UnheardResult[],
  chosen: number,
): void {
  const { hours, hoursOfNoise, keywordClips, unknownClips } = streams[0];
  output.line(
    `${hours.toFixed(2)} h on ${on}: ${keywordClips} keywords, ${unknownClips} other words, ${hoursOfNoise.toFixed(2)} h of noise`,
  );
  const head = [
    "threshold",
    "hits %",
    "wrong word %",
    "unknown fires %",
    "false/h",
    "latency s",
    "tones/h",
    "reversed/h",
    "babble/h",
  ];
  const rows = streams.map((result, i) => [
    `${result.threshold.toFixed(2)}${result.threshold === chosen ? " (the model's)" : ""}`,
    percent(result.hits),
    percent(result.wrongWords),
    percent(result.unknownFiring),
    result.falseAcceptsPerHour.toFixed(2),
    result.medianLatency?.toFixed(2) ?? "-",
    ...(["tones", "reversed", "babble"] as const).map((kind) => sounds[i][kind].toFixed(0)),
  ]);
  for (const row of table([head, ...rows])) output.line(`  ${row}`);
}

/** @param report without `decisionsEqual` where results are no decisions */
export function showQuantization(
  output: Output,
  report: Omit<QuantizationReport, "decisionsEqual"> & { decisionsEqual?: number },
): void {
  const { accuracy, signalToNoise, decisionsEqual, sequences, preActivationsClipped, clipped, coarser, warnings } =
    report;
  if (accuracy) {
    output.line(
      `  float ${percent(accuracy.float)} %, integers ${percent(accuracy.integer)} % of ${sequences} clips right`,
    );
  }
  if (decisionsEqual !== undefined) output.line(`  ${percent(decisionsEqual)} % of the decisions are equal`);
  output.line(`  signal to noise by layer: ${signalToNoise.map((decibels) => `${decibels.toFixed(1)} dB`).join(", ")}`);
  output.line(`  ${(1e6 * preActivationsClipped).toFixed(1)} ppm of pre-activations clipped`);
  for (const { site, fraction, harmless } of clipped) {
    output.line(
      `  clipped: ${site}, ${(1e6 * fraction).toFixed(1)} ppm${harmless ? " (harmless: sigmoid and tanh are flat there)" : ""}`,
    );
  }
  for (const line of coarser) output.line(`  coarser than its range: ${line}`);
  for (const line of warnings) output.note(`warning: ${line}`);
}

/** What the chosen threshold does on the stream that it was chosen on. */
export function showThreshold(output: Output, result: StreamResult): void {
  const { threshold, hours, hits, wrongWords, unknownFiring, falseAcceptsPerHour } = result;
  output.line(
    `  at ${threshold}, on ${hours.toFixed(2)} h made of validation clips: ${percent(hits)} % hits, ${percent(wrongWords)} % wrong words, ` +
      `${percent(unknownFiring)} % of other words fire, ${falseAcceptsPerHour.toFixed(1)} false accepts an hour of noise`,
  );
}
