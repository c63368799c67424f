// The adding problem, the independently recurrent network that learns it, its residual stacks, and training with rounded weights.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type LayerBlueprint, layersOf, type Source } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { initialize } from "../../host/train/initialize.ts";
import { roundRows } from "../../host/train/rounding.ts";

const task = await taskOf("adding");
const data = await task.open(undefined);
const short = { ...task.recipes.indrnn, steps: 60, validateEvery: 60 };
/** Only the first stage, of 100 steps: what takes seconds. */
const early = { ...data, batch: (size: number, random: Random) => data.batch(size, random, 0) };

test("one number of each half is marked; sequences grow with the progress", () => {
  for (const [progress, steps] of [
    [0, 100],
    [0.2, 333],
    [0.45, 1000],
    [undefined, 1000],
  ] as const) {
    const { frames } = data.batch(1, new Random(1, "adding test"), progress);
    assert.is(frames.length, steps);
    const marked = frames.flatMap((frame, t) => (frame[1] === 1 ? [t] : []));
    assert.is(marked.length, 2);
    assert.ok(marked[0] < Math.floor(steps / 2) && marked[1] >= Math.floor(steps / 2), `${marked}`);
    assert.ok(frames.every(([x, marker]) => x >= 0 && x < 1 && (marker === 0 || marker === 1)));
  }
});

test("an answer of 1 has the error of the sums' variance, the sums have none", async () => {
  const runner = (answer: (frames: Float32Array) => number) => ({
    name: "known",
    inputs: 2,
    outputs: 1,
    run: async (all: readonly Float32Array[]) => all.map((frames) => new Float32Array(1000).fill(answer(frames))),
  });
  const { error } = await data.evaluate(
    runner(() => 1),
    "test",
  );
  assert.ok(Math.abs(error - 1 / 6) < 0.02, `${error}`);
  const known = (frames: Float32Array) =>
    frames.reduce((sum, value, i) => sum + (i % 2 === 0 ? value * frames[i + 1] : 0), 0);
  assert.ok((await data.evaluate(runner(known), "val")).error < 1e-10);
});

test("a short training keeps u within 2^(1/T)", async () => {
  const model = await trainTask("adding", task, early, { ...short, steps: 20, validateEvery: 20 }, { seed: 1 });
  for (const { cell, parameters } of model!.layers.slice(0, 2)) {
    const u = parameters[cell.parameters.findIndex(({ name }) => name === "u")];
    assert.ok(
      u.every((value) => Math.abs(value) <= Math.fround(2 ** 0.001)),
      `${u}`,
    );
  }
});

test("weights of a training that rounds are integers of int8 rows, and integers follow them closely", async () => {
  const losses: number[] = [];
  const model = await trainTask("adding", task, early, short, { seed: 1 }, ({ loss }) => losses.push(loss));
  assert.ok(losses[59] < losses[0] / 2, `loss ${losses[0]}, then ${losses[59]}`);
  for (const { cell, sizes, parameters } of model!.layers)
    cell.parameters.forEach(({ role }, i) => {
      if (role !== "matrix") return;
      const again = parameters[i].slice();
      roundRows(again, sizes.inputs);
      const most = Math.max(...parameters[i].map((value, k) => Math.abs(value - again[k])));
      assert.ok(most < 1e-6, `a weight moves by ${most} when it is rounded again`);
    });
  const { file, report } = quantizeTask(model!, data.calibration().slice(0, 8));
  assert.ok(Math.min(...report.signalToNoise) > 30, `${report.signalToNoise} dB`);
  const few = data.calibration().slice(8, 12);
  const [float, integer] = [await floatRunner(model!.layers).run(few), await integerRunner(file, "the model").run(few)];
  float.forEach((results, i) => {
    assert.ok(Math.abs(results[999] - integer[i][999]) < 0.05, `${results[999]}, integers ${integer[i][999]}`);
  });
});

/** Layer k reads the sum of all before it, so that each adds to what goes by: h_k = h_(k−1) + IndRNN_k(h_(k−1)). */
function residual(depth: number, units: number): LayerBlueprint[] {
  const names = Array.from({ length: depth }, (_, k) => `layer ${k + 1}`);
  const all = (count: number): Source => ({ sum: names.slice(0, count) });
  return [
    ...names.map((name, k) => ({ name, cell: "indrnn", units, ...(k > 1 && { from: all(k) }) })),
    { name: "out", cell: "dense", units: 2, from: all(depth) },
  ];
}

test("a residual stack of six is a blueprint of sums, in float and in integers", async () => {
  const units = 8;
  const shapes = await layersOf({ inputs: 2, layers: residual(6, units) });
  const layers = shapes.map((shape, k) => {
    const parameters = initialize(shape.cell, shape.sizes, 3, k);
    const random = new Random(3, "residual", k);
    shape.cell.parameters.forEach(({ name }, i) => {
      if (name === "u") parameters[i].set(Float32Array.from(parameters[i], () => random.uniform(-0.9, 0.9)));
    });
    return { ...shape, parameters };
  });
  const random = new Random(4, "residual");
  const sequence = Float32Array.from({ length: 2 * 50 }, () => random.uniform(-1, 1));
  const wanted = residualByHand(layers, sequence);
  const [float] = await floatRunner(layers).run([sequence]);
  float.forEach((value, i) => {
    assert.ok(Math.abs(value - wanted[i]) < 1e-4, `value ${i}: ${value}, not ${wanted[i]}`);
  });
  const training = { task: "none", seed: 1, accuracy: {} } as never;
  const { file, report } = quantizeTask({ layers, labels: [], window: 1, training }, [sequence]);
  assert.ok(Math.min(...report.signalToNoise) > 35, `${report.signalToNoise} dB`);
  const [integer] = await integerRunner(file, "the model").run([sequence]);
  const most = wanted.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
  integer.forEach((value, i) => {
    assert.ok(Math.abs(value - wanted[i]) < 0.03 * most, `value ${i}: ${value}, not ${wanted[i]}`);
  });
});

// Plainly: what goes by, and what each layer adds to it.
function residualByHand(
  layers: { cell: { parameters: { name: string }[] }; parameters: Float32Array[] }[],
  sequence: Float32Array,
): number[] {
  const valuesOf = (layer: number, wanted: string) =>
    layers[layer].parameters[layers[layer].cell.parameters.findIndex(({ name }) => name === wanted)];
  const affine = (layer: number, x: number[]) =>
    [...valuesOf(layer, "b")].map((b, row) =>
      x.reduce((sum, value, i) => sum + valuesOf(layer, "W")[row * x.length + i] * value, b),
    );
  const states = layers.map(({ parameters }) => new Array<number>(parameters[1].length).fill(0));
  const out: number[] = [];
  for (let at = 0; at < sequence.length; at += 2) {
    let passing = [...sequence.subarray(at, at + 2)];
    for (let layer = 0; layer < layers.length - 1; layer++) {
      const u = valuesOf(layer, "u");
      states[layer] = affine(layer, passing).map((a, i) => Math.max(0, a + u[i] * states[layer][i]));
      passing = layer === 0 ? states[0] : passing.map((value, i) => value + states[layer][i]);
    }
    out.push(...affine(layers.length - 1, passing));
  }
  return out;
}

test("a residual between layers of unequal widths is refused", async () => {
  const layers = residual(3, 8).map((layer, k) => (k === 1 ? { ...layer, units: 6 } : layer));
  try {
    await layersOf({ inputs: 2, layers });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /layer "layer 3" of the blueprint adds results of 8 and 6 values/);
  }
});

test.run();
