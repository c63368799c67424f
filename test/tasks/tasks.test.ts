// The registry of tasks: every one is whole, its batches fit it, and its recipes name what exists.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { decodeFloatModel, encodeFloatModel, type FloatModel } from "../../host/model/float-model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { recipeFor } from "../../host/tasks/recipe.ts";
import { taskNames, taskOf } from "../../host/tasks/registry.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import type { Recipe, TaskData } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { initialize } from "../../host/train/initialize.ts";

for (const name of taskNames()) {
  test(`${name}: recipes take its inputs and give its results, metrics have thresholds`, async () => {
    const task = await taskOf(name);
    assert.ok(Object.values(task.metrics).every(({ threshold }) => Number.isFinite(threshold)));
    assert.ok(task.source.length > 20);
    for (const recipe of Object.values(task.recipes)) {
      const layers = await layersOf(recipe.blueprint);
      assert.is(recipe.blueprint.inputs, task.inputs);
      assert.is(layers[layers.length - 1].sizes.units, task.outputs);
    }
  });

  test(`${name}: batches depend on nothing but their seed, and their loss gives gradients`, async () => {
    const task = await taskOf(name);
    let data: TaskData;
    try {
      data = await task.open(undefined);
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as UserError).hint, "--data");
      return;
    }
    if (data.fitness) return; // what is evolved has none: test/evolve
    const recipe = Object.values(task.recipes)[0];
    if (recipe.untrained) return; // what learns from its own frames: test/cells/associative
    const [a, b] = [0, 1].map(() => data.batch(recipe.batch, new Random(5, "batch")));
    assert.equal(a.frames, b.frames);
    assert.ok(a.frames.every((frame) => frame.length === recipe.batch * task.inputs && frame.every(Number.isFinite)));
    const shapes = await layersOf(recipe.blueprint);
    const layers = shapes.map((shape, i) => ({ ...shape, parameters: initialize(shape.cell, shape.sizes, 1, i) }));
    const network = new Network(layers, recipe.batch);
    network.begin(true);
    const { loss } = a.loss(network, network.run(a.frames, a.lengths));
    network.backward();
    assert.ok(Number.isFinite(loss) && loss > 0, `loss ${loss}`);
    assert.ok(network.memory.kernels.squares(network.parameters.gradients, network.parameters.count) > 0);
  });
}

test("a short training of both directions: the loss falls, integers follow float", async () => {
  const task = await taskOf("moving-window");
  const data = await task.open(undefined);
  const recipe = { ...task.recipes.bidirectional, steps: 120, validateEvery: 40 };
  const losses: number[] = [];
  const model = await trainTask("moving-window", task, data, recipe, { seed: 1 }, ({ loss }) => losses.push(loss));
  assert.ok(losses[119] < losses[39] / 2, `loss ${losses[39]}, then ${losses[119]}`);
  const { file, report } = quantizeTask(model!, data.calibration());
  assert.ok(report.signalToNoise[0] > 25, `${report.signalToNoise} dB`);
  const float = await data.evaluate(floatRunner(model!.layers, model!.reads), "val");
  const integer = await data.evaluate(integerRunner(file, "the model"), "val");
  assert.ok(Math.abs(float.accuracy - integer.accuracy) < 1, `${float.accuracy} %, integers ${integer.accuracy} %`);
});

test("another cell takes the place of a recipe's, an unknown one is refused", async () => {
  const task = await taskOf("reber");
  const { blueprint } = recipeFor(task, { cell: "lstm+peepholes", units: 5, steps: 7 });
  assert.equal(
    blueprint.layers.map(({ cell, units }) => [cell, units]),
    [
      ["lstm+peepholes", 5],
      ["dense", 7],
    ],
  );
  assert.throws(() => recipeFor(task, { cell: "lstn" }), /no architecture or cell lstn/);
});

test("a reservoir is refused where everything is learnt by gradients", async () => {
  const task = await taskOf("reber");
  for (const cell of ["esn", "esn+generates", "lsm"])
    assert.throws(() => recipeFor(task, { cell }), /is a reservoir, whose read-out is solved for/);
  assert.ok(recipeFor(await taskOf("mackey-glass"), { cell: "esn" }).readOut);
});

test("a network of other inputs or results than the task's is refused", async () => {
  const task = await taskOf("reber");
  const data = await task.open(undefined);
  for (const [inputs, units, message, hint] of [
    [6, 7, /takes 6 inputs, the task gives 7/, /set inputs to 7/],
    [7, 8, /the last layer has 8 units, the task wants 7 results/, /give the read-out 7 units/],
  ] as const) {
    const blueprint = { inputs, layers: [{ cell: "dense", units }] };
    const error = await trainTask("reber", task, data, { ...task.recipes.elman, blueprint }, { seed: 1 }).catch(
      (e) => e,
    );
    assert.instance(error, UserError);
    assert.match(error.message, message);
    assert.match(error.hint, hint);
  }
});

for (const [cell, parameter, least, most] of [
  ["jordan", "mu", 0, 1 - 2 ** -24],
  ["indrnn", "u", -1, 1],
] as const)
  test(`${parameter} of ${cell} is learnt within its bounds`, async () => {
    const task = await taskOf("reber");
    const recipe = recipeFor(task, { cell, steps: 30, learningRate: 0.5 });
    const model = await trainTask("reber", task, await task.open(undefined), recipe, { seed: 1 });
    const [{ cell: compiled, parameters }] = model!.layers;
    const values = parameters[compiled.parameters.findIndex(({ name }) => name === parameter)];
    assert.ok(
      values.every((value) => value >= least && value <= most),
      `${values}`,
    );
    assert.ok(
      values.some((value) => value === least || value === most),
      `none at a bound: ${values}`,
    );
    decodeFloatModel(encodeFloatModel(model!), "it");
  });

test("first values that a cell cannot work with are refused before anything is trained", async () => {
  const task = await taskOf("plans");
  const { jordan } = task.recipes;
  const initialize: Recipe["initialize"] = (_, parameter, values) => {
    if (parameter === "mu") values.fill(1);
  };
  const error = await trainTask(
    "plans",
    task,
    await task.open(undefined),
    { ...jordan, initialize },
    { seed: 1 },
  ).catch((e) => e);
  assert.match(error.message, /mu of layer "jordan" of the blueprint is 1 at unit 0, not 0 or more, below 1/);
});

test("frames that are no numbers, too narrow, or none at all are refused by place", async () => {
  const task = await taskOf("reber");
  const model = await trainTask(
    "reber",
    task,
    await task.open(undefined),
    { ...task.recipes.elman, steps: 1, validateEvery: 1 },
    { seed: 1 },
  );
  const runner = floatRunner(model!.layers);
  for (const [frames, message] of [
    [new Float32Array(7).fill(Number.NaN), /sequence 0 holds NaN in step 0/],
    [new Float32Array(0), /sequence 0 has no steps/],
    [new Float32Array(8), /sequence 0 has 8 values, no multiple of the model's 7 inputs/],
  ] as const) {
    try {
      await runner.run([frames]);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, message);
    }
  }
});

test("a signal ends a run between two of its sequences, of floats and of integers", async () => {
  const task = await taskOf("reber");
  const shapes = await layersOf(task.recipes.elman.blueprint);
  const layers = shapes.map((shape, i) => ({ ...shape, parameters: initialize(shape.cell, shape.sizes, 1, i) }));
  const model = {
    layers,
    labels: [],
    window: 1,
    training: { seed: 1, accuracy: { val: 0 } },
  } as unknown as FloatModel;
  const { file } = quantizeTask(model, [new Float32Array(7 * 20)]);
  for (const runnerOf of [
    (signal: AbortSignal) => floatRunner(layers, undefined, signal),
    (signal: AbortSignal) => integerRunner(file, "it", signal),
  ]) {
    const stop = new AbortController();
    const running = runnerOf(stop.signal).run(Array.from({ length: 10_000 }, () => new Float32Array(7 * 20)));
    setImmediate(() => stop.abort());
    const error = await running.catch((e) => e);
    assert.is(error.name, "AbortError");
  }
});

test.run();
