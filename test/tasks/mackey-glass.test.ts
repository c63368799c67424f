// Reservoirs: a small one learns the series in floats and again in integers, the same on the native board; one that does not forget its
// start is refused; the large one has the radius that its recipe says.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DoubleNetwork } from "../../host/autodiff/double-network.ts";
import { FloatNetwork } from "../../host/autodiff/float-network.ts";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { loadCell } from "../../host/compile/load.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { type Seed, seededRow } from "../../host/spec/seeded.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/mackey-glass.ts";
import { task as narrow } from "../../host/tasks/kinds/mackey-glass-narrow.ts";
import { forIntegers, quantizeTask } from "../../host/tasks/quantize-task.ts";
import { integerRunner } from "../../host/tasks/runner.ts";
import type { Recipe, TaskData } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { spectralRadius } from "../../host/train/spectral-radius.ts";
import { generator, randomLayer } from "../cells/reference.ts";
import { boardTest, startBoard } from "../native/program.ts";

const metric = "log10 NRMSE84";

/** The task's own recipe with 80 neurons, and less to learn from. */
function smaller(weights: Partial<Seed & { scale: number }> = {}, { recipes: { esn: whole } } = task): Recipe {
  const recipe = structuredClone({ ...whole, initialize: undefined });
  const [esn] = recipe.blueprint.layers;
  esn.sizes = { neurons: 80 };
  const matrices = esn.numbers!.matrices as Record<string, object>;
  matrices.W = { ...matrices.W, ...weights };
  return {
    ...recipe,
    initialize(layer, parameter, values, random) {
      const columns = { V: 1, F: 2 }[parameter];
      if (layer === "esn" && columns !== undefined)
        for (let row = 0; row < 80; row++) {
          values.fill(0, 3 * row, 3 * row + 3);
          values[3 * row + columns] = (((row * 37) % 255) - 127) / 256;
        }
      else task.recipes.esn.initialize!(layer, parameter, values, random);
    },
  };
}

const opened: TaskData = await task.open(undefined);
const [{ frames, targets }] = opened.lesson!.sequences;
const sequence = { frames: frames.subarray(2 * 700, 2 * 1900), targets: targets.subarray(0, 900), from: 300 };
const lesson = { sequences: [sequence], lambdas: [1e-9, 1e-7] };
const data = { ...opened, lesson };

for (const [width, of, most] of [
  ["wide", task, -0.8],
  ["narrow", narrow, -0.4],
] as const)
  boardTest(
    `a small reservoir predicts its series in floats and ${width} integers, on the native board as in V8`,
    async () => {
      const model = (await trainTask("mackey-glass", of, data, smaller({}, of), { seed: 1 }))!;
      assert.ok(model.training.accuracy.val < -1, `${model.training.accuracy.val}`);
      const { file } = quantizeTask(await forIntegers(model, of, data), data.calibration());
      const integers = (await data.evaluate(integerRunner(file, "it"), "val"))[metric];
      assert.ok(integers < most, `${integers}`);
      const { link } = startBoard();
      const session = await connect(link);
      await session.flashModel(file);
      assert.is((await data.evaluate(boardRunner(session, readModel(file, "it")), "val"))[metric], integers);
    },
  );

test("the narrow reservoir is the wide one, of half the bytes", async () => {
  const opened = await Promise.all([task, narrow].map((each) => each.open(undefined)));
  assert.is(opened[1].hash, opened[0].hash);
  const ram = await Promise.all(
    [task, narrow].map(async (of) => {
      const recipe = smaller({}, of);
      const model = (await trainTask("mackey-glass", of, data, recipe, { seed: 1 }))!;
      return readModel(quantizeTask(model, data.calibration()).file, "it").header.ramBytes;
    }),
  );
  assert.ok(ram[1] < 0.55 * ram[0], `${ram}`);
});

test("a reservoir that still knows its start is refused, with how far it is off", async () => {
  const error = await trainTask("mackey-glass", task, data, smaller({ scale: 2 ** -4 }), { seed: 1 }).catch((e) => e);
  assert.instance(error, UserError);
  assert.match(error.message, /still knows its start after 300 steps \(copies .* deviations apart\)/);
});

test("a first part that is left out must end before the lesson does", async () => {
  const short = { ...data, lesson: { ...lesson, sequences: [{ ...sequence, from: 1200 }] } };
  const error = await trainTask("mackey-glass", task, short, smaller(), { seed: 1 }).catch((e) => e);
  assert.match(error.message, /first 1200 steps are left out, and there are 1200/);
});

test("the reservoir of the recipe has a spectral radius of 1.099", () => {
  const n = 1000;
  const { W } = task.recipes.esn.blueprint.layers[0].numbers!.matrices as Record<string, Seed & { scale: number }>;
  const rows = Array.from({ length: n }, (_, row) => seededRow(W, row, n));
  const radius = spectralRadius((x, y) => {
    rows.forEach((row, i) => {
      y[i] = row.reduce((sum, [column, weight]) => sum + weight * x[column], 0);
    });
  }, n);
  assert.ok(Math.abs(radius * W.scale - 1.099) < 1e-3, `${radius * W.scale}`);
});

test("in 64 bits a network gives what it gives in 32, but for their rounding", async () => {
  const random = generator(4);
  for (const name of ["gru", "lstm", "delta", "mingru"]) {
    const layer = randomLayer(await loadCell(name), { units: 9, inputs: 5 }, random);
    const [doubles, floats] = [new DoubleNetwork([layer]), new FloatNetwork([layer], 1)];
    for (let t = 0; t < 20; t++) {
      const x = Float32Array.from({ length: 5 }, () => 2 * random() - 1);
      const expected = floats.step(x);
      doubles.step(x).forEach((value, i) => {
        assert.ok(Math.abs(value - expected[i]) < 1e-4, `${name}, step ${t}: ${value} and ${expected[i]}`);
      });
    }
  }
});

test.run();
