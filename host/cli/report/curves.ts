// Learning curves as SVG without script: loss above, what came out right below, by epoch. The same drawing stands beside a
// model (`engram train`) and in its report; it follows the reader's light or dark.
import type { Epoch } from "../../model/float-model.ts";
import { type Axis, epochAxis, valueAxis } from "./axis.ts";
import { type Content, type Markup, markup, verbatim } from "./markup.ts";
import { bestEpoch, type Measure, measured, validationOf } from "./measure.ts";

type Curve = { name: "training" | "validation"; points: Point[] };
type Point = { epoch: number; value: number };
type Panel = {
  title: string;
  curves: Curve[];
  marked?: Point & { text: string };
  limits: { least?: number; most?: number };
};

const width = 480;
const height = 260;
const plot = { left: 52, right: 456, top: 52, bottom: 214 };

/** Plain colours, no variables: drawing programs know no more. */
export const curveStyle = `
.curves { font: 13px system-ui, sans-serif }
.curves .paper { fill: #fff } .curves text { fill: #4a5361 } .curves .title { fill: #1a2029; font-weight: 600 }
.curves .grid { stroke: #dfe3e8; fill: none } .curves .line { fill: none; stroke-width: 2; stroke-linejoin: round }
.curves .training { stroke: #1f63b0 } .curves .validation { stroke: #b4530a }
.curves .mark { fill: #fff; stroke-width: 2 } .curves circle.training { fill: #1f63b0 } .curves circle.validation { fill: #b4530a }
.curves circle.mark { fill: #fff }
@media (prefers-color-scheme: dark) {
.curves .paper { fill: #14181e } .curves text { fill: #aab3bf } .curves .title { fill: #eceff3 } .curves .grid { stroke: #2c333c }
.curves .training { stroke: #6fb1f5 } .curves .validation { stroke: #f0a25a }
.curves circle.training { fill: #6fb1f5 } .curves circle.validation { fill: #f0a25a } .curves circle.mark { fill: #14181e }
}`;

/** A whole SVG file. @param history at least one epoch */
export function curvesFile(history: readonly Epoch[], title: string, measure?: Measure): string {
  const panels = panelsOf(history, measure);
  const tall = height * panels.length;
  const size = `0 0 ${width} ${tall}`;
  return markup`${verbatim(curvesMark)}
<svg xmlns="http://www.w3.org/2000/svg" class="curves" viewBox="${size}" width="${width * 1.5}" height="${tall * 1.5}" role="img" aria-label="${title}">
<title>${title}</title>
<desc>${panels.map(describe).join(". ")}</desc>
<style>${verbatim(curveStyle)}
</style>
<rect class="paper" width="100%" height="100%"/>
${panels.map((panel, i) => markup`<g transform="translate(0 ${i * height})">${draw(panel)}</g>\n`)}</svg>
`.text;
}

/** By this a drawing of ours is known from a file that is not to be replaced. */
export const curvesMark = "<!-- learning curves, drawn by engram -->";

/** The drawings for a page that holds `curveStyle`. @param history at least one epoch */
export function curvesInPage(history: readonly Epoch[], measure?: Measure): Markup[] {
  return panelsOf(history, measure).map(
    (panel) =>
      markup`<svg class="curves" viewBox="0 0 ${width} ${height}" role="img" aria-label="${describe(panel)}">${draw(panel)}</svg>`,
  );
}

function panelsOf(history: readonly Epoch[], measure: Measure | undefined): Panel[] {
  const curve = (name: Curve["name"], value: (entry: Epoch) => number | undefined): Curve => ({
    name,
    points: history.flatMap((entry) => {
      const found = value(entry);
      return found === undefined ? [] : [{ epoch: entry.epoch, value: found }];
    }),
  });
  const best = bestEpoch(history);
  const mark = best && validationOf(best, measure)!;
  const validation = curve("validation", (entry) => validationOf(entry, measure));
  const right = curve("training", ({ accuracy }) => 100 * accuracy);
  const second: Panel = {
    title: measure
      ? `${measure.name}${measure.unit === measure.name ? "" : `, ${measure.unit}`}`
      : "right, % of examples",
    // What came out right in training is shown where validation counts the same.
    curves: (measure ? [validation] : [right, validation]).filter(({ points }) => points.length > 0),
    marked: best && { epoch: best.epoch, value: mark!, text: `best ${measured(mark, measure)}, epoch ${best.epoch}` },
    limits: measure ? {} : { least: 0, most: 100 },
  };
  const evolved = history.some(({ fitness }) => fitness !== undefined);
  const learnt = curve("training", ({ fitness, loss }) => fitness ?? loss);
  return [
    { title: `${evolved ? "best fitness" : "loss"}, mean of an epoch`, curves: [learnt], limits: { least: 0 } },
    ...(second.curves.length > 0 ? [second] : []),
  ];
}

function draw({ title, curves, marked, limits }: Panel): Content {
  const all = curves.flatMap(({ points }) => points);
  const x = epochAxis(all.map(({ epoch }) => epoch));
  const y = valueAxis(
    all.map(({ value }) => value),
    limits,
  );
  const across = scale(x, plot.left, plot.right);
  const up = scale(y, plot.bottom, plot.top);
  const line = ({ name, points }: Curve): Content => {
    const shown = thinned(points).map(({ epoch, value }) => [across(epoch), up(value)]);
    const path = `M${shown.map((pair) => pair.join(" ")).join("L")}`;
    return [
      markup`<path class="line ${name}" d="${path}"/>`,
      shown.length <= 40 && shown.map(([cx, cy]) => markup`<circle class="${name}" cx="${cx}" cy="${cy}" r="2.5"/>`),
    ];
  };
  return [
    markup`<text class="title" x="${plot.left}" y="20">${title}</text>`,
    legend(curves, marked?.text),
    y.ticks.map(({ value, text }) => [
      markup`<path class="grid" d="M${plot.left} ${up(value)}H${plot.right}"/>`,
      markup`<text x="${plot.left - 8}" y="${up(value)}" dy="4" text-anchor="end">${text}</text>`,
    ]),
    x.ticks.map(({ value, text }) => [
      markup`<path class="grid" d="M${across(value)} ${plot.bottom}v5"/>`,
      markup`<text x="${across(value)}" y="${plot.bottom + 20}" text-anchor="middle">${text}</text>`,
    ]),
    markup`<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 38}" text-anchor="middle">epoch</text>`,
    curves.map(line),
    marked && markup`<circle class="mark validation" cx="${across(marked.epoch)}" cy="${up(marked.value)}" r="5"/>`,
  ];
}

// Below the title, from left to right.
function legend(curves: readonly Curve[], mark: string | undefined): Content {
  const y = 40;
  const at = (i: number): number => plot.left + 95 * i;
  return [
    curves.map(({ name }, i) => [
      markup`<path class="line ${name}" d="M${at(i)} ${y - 4}h16"/>`,
      markup`<text x="${at(i) + 22}" y="${y}">${name}</text>`,
    ]),
    mark !== undefined && [
      markup`<circle class="mark validation" cx="${at(curves.length) + 18}" cy="${y - 4}" r="5"/>`,
      markup`<text x="${at(curves.length) + 30}" y="${y}">${mark}</text>`,
    ],
  ];
}

// To tenths of a unit of the drawing.
function scale({ from, to }: Axis, start: number, end: number): (value: number) => number {
  return (value) => Math.round(10 * (start + ((value - from) / (to - from)) * (end - start))) / 10;
}

const mostPoints = 300;

// Long trainings: the least and the greatest of each run of epochs, so that no peak is lost and the file stays small.
function thinned(points: readonly Point[]): Point[] {
  if (points.length <= mostPoints) return [...points];
  const length = Math.ceil((2 * points.length) / mostPoints);
  return Array.from({ length: Math.ceil(points.length / length) }, (_, i) => {
    const run = points.slice(i * length, (i + 1) * length).sort((a, b) => a.value - b.value);
    return [run[0], run[run.length - 1]].sort((a, b) => a.epoch - b.epoch);
  }).flat();
}

function describe({ title, curves, marked }: Panel): string {
  const parts = curves.map(({ name, points }) => {
    const [first, last] = [points[0], points[points.length - 1]];
    return `${name} from ${first.value.toPrecision(4)} in epoch ${first.epoch} to ${last.value.toPrecision(4)} in epoch ${last.epoch}`;
  });
  return `${title} by epoch: ${[...parts, ...(marked ? [marked.text] : [])].join("; ")}`;
}
