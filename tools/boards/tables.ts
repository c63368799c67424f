// Tables of docs/boards.md and of the boards' READMEs, in Markdown.
import type { Measured } from "../../host/boards/measure.ts";
import type { Report } from "./figures.ts";
import { cellName, cells, inputs, models, units } from "./subjects.ts";

/** CMSIS-NN 7's LSTM of 64 units, gcc 12 -O2, counted in the same way: 10 inputs, 40 inputs. */
const peer: Record<string, Record<string, [few: number, many: number]>> = {
  "qemu-m4": { s8: [74_500, 87_800], s16: [89_300, 106_700] },
  "qemu-m55": { s8: [27_400, 31_300], s16: [49_500, 54_300] },
};

/** Of a Cortex-M0 at 16 MHz with slow flash, say 1.6 cycles an instruction. */
const microbitInstructionsPerSecond = 16e6 / 1.6;

const number = (value: number): string => value.toLocaleString("en");
const row = (...cells: (string | number)[]): string =>
  `| ${cells.map((cell) => (typeof cell === "number" ? number(cell) : cell)).join(" | ")} |`;
const table = (head: string[], rows: string[]): string =>
  [row(...head), row(...head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows].join("\n");
export const total = (parts: Record<string, number>): number =>
  Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);

/** What was measured of a subject, undefined if the board refused it. */
export function measured({ figures }: Report, subject: string): Measured | undefined {
  const figure = figures.get(subject);
  return typeof figure === "object" ? figure : undefined;
}

/** Any of what was measured: for what hangs on the board alone. */
export const anyMeasured = ({ figures }: Report): Measured =>
  [...figures.values()].find((figure) => typeof figure === "object") as Measured;

/** The most that any subject made the board hold. */
export const most = ({ figures }: Report, what: "heapMost" | "stackMost"): number =>
  Math.max(...[...figures.values()].map((figure) => (typeof figure === "object" ? figure[what] : 0)));

/** The part of its time that a Cortex-M0 spends on a model, front end and network. */
export const microbitLoad = ({ step, frontEnd = 0 }: Measured, seconds: number): number =>
  (step + frontEnd) / (microbitInstructionsPerSecond * seconds);

/** The tables of docs/boards.md by their names there. */
export function tables(reports: Report[], microbitSeconds: number): Record<string, string> {
  return {
    versions: versionsList(reports),
    peer: peerTable(reports),
    steps: stepsTable(reports),
    models: modelsTable(reports, microbitSeconds),
    memory: memoryTable(reports),
    flash: flashTable(reports),
    ram: ramTable(reports),
  };
}

function versionsList(reports: Report[]): string {
  const boards = new Map<string, string[]>();
  for (const { name, compiler, emulator } of reports)
    for (const tool of [compiler, emulator]) boards.set(tool, [...(boards.get(tool) ?? []), name]);
  return [...boards]
    .map(([tool, names]) => `- ${tool}: ${names.length === reports.length ? "all" : names.join(", ")}`)
    .join("\n");
}

function peerTable(reports: Report[]): string {
  const ours = (name: string, inputs: number) =>
    measured(reports.find((report) => report.name === name)!, cellName("lstm", 64, inputs))!.step;
  return table(
    ["LSTM, 64 units, instructions a step", "10 inputs", "40 inputs"],
    Object.entries(peer).flatMap(([name, theirs]) => [
      row(`${name}: engram`, ours(name, 10), ours(name, 40)),
      ...Object.entries(theirs).map(([activations, counts]) => row(`${name}: CMSIS-NN 7, ${activations}`, ...counts)),
    ]),
  );
}

function stepsTable(reports: Report[]): string {
  const reasons = new Map<string, string[]>();
  const step = (report: Report, subject: string): string => {
    const figure = report.figures.get(subject)!;
    if (typeof figure === "object") return `${number(figure.step)} · ${(figure.step / figure.macs).toFixed(2)}`;
    reasons.set(`${report.name}: ${figure}`, [...(reasons.get(`${report.name}: ${figure}`) ?? []), subject]);
    return "does not fit";
  };
  const subjects = cells.flatMap((cell) =>
    inputs.flatMap((inputs) => units.map((units) => cellName(cell, units, inputs))),
  );
  const rows = subjects.map((subject) => row(subject, ...reports.map((report) => step(report, subject))));
  const notes = [...reasons].map(([reason, subjects]) => `- ${reason} (${subjects.join("; ")})`);
  return [table(["", ...reports.map(({ name }) => name)], rows), ...(notes.length > 0 ? ["", ...notes] : [])].join(
    "\n",
  );
}

function modelsTable(reports: Report[], microbitSeconds: number): string {
  const pair = (report: Report, model: string): (string | number)[] => {
    const figure = measured(report, model);
    return figure ? [figure.step, figure.frontEnd ?? 0] : ["does not fit", ""];
  };
  const rows = reports.map((report) => row(report.name, ...models.flatMap((model) => pair(report, model))));
  const microbit = reports.find(({ name }) => name === "microbit")!;
  const load = microbitLoad(measured(microbit, "microbit.engram")!, microbitSeconds);
  return [
    table(["", ...models.flatMap((model) => [`${model}: step`, "frame of the front end"])], rows),
    "",
    `microbit.engram on the micro:bit takes ${Math.round(100 * load)} % of the time that its sound lasts, step and frame, at 16 MHz and 1.6 cycles an instruction.`,
  ].join("\n");
}

function memoryTable(reports: Report[]): string {
  const names = cells.map((cell) => cellName(cell, 64, 10));
  return table(
    [
      "",
      ...cells.map((cell) => `${cell}: wasm3 an op call`),
      ...cells.map((cell) => `${cell}: heap`),
      "heap, any",
      "stack, any",
    ],
    reports.map((report) =>
      row(
        report.name,
        ...names.map((name) => measured(report, name)!.wasm3PerCall),
        ...names.map((name) => measured(report, name)!.heapMost),
        most(report, "heapMost"),
        most(report, "stackMost"),
      ),
    ),
  );
}

function flashTable(reports: Report[]): string {
  const parts = ["wasm3", "core", "kernels", "board", "libc"] as const;
  const rows = reports.map((report) => {
    const { flash } = anyMeasured(report).image!;
    return row(report.name, ...parts.map((part) => flash[part]), total(flash));
  });
  return table(["bytes of flash", ...parts, "all"], rows);
}

function ramTable(reports: Report[]): string {
  const parts = ["wasm3", "model", "link", "stack", "other"] as const;
  const rows = reports.map((report) => {
    const { ram } = anyMeasured(report).image!;
    return row(report.name, ...parts.map((part) => ram[part]), total(ram));
  });
  return table(["bytes of RAM", ...parts, "all"], rows);
}

/** What boards that have nothing but a microphone and a battery take, by the second. @param idle of boards by name */
export function aloneTable(reports: Report[], idle: ReadonlyMap<string, number>, seconds: number): string {
  const rows = [...idle].map(([name, instructions]) => {
    const report = reports.find((each) => each.name === name)!;
    const each = (model: (typeof models)[number]) => {
      const figure = measured(report, model);
      return figure ? Math.round((figure.step + figure.frontEnd!) / seconds) : "does not fit";
    };
    return row(name, ...models.map(each), instructions);
  });
  return table(["instructions a second", ...models.map((model) => `sound, ${model}`), "nothing to do"], rows);
}

/** What a board's README says of it. */
export function boardTable(report: Report): string {
  const { image, kernels } = anyMeasured(report);
  const rows = [...cells.map((cell) => cellName(cell, 64, 10)), ...models].map((subject) => {
    const figure = measured(report, subject);
    return row(subject, figure?.step ?? "does not fit", figure?.frontEnd ?? "");
  });
  return [
    table([`instructions, kernel set ${kernels}`, "a step", "a frame of the front end"], rows),
    "",
    `Flash ${number(total(image!.flash))} bytes, RAM ${number(total(image!.ram))}; of wasm3's heap at most ${number(most(report, "heapMost"))} are used, of the stack ${number(most(report, "stackMost"))}. What is counted, and more of it: [docs/boards.md](../../../docs/boards.md).`,
  ].join("\n");
}
