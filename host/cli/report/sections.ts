// The parts of a report that the file alone tells: what the model is, how it learnt, what its integers cost, what it needs.
import { curvesInPage } from "./curves.ts";
import { bytes, count, factTable, name, percent, plain, scrolling, section, sizesText } from "./format.ts";
import { type Content, type Markup, markup } from "./markup.ts";
import { accuracyText, bestEpoch, decides, measured, measureOf, validationOf } from "./measure.ts";
import { type Facts, factsOf, numberOf, type Subject } from "./subject.ts";

export function modelSection({ layers, labels, frontEnd, decoder, parameters, board }: Subject): Markup {
  const milliseconds = (samples: number) => `${Number(((1000 * samples) / frontEnd!.sampleRate).toFixed(1))} ms`;
  const layer = ({ cell, sizes, macs, calls, wasmBytes }: Subject["layers"][number]): Markup =>
    markup`<tr><th scope="row">${name(cell)}</th><td class="text">${sizesText(sizes)}</td>${
      board && [macs, calls, wasmBytes].map((figure) => markup`<td>${figure === undefined ? "–" : count(figure)}</td>`)
    }</tr>\n`;
  return section(
    "What it is",
    scrolling(
      "layers",
      markup`<table><thead><tr><th scope="col">layer</th><th class="text" scope="col">sizes</th>${
        board &&
        markup`<th scope="col">multiplications a step</th><th scope="col">calls</th><th scope="col">bytes of wasm</th>`
      }</tr></thead>
<tbody>
${layers.map(layer)}</tbody></table>`,
    ),
    markup`<h3>Around it</h3>`,
    factTable([
      ["labels", labels.length > 0 && list(labels)],
      ["parameters", parameters !== undefined && count(parameters)],
      [
        "front end",
        frontEnd &&
          `${count(frontEnd.sampleRate)} samples a second; frames of ${milliseconds(frontEnd.window)} every ${milliseconds(frontEnd.hop)}, ${frontEnd.bands} bands from ${count(frontEnd.lowHz)} to ${count(frontEnd.highHz)} Hz`,
      ],
      [
        "detection",
        decoder &&
          `probability above ${plain(decoder.threshold)} in the mean of ${decoder.window} frames; again once below ${plain(decoder.rearm)}, after ${decoder.refractory} frames at least`,
      ],
      ["never detected", decoder && decoder.quiet.length > 0 && list(decoder.quiet)],
      ["ops", board?.ops.join(", ")],
    ]),
  );
}

const list = (names: readonly string[]): Content => names.map((each, i) => [i > 0 && ", ", name(each)]);

const mostRows = 100;

export function curvesSection({ history, historyOf, board, training }: Subject): Markup {
  if (history.length === 0) {
    return section(
      "Learning curves",
      markup`<p class="faint">${
        board
          ? "A board's file has none. They are drawn here if the .model that it was quantized from lies beside it under the same name."
          : "The file has none: it was trained by an older version of engram."
      }</p>`,
    );
  }
  const measure = measureOf(training);
  const best = bestEpoch(history);
  const evolved = history.some(({ fitness }) => fitness !== undefined);
  const stride = Math.ceil(history.length / mostRows);
  const rows = history.filter((entry, i) => i % stride === 0 || entry === best || i === history.length - 1);
  return section(
    "Learning curves",
    historyOf !== undefined && markup`<p class="faint">From ${name(historyOf)}, of the same training.</p>`,
    best &&
      markup`<p>The model has the parameters of epoch ${best.epoch}, the best of ${count(history.length)} on validation: ${measured(validationOf(best, measure), measure)}.</p>`,
    markup`<div class="pair">${curvesInPage(history, measure)}</div>`,
    markup`<details><summary>Figures by epoch</summary>${scrolling(
      "figures by epoch",
      markup`<table><thead><tr><th scope="col">epoch</th><th scope="col">${evolved ? "best fitness" : "loss"}</th>${!measure && markup`<th scope="col">training</th>`}<th scope="col">${measure?.name ?? "validation"}</th><th scope="col">${evolved ? "step size" : "learning rate"}</th></tr></thead>
<tbody>
${rows.map(
  (entry) =>
    markup`<tr><th scope="row">${entry.epoch}</th><td>${plain(entry.fitness ?? entry.loss)}</td>${!measure && markup`<td>${percent(entry.accuracy)}</td>`}<td>${measured(validationOf(entry, measure), measure)}</td><td>${entry.rate.toPrecision(3)}</td></tr>\n`,
)}</tbody></table>`,
    )}</details>`,
  );
}

export function quantizationSection({ quantization, layers, training }: Subject): Markup | undefined {
  if (!quantization) return undefined;
  const { float, integer } = factsOf(quantization.accuracy);
  const clipped = numberOf(quantization.preActivationsClipped);
  const measure = measureOf(training);
  const figure = (kind: "float" | "integer") =>
    numberOf(quantization[kind]) !== undefined && accuracyText(numberOf(quantization[kind]), measure);
  const ratios = Array.isArray(quantization.signalToNoise) ? quantization.signalToNoise.map(numberOf) : [];
  const most = Math.max(60, ...ratios.map((ratio) => ratio ?? 0));
  return section(
    "What the integers cost",
    factTable([
      ["float network", numberOf(float) !== undefined && `${percent(numberOf(float))} of validation clips right`],
      ["integers", numberOf(integer) !== undefined && `${percent(numberOf(integer))} of validation clips right`],
      ...(["float", "integer"] as const).map(
        (kind) =>
          [
            `${measure?.name} of ${kind === "float" ? "the float network" : "integers"}, on test`,
            figure(kind),
          ] as const,
      ),
      [
        "decisions equal",
        numberOf(quantization.decisionsEqual) !== undefined &&
          decides(training) &&
          percent(numberOf(quantization.decisionsEqual)),
      ],
      [
        "values clipped",
        clipped !== undefined && `${(1e6 * clipped).toFixed(1)} in a million values before sigmoid and tanh`,
      ],
      ["threshold", numberOf(quantization.threshold)],
    ]),
    ratios.length > 0 &&
      barTable(
        "Signal to noise by layer, in decibels: the float result against its difference to the integers",
        ratios.map((ratio, i) => ({
          title: layers[i]?.cell ?? `layer ${i}`,
          text: ratio === undefined ? "–" : `${ratio.toFixed(1)} dB`,
          part: Math.max(0, ratio ?? 0) / most,
        })),
      ),
  );
}

export function sizesSection({ board }: Subject): Markup | undefined {
  if (!board) return undefined;
  const { ram, ramBytes } = board;
  const parts: Record<keyof typeof ram, string> = {
    states: "states",
    arena: "arena of a step",
    window: "window of steps",
    frontEnd: "front end",
    decoder: "decoder",
  };
  return section(
    "What it needs",
    factTable([
      ["the file", bytes(board.fileBytes)],
      ["weights", `${bytes(board.weightBytes)}, with scales, biases and initial states`],
      ["wasm", bytes(board.wasmBytes)],
      ["a step", `${count(board.macsPerStep)} multiplications with weights`],
    ]),
    barTable(
      `RAM that a board gives it: ${bytes(ramBytes)}`,
      (Object.keys(parts) as (keyof typeof ram)[]).map((part) => ({
        title: parts[part],
        text: count(ram[part]),
        part: ram[part] / Math.max(1, ramBytes),
      })),
    ),
  );
}

export function trainingSection({ training }: Subject): Markup | undefined {
  const { task, seed, data, accuracy, metric, recipe, sequences, test: _, ...others } = training;
  const measure = measureOf({ metric });
  const { name: dataName, hash } = factsOf(data);
  const facts = Object.entries(factsOf(recipe));
  if (Object.keys(training).length === 0) return undefined;
  return section(
    "How it was trained",
    factTable([
      ["task", task !== undefined && plain(task)],
      ["data", dataName !== undefined && name(plain(dataName))],
      ["SHA-256 of the data", typeof hash === "string" && hash !== "" && markup`<code>${hash}</code>`],
      ["seed", seed !== undefined && plain(seed)],
      ...Object.entries(factsOf(accuracy)).map(
        ([split, value]) =>
          [`${measure?.name ?? "right"} on ${split}`, accuracyText(numberOf(value), measure)] as const,
      ),
      ...Object.entries(others).map(([title, value]) => [title, plain(value)] as const),
      ...readingRows(factsOf(sequences)),
    ]),
    facts.length > 0 &&
      markup`<details><summary>The recipe</summary>${factTable(facts.map(([title, value]) => [title, plain(value)] as const))}</details>`,
  );
}

// Of users' own sequences: how they were divided, and what became of their columns.
function readingRows({ parts, columns, normalization, targets, naming }: Facts): [string, Content][] {
  const numbers = (values: unknown) => (Array.isArray(values) ? values.map((value) => plain(value)) : []);
  const { mean, deviation } = factsOf(normalization);
  const [means, deviations] = [numbers(mean), numbers(deviation)];
  const names = Array.isArray(columns) ? columns.map(String) : means.map((_, i) => `value ${i + 1}`);
  const predicted = factsOf(targets);
  return [
    ...Object.entries(factsOf(parts)).map(([part, value]): [string, Content] => {
      const { sequences, steps, groups } = factsOf(value);
      const amount = (of: unknown, one: string) => {
        const number = numberOf(of) ?? 0;
        return `${count(number)} ${one}${number === 1 ? "" : "s"}`;
      };
      const of = groups === undefined ? "" : ` of ${amount(groups, "group")}`;
      return [`${part} part`, `${amount(sequences, "sequence")}${of}, ${amount(steps, "step")}`];
    }),
    [
      "predicted",
      Array.isArray(predicted.names) && [
        list(predicted.names.map(String)),
        predicted.ahead === 1 && ", of the next step",
      ],
    ],
    [
      "inputs, made (value − mean) / deviation",
      means.length > 0 &&
        means.length === names.length &&
        means.length === deviations.length &&
        names.map((each, i) => [i > 0 && ", ", name(each), ` (${means[i]}, ${deviations[i]})`]),
    ],
    ["columns named", Object.keys(factsOf(naming)).length > 0 && plain(naming)],
  ];
}

function barTable(caption: string, rows: readonly { title: string; text: string; part: number }[]): Markup {
  return markup`<h3>${caption}</h3><table class="facts"><tbody>
${rows.map(
  ({ title, text, part }) =>
    markup`<tr><th scope="row">${name(title)}</th><td class="figure">${text}</td><td class="bars"><span class="bar" style="width: ${(100 * Math.min(1, part)).toFixed(1)}%"></span></td></tr>\n`,
)}</tbody></table>`;
}
