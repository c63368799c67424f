// test/boards/budget.json: what some counts and sizes of each board were, and under which compiler.
import { readFileSync } from "node:fs";
import type { Measured } from "../../host/boards/measure.ts";
import type { Report } from "./figures.ts";
import { cellName, models } from "./subjects.ts";
import { total } from "./tables.ts";

/** Of these a budget holds the most of many runs: an interrupt may meet the deepest point, or the quickest of few op calls. */
export const varying = ["stack", "wasm3 an op call"];

export type Budget = Record<string, { compiler: string; figures: Record<string, number> }>;

export const budgetPath = new URL("../../test/boards/budget.json", import.meta.url);
export const readBudget = (): Budget => JSON.parse(readFileSync(budgetPath, "utf8"));

export const budgetSubjects = [cellName("gru", 64, 10), cellName("lstm", 64, 10), ...models];

/** The figures of a budget: what each subject takes that fits the board, and the most of the rest. */
export function budgetFigures(report: Report): Record<string, number> {
  const found = [...report.figures].filter((entry): entry is [string, Measured] => typeof entry[1] === "object");
  const most = (what: (figure: Measured) => number): number => Math.max(...found.map(([, figure]) => what(figure)));
  return {
    ...Object.fromEntries(found.map(([subject, { step }]) => [`${subject}: step`, step])),
    ...Object.fromEntries(
      found.flatMap(([subject, { frontEnd }]) => (frontEnd === undefined ? [] : [[`${subject}: frame`, frontEnd]])),
    ),
    "wasm3 an op call": most(({ wasm3PerCall }) => wasm3PerCall),
    flash: most(({ image }) => total(image!.flash)),
    heap: most(({ heapMost }) => heapMost),
    stack: most(({ stackMost }) => stackMost),
  };
}

/** Those that have grown by more than 2 %, as sentences. */
export function overBudget(figures: Record<string, number>, budget: Record<string, number>): string[] {
  return Object.entries(budget)
    .filter(([name, was]) => !(figures[name] <= was * 1.02))
    .map(([name, was]) => `${name}: ${was} before, ${figures[name] ?? "nothing"} now`);
}
