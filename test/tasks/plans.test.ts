// Plans and their sequences: what only a state can tell, refusals, forced states, and that the network learns to run freely.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { checkPlans, planned, statesOf, task } from "../../host/tasks/kinds/plans.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { forceState } from "../../host/train/forcing.ts";
import { initialize } from "../../host/train/initialize.ts";
import { probabilityLoss } from "../../host/train/probability-loss.ts";

const data = await task.open(undefined);
const silent = (): number => 0;
const jordan = task.recipes.jordan;

async function networkOf(batch: number): Promise<Network> {
  const shapes = await layersOf(jordan.blueprint);
  const layers = shapes.map((shape, i) => ({ ...shape, parameters: initialize(shape.cell, shape.sizes, 1, i) }));
  return new Network(layers, batch);
}

test("in every sequence some symbol has two successors, which the last result alone cannot tell", () => {
  assert.is(planned.length, 8);
  for (const { sequence } of planned) {
    assert.is(sequence.length, 9);
    assert.is(sequence[0], sequence[1]);
    assert.is(sequence.indexOf(4), 8, "the end is at the end");
    const pairs = new Set(sequence.slice(1).map((symbol, i) => `${sequence[i]}${symbol}`));
    assert.ok([0, 1, 2, 3].some((symbol) => [...pairs].filter((pair) => pair.startsWith(`${symbol}`)).length > 1));
  }
});

const wrong: [what: string, call: () => unknown, message: RegExp][] = [
  [
    "equal plans that ask for different sequences",
    () => checkPlans([...planned, { ...planned[2], sequence: planned[3].sequence }]),
    /plans 3 and 9 are equal/,
  ],
  ["plans of two widths", () => checkPlans([planned[0], { plan: [1, 0], sequence: [] }]), /plan 2 has 2 values.* 8/],
  ["a state that grows", () => statesOf(planned, 1, silent), /mu is 1/],
  ["a state that turns its sign", () => statesOf(planned, -0.1, silent), /mu is -0.1/],
];
for (const [what, call, message] of wrong)
  test(`${what}: refused by a sentence`, () => {
    try {
      call();
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as UserError).message, message);
      return;
    }
    assert.unreachable();
  });

test("the targets' states keep a part of what they were", () => {
  const { sequence } = planned[0];
  const states = statesOf(planned, 0.5, silent);
  assert.is(states[1][sequence[0]], 1.5);
  assert.is(states[8][4], 1);
});

test("a forced state is what the next step reads, while recording only", async () => {
  const network = await networkOf(2);
  const plan = Float32Array.from([...planned[0].plan, ...planned[1].plan]);
  const lastOf = (recording: boolean, states: Float32Array[]) => {
    forceState(network.layers[0], states);
    network.resetStates();
    network.begin(recording);
    return network.read([plan, plan].map((frame) => network.step(frame))[1]);
  };
  const empty = lastOf(true, [new Float32Array(10), new Float32Array(10)]);
  const full = lastOf(true, [new Float32Array(10).fill(2), new Float32Array(10)]);
  network.begin(false);
  network.resetStates();
  network.begin(false);
  assert.equal(empty, network.read(network.step(plan)), "as from the beginning");
  assert.not.equal(full, empty);
  assert.equal(lastOf(false, []), lastOf(false, []));
});

test("the loss of probabilities is that of their logits, gradient and value", async () => {
  const network = await networkOf(1);
  const targets = new Float32Array([1, 0, 0, 0.25, 0]);
  const once = Float32Array.of(2);
  const loss = () => {
    network.resetStates();
    network.begin(true);
    return probabilityLoss(network, network.step(Float32Array.from(planned[0].plan)), targets, once);
  };
  const { values, gradients, count } = network.parameters;
  network.clearGradients();
  loss();
  network.backward();
  const exact = network.memory.floats(gradients, count).slice();
  for (let i = 0; i < count; i += 7) {
    const put = (step: number) => {
      network.memory.floats(values, count)[i] += step;
      network.pack();
      return loss();
    };
    const difference = (put(0.01) - put(-0.02)) / 0.02;
    put(0.01);
    assert.ok(Math.abs(difference - exact[i]) < 2e-3, `parameter ${i}: ${exact[i]} against ${difference}`);
  }
});

test("a short training: sequences come freely, the same in integers; without memory none does", async () => {
  const short = { steps: 1000, validateEvery: 250 };
  const losses: number[] = [];
  const note = ({ loss }: { loss: number }) => losses.push(loss);
  const model = await trainTask("plans", task, data, { ...jordan, ...short }, { seed: 1 }, note);
  assert.ok(losses[999] < losses[249] / 3, `loss ${losses[249]}, then ${losses[999]}`);
  assert.ok(model!.layers[0].parameters.at(-1)!.every((mu) => Math.abs(mu - 0.7) < 1e-6));
  const float = await data.evaluate(floatRunner(model!.layers), "val");
  assert.ok(float.symbols > 60, `${float.symbols} % of the symbols`);
  const { file } = quantizeTask(model!, data.calibration());
  const integer = await data.evaluate(integerRunner(file, "the model"), "val");
  assert.ok(Math.abs(float.symbols - integer.symbols) < 10, `${float.symbols} %, ${integer.symbols} % in integers`);
  const forgetful = await trainTask("plans", task, data, { ...task.recipes.forgetful, ...short }, { seed: 1 });
  assert.is((await data.evaluate(floatRunner(forgetful!.layers), "val")).sequences, 0);
});

test("a batch is all plans, whatever the random numbers", () => {
  const { frames } = data.batch(8, new Random(1, "batch"));
  assert.equal(frames[8], frames[0]);
});

test.run();
