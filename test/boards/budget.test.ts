// What a step costs, and how large image, heap and stack are: no more than budget.json says under the same compiler, and never more
// than what the project has set itself. Counts under emulation are exact but for interrupts.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtFirmware } from "../../host/boards/build.ts";
import type { BoardKind } from "../../host/boards/registry.ts";
import { budgetFigures, budgetSubjects, overBudget, readBudget } from "../../tools/boards/budget.ts";
import { type Report, reportOf, versions } from "../../tools/boards/figures.ts";
import { cellName, frameSeconds } from "../../tools/boards/subjects.ts";
import { anyMeasured, measured, microbitLoad, total } from "../../tools/boards/tables.ts";
import { emulatedBoards } from "./boards.ts";

/** An interrupt may meet the quickest of few steps, or the deepest point of the stack. */
const attempts = 3;
const kib = 1024;
const step = (cell: string, inputs: number): string => `${cellName(cell, 64, inputs)}: step`;

/** What no board may take more of, and what some must do with. */
const everywhere = { heap: 6 * kib, stack: 2 * kib };
const limits: Record<string, Record<string, number>> = {
  "qemu-m4": {
    ...{ [step("gru", 10)]: 23_000, [step("lstm", 10)]: 30_000, [step("gru", 40)]: 29_000, [step("lstm", 40)]: 37_000 },
    ...{ "wasm3 an op call": 130, "keywords.engram: frame": 28_000, flash: 64 * kib },
  },
  "qemu-m55": { [step("gru", 10)]: 10_500, [step("lstm", 10)]: 12_500 },
  microbit: { [step("gru", 10)]: 100_000, flash: 68 * kib },
  rv32: { [step("gru", 10)]: 80_000 },
};
const microbitShare = 0.6; // of real time

const reports = new Map<string, Promise<Report>>();
function reportOnce(kind: BoardKind): Promise<Report> {
  const limited = Object.keys(limits[kind.name] ?? {}).filter((name) => name.endsWith(": step"));
  const subjects = new Set([...budgetSubjects, ...limited.map((name) => name.replace(": step", ""))]);
  const report = reports.get(kind.name) ?? reportOf(kind, [...subjects]);
  reports.set(kind.name, report);
  return report;
}

const budget = readBudget();
for (const kind of await emulatedBoards()) {
  const { name } = kind;

  test(`${name}: the parts of the image add up to what the compiler's tools count`, async () => {
    const { flash, ram } = anyMeasured(await reportOnce(kind)).image!;
    const elf = join(await builtFirmware(name), "engram.elf");
    const size = (...how: string[]) =>
      execFileSync(kind.tools![0].command.replace(/gcc$/, "size"), [...how, elf], { encoding: "utf8" });
    const [text, data] = size().split("\n")[1].trim().split(/\s+/).map(Number);
    assert.is(total(flash), text + data);
    // By sections: code that runs from RAM counts as text.
    const sections = [...size("-A").matchAll(/^\.(?:s?data|s?bss|noinit|stack)\s+(\d+)/gm)];
    assert.ok(total(ram) <= sections.reduce((sum, [, bytes]) => sum + Number(bytes), 0));
  });

  test(`${name}: steps, heap, stack and image are as small as they must be`, async () => {
    const figures = budgetFigures(await reportOnce(kind));
    for (const [figure, limit] of Object.entries({ ...everywhere, ...limits[name] }))
      assert.ok(figures[figure] <= limit, `${figure}: ${figures[figure]}, at most ${limit}`);
  });

  if (name === "microbit") {
    test("microbit: its model takes less than 60 % of real time", async () => {
      const model = measured(await reportOnce(kind), "microbit.engram")!;
      assert.ok(microbitLoad(model, await frameSeconds("microbit.engram")) < microbitShare);
    });
  }

  const was = budget[name];
  const { compiler } = await versions(kind);
  const within = `${name}: nothing has grown by more than 2 %`;
  const renew = `npm run bench:boards -- --budget ${name}`;
  if (was?.compiler !== compiler) {
    console.log(`${name} skipped: its budget is of ${was?.compiler}, here is ${compiler}; \`${renew}\` renews it`);
    test.skip(within);
    continue;
  }
  test(within, async () => {
    let over = overBudget(budgetFigures(await reportOnce(kind)), was.figures);
    for (let i = 1; i < attempts && over.length > 0; i++)
      over = overBudget(budgetFigures(await reportOf(kind, budgetSubjects)), was.figures);
    assert.is(over.join("; "), "", `if this must be: ${renew}`);
  });
}

test.run();
