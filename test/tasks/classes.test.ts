// Tasks of whole sequences' classes: sequences of different lengths are judged at their own last step, by a small made set.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import type { SequenceSet } from "../../host/data/sequences/sequence-set.ts";
import type { UserError } from "../../host/spec/user-error.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import { type Classes, classesOf, dataSetIn, openClasses } from "../../host/tasks/sources/classes.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

// Rising and falling ramps of 8 to 20 steps, in two inputs; a third label joins the falling ones.
function ramps(): SequenceSet {
  const random = new Random(1, "ramps");
  const sequences = Array.from({ length: 120 }, (_, i) => {
    const steps = 8 + random.int(13);
    const label = i % 3;
    const slope = (label === 0 ? 1 : -1) * random.uniform(0.5, 1);
    const x = Float32Array.from({ length: steps * 2 }, (_, n) =>
      n % 2 ? random.uniform(-0.2, 0.2) : slope * (n / 2 / steps - 0.5),
    );
    const split = (["train", "train", "val", "test"] as const)[Math.floor(i / 3) % 4];
    return { x, steps, split, label, origin: `ramp ${i}` };
  });
  return { name: "ramps", hash: "00", inputs: 2, labels: ["up", "down", "fall"], sequences };
}
const classes = [["up"], ["down", "fall"]];

test("a short training tells them, the loss falls, integers follow float", async () => {
  const { recipes, metrics } = await taskOf("activity");
  const data = classesOf(ramps(), { classes });
  const blueprint = {
    inputs: 2,
    layers: [
      { cell: "fastgrnn", units: 8 },
      { cell: "dense", units: 2 },
    ],
  };
  const recipe = { ...recipes.fastgrnn, blueprint, batch: 16, steps: 100, validateEvery: 25 };
  const task = { summary: "", source: "", inputs: 2, outputs: 2, metrics, budgetSeconds: 1, recipes: {} };
  const losses: number[] = [];
  const made = await trainTask("ramps", { ...task, open: async () => data }, data, recipe, { seed: 1 }, ({ loss }) =>
    losses.push(loss),
  );
  assert.ok(losses[99] < losses[24] / 4, `loss ${losses[24]}, then ${losses[99]}`);
  const float = await data.evaluate(floatRunner(made!.layers), "test");
  assert.ok(float.accuracy > 95, `${float.accuracy} %`);
  const { file, report } = quantizeTask(made!, data.calibration());
  assert.ok(report.signalToNoise[0] > 25, `${report.signalToNoise} dB`);
  assert.equal(await data.evaluate(integerRunner(file, "the model"), "test"), float);
});

test("a sequence is judged at its last step", async () => {
  const data = classesOf(ramps(), { classes });
  // Says "up" at the last step of whatever sequence, "down" before.
  const runner: Runner = {
    name: "none",
    inputs: 2,
    outputs: 2,
    run: async (sequences) =>
      sequences.map(({ length }) =>
        Float32Array.from({ length }, (_, i) => (i === length - 2 || i % 2 ? 1 : 0) - (i % 2) * 0.5),
      ),
  };
  const { accuracy } = await data.evaluate(runner, "test");
  assert.ok(Math.abs(accuracy - 100 / 3) < 1e-9, `${accuracy} %`);
});

test("variants, also shorter ones, take the place of sequences in batches", () => {
  const vary: Classes["vary"] = (x) => x.slice(0, 4).fill(7);
  const { frames } = classesOf(ramps(), { classes, vary }).batch(3, new Random(1));
  assert.equal(
    frames.map((frame) => [...frame]),
    [0, 1].map(() => new Array(6).fill(7)),
  );
});

const refusal = (run: () => unknown): UserError => {
  try {
    run();
  } catch (error) {
    return error as UserError;
  }
  throw new Error("not refused");
};

test("a class that the task does not know, no folder, and a folder without the set are refused", async () => {
  assert.match(refusal(() => classesOf(ramps(), { classes: [["up"], ["down"]] })).message, /class "fall"/);
  assert.match(refusal(() => dataSetIn(undefined, "har")).hint, "--data FOLDER");
  assert.match(refusal(() => dataSetIn("/nowhere", "har")).message, "/nowhere has no data set har");
  try {
    await openClasses("/nowhere", "har");
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, "no data set har");
  }
});

test("a rank at which the whole matrix is smaller is refused, a lower one is not", async () => {
  const blueprint = (sizes: Record<string, number>) => ({
    inputs: 6,
    layers: [{ cell: "fastgrnn+lowRank", units: 16, sizes }],
  });
  const [{ sizes }] = await layersOf(blueprint({ rankW: 5, rankU: 15 }));
  assert.equal(sizes, { rankW: 5, rankU: 15, units: 16, inputs: 6 });
  for (const [given, message] of [
    [{ rankW: 6 }, /rankW 6, where the whole matrix has 16 by 6/],
    [{ rankU: 16 }, /rankU 16, where the whole matrix has 16 by 16/],
  ] as const) {
    try {
      await layersOf(blueprint(given));
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, message);
      assert.match((error as UserError).hint, "the whole matrix is smaller");
    }
  }
});

test.run();
