// NARMA of order 10: what its frames ask, and that a small reservoir learns it in floats and in integers.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { task } from "../../host/tasks/kinds/narma10.ts";
import { forIntegers, quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import type { Recipe } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const data = await task.open(undefined);

const runnerOf = (answer: (u: Float32Array) => number[]): Runner => ({
  name: "of a formula",
  inputs: 1,
  outputs: 1,
  run: async (sequences) => sequences.map((u) => Float32Array.from(answer(u))),
});

// The formula as papers print it: from y(0) = … = 0 the value that follows each step.
function formula(u: Float32Array): number[] {
  const y = [0];
  u.forEach((now, t) => {
    let sum = 0;
    for (let i = 0; i <= 9 && i <= t; i++) sum += y[t - i];
    const earlier = t >= 9 ? u[t - 9] : 0;
    y.push(0.3 * y[t] + 0.05 * y[t] * sum + 1.5 * earlier * now + 0.1);
  });
  return y.slice(1);
}

test("who knows the formula has no error, who says the mean has one of 1", async () => {
  for (const split of ["val", "test"] as const) {
    assert.ok((await data.evaluate(runnerOf(formula), split)).error < 1e-5);
    const mean = (u: Float32Array): number[] => {
      const judged = formula(u).slice(200);
      const level = judged.reduce((sum, value) => sum + value, 0) / judged.length;
      return new Array(u.length).fill(level);
    };
    assert.ok(Math.abs((await data.evaluate(runnerOf(mean), split)).error - 1) < 1e-3);
  }
});

test("the system stays within bounds on all that is learnt and judged", async () => {
  const values = [...data.lesson!.sequences[0].targets];
  assert.ok(values.every((value) => value > 0.1 - 1e-9 && value < 1));
});

test("a small reservoir learns it, in integers as in floats", async () => {
  const { esn } = task.recipes;
  const layers = esn.blueprint.layers.map((layer, i) => (i === 0 ? { ...layer, sizes: { neurons: 80 } } : layer));
  const recipe: Recipe = { ...esn, blueprint: { inputs: 1, layers } };
  const model = (await trainTask("narma10", task, data, recipe, { seed: 1 }))!;
  const { file } = quantizeTask(await forIntegers(model, task, data), data.calibration());
  const [float, integer] = await Promise.all(
    [floatRunner(model.layers), integerRunner(file, "it")].map((runner) => data.evaluate(runner, "val")),
  );
  assert.ok(float.error < 0.5, `${float.error}`);
  assert.ok(integer.error < 1.02 * float.error, `${float.error}, integers ${integer.error}`);
});

test.run();
