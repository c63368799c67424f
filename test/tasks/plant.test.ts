// The plant's data, and a very short training of the recurrent multilayer perceptron on it.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import { integerRunner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

test("the plant's output is bounded, and follows its equation from what the frames show", async () => {
  const task = await taskOf("plant");
  const { frames } = (await task.open(undefined)).batch(1, new Random(3, "plant test"));
  const u = frames.map((frame) => frame[0]);
  const y = frames.map((frame) => frame[1]);
  assert.ok([...u, ...y].every((value) => Math.abs(value) <= 1.2));
  assert.is(y[0], 0);
  for (let k = 2; k + 1 < y.length; k++) {
    const next = (y[k] * y[k - 1] * y[k - 2] * u[k - 1] * (y[k - 2] - 1) + u[k]) / (1 + y[k - 1] ** 2 + y[k - 2] ** 2);
    assert.ok(Math.abs(next - y[k + 1]) < 1e-6, `step ${k}: ${next}, ${y[k + 1]}`);
  }
});

test("the output of the step before as a guess misses the threshold by far", async () => {
  const task = await taskOf("plant");
  const data = await task.open(undefined);
  const guess = { name: "last", inputs: 2, outputs: 1 };
  const run = async (sequences: readonly Float32Array[]) =>
    sequences.map((frames) => frames.filter((_, i) => i % 2 === 1));
  for (const split of ["val", "test"] as const) {
    const { error } = await data.evaluate({ ...guess, run }, split);
    assert.ok(error > 2 * task.metrics.error.threshold && error < 1, `${split}: ${error}`);
  }
});

test("a short training: the loss falls, integers follow float", async () => {
  const task = await taskOf("plant");
  const data = await task.open(undefined);
  const recipe = { ...task.recipes.rmlp, steps: 60, validateEvery: 20 };
  const losses: number[] = [];
  const model = await trainTask("plant", task, data, recipe, { seed: 1 }, ({ loss }) => losses.push(loss));
  assert.ok(losses[59] < losses[0] / 3, `loss ${losses[0]}, then ${losses[59]}`);
  const { file, report } = quantizeTask(model!, data.calibration());
  assert.ok(Math.min(...report.signalToNoise) > 25, `${report.signalToNoise} dB`);
  const { error } = await data.evaluate(integerRunner(file, "the model"), "val");
  assert.ok(Math.abs(error - model!.training.accuracy.val) < 0.02 * error, `${model!.training.accuracy.val}, ${error}`);
});

test("a feed-forward layer of no units is refused", async () => {
  const layers = [{ cell: "rmlp", units: 4, sizes: { hidden: 0 } }];
  try {
    await layersOf({ inputs: 2, layers });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /size hidden of layer 1 of the blueprint is 0/);
  }
});

test.run();
