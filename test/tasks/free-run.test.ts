// A reservoir that runs on from its own results: one that learnt to fall stays where it was trained, one that learnt to grow is refused.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import type { Recipe, Task, TaskData } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const neurons = 20;
const [given, free] = [50, 60];

/** Values that are given, each a `factor` of the one before but for what comes anew; the last steps have none. */
function growing(factor: number): TaskData {
  const random = new Random(1, "growing");
  const values = Float64Array.from({ length: 400 }, () => random.uniform(-0.1, 0.1));
  const frames = (steps: number) => Float32Array.from({ length: 2 * steps }, (_, i) => (i % 2 ? values[i >> 1] : 1));
  const run = new Float32Array(2 * (given + free));
  run.set(frames(given));
  return {
    name: "growing",
    hash: "of this test",
    lesson: {
      sequences: [{ frames: frames(400), targets: values.slice(100).map((value) => factor * value), from: 100 }],
      lambdas: [1e-9],
    },
    batch() {
      throw new Error("nothing is trained by gradients");
    },
    calibration: () => [run],
    async evaluate(runner) {
      const [found] = await runner.run([run]);
      return { last: found[found.length - 1] };
    },
  };
}

const recipe: Recipe = {
  blueprint: {
    inputs: 2,
    layers: [
      {
        name: "esn",
        cell: "esn+generates",
        units: 1,
        sizes: { neurons },
        from: ["input", { previous: "esn" }],
        numbers: { sites: { y: "int32" }, matrices: { R: "int32" } },
      },
      { name: "out", cell: "dense", units: 1 },
    ],
  },
  readOut: { layer: 0, weights: { R: "h" }, bias: "c" },
  batch: 1,
  steps: 0,
  validateEvery: 1,
  schedule: { kind: "constant", rate: 1e-3 },
  clipNorm: 1,
  initialize(layer, parameter, values) {
    if (layer === "out") values.fill(parameter === "W" ? 1 : 0);
    const column = { V: 1, F: 2 }[parameter];
    if (column !== undefined) for (let i = 0; i < values.length; i++) values[i] = i % 3 === column ? 0.3 : 0;
    if (parameter === "half") values.set([0.5, 0, 0]);
    if (parameter === "leak") values.fill(1);
  },
};

const task = (data: TaskData): Task => ({
  summary: "what comes next",
  source: "this test",
  inputs: 2,
  outputs: 1,
  metrics: { last: { unit: "", better: "lower", threshold: 1 } },
  budgetSeconds: 10,
  recipes: {},
  open: async () => data,
});

test("a free run that leaves the range of the training ten times over is refused, one that stays is not", async () => {
  const [falls, grows] = [0.5, 2].map(growing);
  await trainTask("growing", task(falls), falls, recipe, { seed: 1 });
  const error = await trainTask("growing", task(grows), grows, recipe, { seed: 1 }).catch((e) => e);
  assert.instance(error, UserError);
  assert.match(
    error.message,
    /^running on from its own results the network ends at .*, and was trained on values up to 0\.2/,
  );
  assert.match(error.hint, /spectral radius, or raise lambda/);
});

test.run();
