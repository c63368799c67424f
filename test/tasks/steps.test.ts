// What the length of sequences decides: how far delays may reach, and how much an independently recurrent unit may keep.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Blueprint, layersOf } from "../../host/compile/blueprint.ts";
import type { FloatLayer } from "../../host/compile/cell.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import { checkSteps } from "../../host/tasks/steps.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { initialize } from "../../host/train/initialize.ts";

async function networkOf(layers: Blueprint["layers"]): Promise<FloatLayer[]> {
  const shapes = await layersOf({ inputs: 1, layers });
  return shapes.map((shape, i) => ({ ...shape, parameters: initialize(shape.cell, shape.sizes, 1, i) }));
}

/** Two layers of three taps each, one and two steps apart: 1 + 2 + 4 steps. */
const delayed: Blueprint["layers"] = [
  { name: "a", cell: "fir", units: 2, from: ["input", { delayed: "input", by: 1 }, { delayed: "input", by: 2 }] },
  { name: "b", cell: "fir", units: 2, from: ["a", { delayed: "a", by: 2 }, { delayed: "a", by: 4 }] },
  { name: "out", cell: "dense", units: 1 },
];

function refusal(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    assert.instance(error, UserError);
    return error as UserError;
  }
  throw new Error("not refused");
}

test("a receptive field longer than every sequence is refused, one as long is not", async () => {
  const layers = await networkOf(delayed);
  checkSteps(layers, [new Float32Array(3), new Float32Array(7)]);
  const { message, hint } = refusal(() => checkSteps(layers, [new Float32Array(3), new Float32Array(6)]));
  assert.is(message, "the network looks at 7 steps, and the longest sequence has 6");
  assert.match(hint, /shorter delays/);
});

test("no sequences are refused", async () => {
  const layers = await networkOf(delayed);
  const training = { task: "none", seed: 1, accuracy: {} } as never;
  const { message } = refusal(() => quantizeTask({ layers, labels: [], window: 1, training }, []));
  assert.match(message, /no steps to learn formats from/);
});

test("it is refused before anything is trained", async () => {
  const task = await taskOf("plans"); // sequences of 9 steps
  const blueprint: Blueprint = {
    inputs: 8,
    layers: [{ cell: "fir", units: 5, from: ["input", { delayed: "input", by: 9 }] }],
  };
  const recipe = { ...task.recipes.jordan, blueprint };
  const error = await trainTask("plans", task, await task.open(undefined), recipe, { seed: 1 }).catch((e) => e);
  assert.match(error.message, /looks at 10 steps, and the longest sequence has 9/);
});

test("a unit that keeps more than 2^(1/T) of its state is refused for sequences of T steps, when a file is quantized", async () => {
  const layers = await networkOf([
    { cell: "indrnn", units: 3 },
    { cell: "dense", units: 1 },
  ]);
  const u = layers[0].parameters[layers[0].cell.parameters.findIndex(({ name }) => name === "u")];
  const training = { task: "none", seed: 1, accuracy: {} } as never;
  const quantize = (steps: number) =>
    quantizeTask({ layers, labels: [], window: 1, training }, [new Float32Array(steps).fill(0.1)]);
  u[1] = -(2 ** (1 / 50));
  quantize(50);
  const { message, hint } = refusal(() => quantize(60));
  assert.match(message, /^u of layer 0 \(indrnn\) is -1\.0139.* at unit 1, not at most 1\.01162 .*T = 60 steps/);
  assert.match(hint, /clip \|u\|/);
});

test.run();
