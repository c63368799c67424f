// The zoo's rows: the models that ship give the integer figures that docs/architectures.json says, and the page is made of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { taskOf } from "../../host/tasks/registry.ts";
import { integerRunner } from "../../host/tasks/runner.ts";
import { publishedOf, type TaskData } from "../../host/tasks/task.ts";
import { pageOf, readRows } from "../../tools/zoo/rows.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const rows = readRows(root);

test("the page says what the rows say", () => {
  assert.is(readFileSync(join(root, "docs/architectures.md"), "utf8"), pageOf(rows));
});

test("what was published is told by architecture, and where nobody re-read it the page says so", () => {
  const metric = { unit: "%", better: "higher", threshold: 1 } as const;
  assert.is(publishedOf({ ...metric, published: 3 }, "gru"), 3);
  assert.is(publishedOf({ ...metric, published: { gru: 3 } }, "gru"), 3);
  assert.is(publishedOf({ ...metric, published: { gru: 3 } }, "elman"), undefined);
  const [row] = rows;
  assert.match(pageOf([{ ...row, published: 12.5, recalled: true }]), "| 12.5 (not re-read) |");
  assert.match(pageOf([{ ...row, published: 12.5 }]), "| 12.5 |");
});

test("every row was trained within its task's budget, by a cell of at most 1 KB", async () => {
  for (const { architecture, task, trainingSeconds, wasmBytes } of rows) {
    const { budgetSeconds } = await taskOf(task);
    assert.ok(trainingSeconds <= budgetSeconds, `${architecture} on ${task}: ${trainingSeconds} s of ${budgetSeconds}`);
    assert.ok(wasmBytes <= 1024, `${architecture}: ${wasmBytes} bytes`);
  }
});

for (const model of new Set(rows.map((row) => row.model))) {
  const of = rows.filter((row) => row.model === model);
  test(`${model} gives its figures again`, async () => {
    const task = await taskOf(of[0].task);
    let data: TaskData;
    try {
      data = await task.open(undefined);
    } catch {
      console.log(`${model}: its data is real, not tried here`);
      return;
    }
    const scores = await data.evaluate(integerRunner(new Uint8Array(readFileSync(join(root, model))), model), "test");
    for (const { metric, integer } of of) assert.is(scores[metric], integer, metric);
  });
}

test.run();
