// Behaviours in a closed loop: what the frames say, what is read back, and a very short training of the two timescales.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { mixTargets } from "../../host/train/closing.ts";
import { initialize } from "../../host/train/initialize.ts";

const task = await taskOf("behaviours");
const data = await task.open(undefined);

test("only the first step says which behaviour is wanted", () => {
  const { frames } = data.batch(6, new Random(1), 0);
  assert.is(frames.length, 120);
  assert.ok(frames[0].every((value, i) => value > 0 === (i % 7 === 0)));
  assert.ok(frames.slice(1).every((frame) => frame.every((value) => value === 0)));
});

test("a network that stays at home has the error of the curves' size", async () => {
  const run = async (sequences: readonly Float32Array[]) => sequences.map(() => new Float32Array(240));
  const { error, worst } = await data.evaluate({ name: "still", inputs: 6, outputs: 2, run }, "test");
  assert.ok(error > 0.3 && worst < 0.5, `${error}, ${worst}`);
});

test("a loop that begins to close reads targets and results in their shares", async () => {
  const shapes = await layersOf({
    inputs: 1,
    layers: [{ name: "out", cell: "dense", units: 1, from: ["input", { previous: "out" }] }],
  });
  const network = new Network([{ ...shapes[0], parameters: [Float32Array.of(1, 2), Float32Array.of(0)] }], 1);
  const targets = [7, 9, 11].map((value) => Float32Array.of(value));
  mixTargets(network, 0, targets, 0.25);
  network.resetStates();
  network.begin(true);
  const found = [1, 0, 0].map((x) => network.read(network.step(Float32Array.of(x)))[0]);
  // 1; 2 (0.25 · 7 + 0.75 · 1); 2 (0.25 · 9 + 0.75 · 5)
  assert.equal(found, [1, 5, 12]);
});

test("the time constants of both layers stay what the blueprint says", async () => {
  const recipe = { ...task.recipes.mtrnn, steps: 3, validateEvery: 3, weightDecay: 0.5 };
  const model = await trainTask("behaviours", task, data, recipe, { seed: 1 });
  for (const [layer, tau] of [
    [0, 30],
    [1, 2],
  ]) {
    const { cell, parameters } = model!.layers[layer];
    const rates = parameters[cell.parameters.findIndex(({ name }) => name === "rate")];
    assert.ok(
      rates.every((rate) => rate === Math.fround(1 / tau)),
      `${rates}`,
    );
  }
});

test("a time constant below one step is refused", async () => {
  try {
    await layersOf({ inputs: 1, layers: [{ cell: "mtrnn", units: 2, sizes: { tau: 0 } }] });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /size tau of layer 1 of the blueprint is 0/);
  }
});

test("a network that has no first state for one of the behaviours is refused", async () => {
  const { mtrnn } = task.recipes;
  const recipe = { ...mtrnn, blueprint: { ...mtrnn.blueprint, inputs: 5 } };
  const error = await trainTask("behaviours", task, data, recipe, { seed: 1 }).catch((e) => e);
  assert.match(error.message, /takes 5 inputs, the task gives 6/);
});

test("a slow unit goes 1/τ of the way at each step, also in integers after thousands of steps", async () => {
  const tau = 512; // exact in Q0.15
  const shapes = await layersOf({ inputs: 1, layers: [{ cell: "mtrnn", units: 1, sizes: { tau } }] });
  const parameters = initialize(shapes[0].cell, shapes[0].sizes, 1, 0);
  shapes[0].cell.parameters.forEach(({ name }, i) => {
    if (name === "W") parameters[i][0] = 0.5;
    if (name === "U") parameters[i][0] = 0;
  });
  const layers = [{ ...shapes[0], parameters }];
  const steps = 6 * tau;
  const sequence = new Float32Array(steps).fill(1);
  const training = { task: "none", seed: 1, accuracy: {} } as never;
  const { file } = quantizeTask({ layers, labels: [], window: 1, training }, [sequence]);
  for (const runner of [floatRunner(layers), integerRunner(file, "the model")]) {
    const [found] = await runner.run([sequence]);
    for (const t of [1, tau, steps - 1]) {
      const wanted = Math.tanh(0.5 * (1 - (1 - 1 / tau) ** (t + 1)));
      assert.ok(Math.abs(found[t] - wanted) < 0.001, `${runner.name}, step ${t}: ${found[t]}, not ${wanted}`);
    }
  }
});

test("a short training: the loss falls, integers follow float through the loop", async () => {
  const recipe = { ...task.recipes.mtrnn, steps: 60, validateEvery: 60 };
  const losses: number[] = [];
  const model = await trainTask("behaviours", task, data, recipe, { seed: 1 }, ({ loss }) => losses.push(loss));
  assert.ok(losses[59] < losses[0] / 3, `loss ${losses[0]}, then ${losses[59]}`);
  const { file } = quantizeTask(model!, data.calibration());
  const float = await data.evaluate(floatRunner(model!.layers), "test");
  const integer = await data.evaluate(integerRunner(file, "the model"), "test");
  assert.ok(Math.abs(float.error - integer.error) < 0.01 * float.error, `${float.error}, ${integer.error}`);
});

test.run();
