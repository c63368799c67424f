// A liquid of spiking neurons: tells two rhythms apart in floats and in integers, in C as in V8; one that never fires or fires too much is
// refused; a neuron rests after its spike.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DoubleNetwork } from "../../host/autodiff/double-network.ts";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task as digits, fading } from "../../host/tasks/kinds/spiking-digits.ts";
import { forIntegers, quantizeTask } from "../../host/tasks/quantize-task.ts";
import { integerRunner, type Runner } from "../../host/tasks/runner.ts";
import type { Recipe, Task, TaskData } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { ridge } from "../../host/train/ridge.ts";
import { readRows } from "../../tools/zoo/rows.ts";
import { generator } from "../cells/reference.ts";
import { boardTest, startBoard } from "../native/program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = process.env.ENGRAM_DATA ?? join(root, "..", "shared", "data");
const neurons = 40;
const [inputs, steps] = [3, 60];

/** Pulses every 4 or every 6 steps, of random heights. */
function rhythm(kind: number, random: () => number): Float32Array {
  const period = kind === 0 ? 4 : 6;
  const offset = Math.floor(period * random());
  return Float32Array.from({ length: inputs * steps }, (_, i) => {
    return (Math.floor(i / inputs) + offset) % period === 0 ? 1 + random() : 0.2 * random();
  });
}

const random = generator(6);
const examples = Array.from({ length: 60 }, (_, i) => ({ kind: i % 2, frames: rhythm(i % 2, random) }));
const data: TaskData = {
  name: "rhythms",
  hash: "of this test",
  lesson: {
    sequences: examples.slice(0, 40).map(({ kind, frames }) => ({
      frames,
      targets: Float64Array.of(kind === 0 ? 1 : -1, kind === 1 ? 1 : -1),
      from: steps - 1,
    })),
    lambdas: [0.1, 1],
  },
  batch() {
    throw new Error("nothing is trained by gradients");
  },
  calibration: () => examples.slice(0, 10).map(({ frames }) => frames),
  async evaluate(runner: Runner) {
    const asked = examples.slice(40);
    const results = await runner.run(asked.map(({ frames }) => frames));
    const right = results.filter((said, i) => {
      const [first, second] = said.subarray(-2);
      return (second > first ? 1 : 0) === asked[i].kind;
    });
    return { accuracy: (100 * right.length) / asked.length };
  },
};

function recipe(theta: number): Recipe {
  const draw = generator(3);
  const fixed: Record<string, number> = { leak: 0.85, theta, one: 1, less: -1 };
  for (let k = 1; k <= 6; k++) fixed[`phi${k}`] = 1 - 2 ** -k;
  return {
    blueprint: {
      inputs,
      layers: [
        {
          name: "liquid",
          cell: "lsm",
          units: 2,
          sizes: { neurons },
          numbers: {
            sites: digits.recipes.lsm.blueprint.layers[0].numbers!.sites,
            matrices: { W: { seed: 2, degree: 5, most: 127, positive: true, scale: 2 ** -9 } },
          },
        },
      ],
    },
    readOut: { layer: 0, weights: digits.recipes.lsm.readOut!.weights, bias: "c", spikes: "s" },
    batch: 1,
    steps: 0,
    validateEvery: 1,
    schedule: { kind: "cosine", rate: 1e-3, warmUp: 0, floor: 0 },
    clipNorm: 1,
    initialize(_, parameter, values) {
      if (parameter in fixed) values.fill(fixed[parameter]);
      if (parameter === "p") for (let i = 0; i < neurons; i++) values[i] = draw() < 0.2 ? -1.5 : 0.75;
      if (parameter === "V") for (let i = 0; i < values.length; i++) values[i] = draw() - 0.3;
    },
  };
}

const task: Task = {
  summary: "which rhythm",
  source: "this test",
  inputs,
  outputs: 2,
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 90 } },
  budgetSeconds: 10,
  recipes: {},
  open: async () => data,
};

boardTest("tells two rhythms apart in floats, in V8 and on the native board, which gives what V8 gives", async () => {
  const model = (await trainTask("rhythms", task, data, recipe(1), { seed: 1 }))!;
  assert.ok(model.training.accuracy.val >= 90, `${model.training.accuracy.val}`);
  const { file } = quantizeTask(await forIntegers(model, task, data), data.calibration());
  const integers = integerRunner(file, "it");
  assert.ok((await data.evaluate(integers, "val")).accuracy >= 90);
  const { link } = startBoard();
  const session = await connect(link);
  await session.flashModel(file);
  const frames = examples.slice(40, 45).map((example) => example.frames);
  assert.equal(await boardRunner(session, readModel(file, "it")).run(frames), await integers.run(frames));
});

test("neurons spike with 0 and 1, and never twice in a row", async () => {
  const model = (await trainTask("rhythms", task, data, recipe(1), { seed: 1 }))!;
  const network = new DoubleNetwork(model.layers);
  let before = new Float64Array(neurons);
  let spikes = 0;
  for (let t = 0; t < steps; t++) {
    network.step(examples[0].frames.subarray(t * inputs, (t + 1) * inputs));
    const now = network.state(0, "s").slice();
    now.forEach((value, i) => {
      assert.ok((value === 0 || value === 1) && value + before[i] < 2);
      spikes += value;
    });
    before = now;
  }
  assert.ok(spikes > 0);
});

for (const [theta, says] of [
  [1e6, /never spikes/],
  [1e-9, /spikes in 4\d % of its steps/],
  [0, /theta of layer "liquid" of the blueprint is 0 at unit 0, not above 0/],
] as const)
  test(`with a threshold of ${theta} it is refused: it ${says.source}`, async () => {
    const error = await trainTask("rhythms", task, data, recipe(theta), { seed: 1 }).catch((e) => e);
    assert.instance(error, UserError);
    assert.match(error.message, says);
  });

// Of spoken digits, the input's own traces without a liquid between them and the read-out.
(existsSync(join(folder, "fsdd")) ? test : test.skip)(
  "the liquid tells more than its input would: a point at least",
  async () => {
    const { lesson, evaluate } = await digits.open(folder);
    const { inputs, outputs } = digits;
    const width = inputs * fading.length + 1;
    const tracesOf = (frames: Float32Array): Float64Array => {
      const traces = new Float64Array(width);
      for (let at = 0; at < frames.length; at += inputs)
        fading.forEach((part, k) => {
          for (let i = 0; i < inputs; i++) traces[k * inputs + i] = part * traces[k * inputs + i] + frames[at + i];
        });
      traces[width - 1] = 1;
      return traces;
    };
    const { sequences } = lesson!;
    const states = new Float64Array(sequences.length * width);
    for (const [row, { frames }] of sequences.entries()) states.set(tracesOf(frames), row * width);
    const targets = Float64Array.from(sequences.flatMap((sequence) => [...sequence.targets]));
    const weights = ridge(states, sequences.length, width, targets, outputs, 1);
    const without: Runner = {
      name: "without a liquid",
      inputs,
      outputs,
      run: async (all) =>
        all.map((frames) => {
          const traces = tracesOf(frames);
          const row = (o: number) => weights.subarray(o * width, (o + 1) * width);
          return Float32Array.from({ length: outputs }, (_, o) =>
            row(o).reduce((sum, weight, i) => sum + weight * traces[i], 0),
          );
        }),
    };
    const shipped = readRows(root).find(({ architecture }) => architecture === "lsm")!;
    const { accuracy } = await evaluate(without, "test");
    assert.ok(shipped.float >= accuracy + 1 && shipped.board >= accuracy + 1, `without it ${accuracy} %`);
  },
);

test.run();
