// Counting: the strings and their successors, how it is judged, and a short training with noise and penalty.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { task } from "../../host/tasks/kinds/anbncn.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { penalizeAbsolute } from "../../host/train/absolute.ts";
import { initialize } from "../../host/train/initialize.ts";

const data = await task.open(undefined);

// Knows the language up to n = `reach`; beyond, it takes the last symbol for the end.
function counter(reach: number): Runner {
  const answer = (sequence: Float32Array): Float32Array => {
    const n = (sequence.length / 4 - 1) / 3;
    const logits = new Float32Array(sequence.length).fill(-1);
    for (let step = 0; step <= 3 * n; step++) {
      if (step <= n) logits[step * 4] = 1; // a, also at the beginning
      if (step >= 1 && step < 2 * n) logits[step * 4 + 1] = 1;
      if (step >= 2 * n && step < 3 * n) logits[step * 4 + 2] = 1;
      if (step === 3 * n || n > reach) logits[step * 4 + 3] = 1;
    }
    return logits;
  };
  return { name: "a counter", inputs: 4, outputs: 4, run: async (sequences) => sequences.map(answer) };
}

test("the greatest n is counted up to which all strings are right", async () => {
  assert.equal(await data.evaluate(counter(52), "test"), { counted: 52 });
  assert.equal(await data.evaluate(counter(0), "test"), { counted: 0 });
  assert.equal(await data.evaluate(counter(1000), "test"), { counted: 500 });
});

test("validation knows n from 11 to 20 and, where all are right, how clearly", async () => {
  assert.equal(await data.evaluate(counter(14), "val"), { counted: 14 });
  assert.equal(await data.evaluate(counter(20), "val"), { counted: 20.5 });
});

test("training knows no string beyond n = 10", () => {
  const { frames } = data.batch(10, new Random(1, "batch"));
  assert.is(frames.length, 31);
});

test("the penalty is the mean absolute value, its gradient as finite differences give it", async () => {
  const [shape] = await layersOf(task.recipes.lstm.blueprint);
  const network = new Network([{ ...shape, parameters: initialize(shape.cell, shape.sizes, 1, 0) }], 1);
  const [layer] = network.layers;
  const penalty = () => penalizeAbsolute(layer, ["Ui", "Uo"], 0.2);
  network.clearGradients();
  penalty();
  const { values, gradients, count } = network.parameters;
  const exact = network.memory.floats(gradients, count).slice();
  for (let i = 0; i < count; i++) {
    const put = (step: number) => {
      network.memory.floats(values, count)[i] += step;
      return penalty();
    };
    const difference = (put(1e-3) - put(-2e-3)) / 2e-3;
    put(1e-3);
    assert.ok(Math.abs(difference - exact[i]) < 1e-4, `parameter ${i}: ${exact[i]} against ${difference}`);
  }
  assert.is(exact.filter((value) => value !== 0).length, 2 * 36);
});

test("a short training: the loss falls under noise, integers with a counter of 32 bits follow float", async () => {
  const recipe = { ...task.recipes.lstm, steps: 150, validateEvery: 50 };
  const losses: number[] = [];
  const model = await trainTask("anbncn", task, data, recipe, { seed: 1 }, ({ loss }) => losses.push(loss));
  assert.ok(losses[149] < losses[49] / 1.5, `loss ${losses[49]}, then ${losses[149]}`);
  const { file, report } = quantizeTask(model!, data.calibration());
  assert.ok(report.signalToNoise[1] > 15, `${report.signalToNoise} dB`);
  const sequences = data.calibration().slice(0, 10);
  const [float, integer] = await Promise.all(
    [floatRunner(model!.layers), integerRunner(file, "the model")].map((runner) => runner.run(sequences)),
  );
  const equal = float.flatMap((logits, i) => [...logits].map((logit, k) => logit > 0 === integer[i][k] > 0));
  const part = equal.filter(Boolean).length / equal.length;
  assert.ok(part > 0.98, `${part} of the answers are equal`);
});

test.run();
