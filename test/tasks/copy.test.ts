// Memories that are addressed, on the tasks `copy` and `allocation`: short trainings, the models that ship on sequences that are new to them,
// and memories that are refused.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { requireFit } from "../../host/model/fit.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { askedBatch, askedErrors, type Question } from "../../host/tasks/sources/asked-bits.ts";
import { copyQuestion } from "../../host/tasks/sources/copying.ts";
import { seriesQuestion } from "../../host/tasks/sources/series.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const copies = (count: number, length: number, random = new Random(1, "copies")): Question[] =>
  Array.from({ length: count }, () => copyQuestion(length, random));
const series = (count: number, sequences: number, length: number, random = new Random(1, "series of")): Question[] =>
  Array.from({ length: count }, () => seriesQuestion(sequences, length, random));

for (const [name, architecture, steps, least, easy] of [
  ["copy", "ntm", 300, 0.45, (size: number, random?: Random) => copies(size, 2, random)],
  ["allocation", "dnc", 150, 0.2, (size: number, random?: Random) => series(size, 1, 2, random)],
] as const)
  test(`${architecture}: on two vectors the loss falls within seconds, and integers follow float`, async () => {
    const task = await taskOf(name);
    const data = await task.open(undefined);
    const batch = (size: number, random: Random) => askedBatch(easy(size, random));
    const easier = { ...data, batch, evaluate: async () => ({}) };
    const losses: number[] = [];
    const recipe = { ...task.recipes[architecture], steps, validateEvery: 1 };
    const model = (await trainTask(name, task, easier, recipe, { seed: 1 }, ({ loss }) => losses.push(loss)))!;
    assert.ok(Math.abs(losses[0] - Math.LN2) < 0.05, `${losses[0]}`);
    const last = losses[steps - 1];
    assert.ok(last < least, `${last}`);
    const questions = easy(100);
    const { file } = quantizeTask(model, data.calibration());
    const float = await askedErrors(floatRunner(model.layers), questions);
    const integer = await askedErrors(integerRunner(file, "the model"), questions);
    assert.ok(Math.abs(float.bitError - integer.bitError) <= 1, `${float.bitError}, ${integer.bitError}`);
  });

const shipped = (name: string) => {
  const path = new URL(`../../models/architectures/${name}.engram`, import.meta.url);
  return integerRunner(new Uint8Array(readFileSync(path)), name);
};

test("ntm-copy tells sequences of any length that it was trained on, in integers", async () => {
  for (const length of [1, 5, 10, 20]) {
    const { bitError } = await askedErrors(shipped("ntm-copy"), copies(20, length));
    assert.ok(bitError <= 0.5, `${length}: ${bitError}`);
  }
});

test("dnc-allocation repeats twice as many vectors as it has slots, in integers, of which none lack room", async () => {
  const runner = shipped("dnc-allocation");
  const { bitError, sequenceError } = await askedErrors(runner, series(40, 4, 5));
  assert.ok(bitError <= 0.5 && sequenceError <= 10, `${bitError}, ${sequenceError}`);
  assert.equal(runner.warnings, []); // an empty slot's allocation is 1, which is not too much
});

test("a free gate that is to stay shut stays so", async () => {
  const task = await taskOf("allocation");
  const recipe = { ...task.recipes.unfreed, steps: 3, validateEvery: 3 };
  const data = { ...(await task.open(undefined)), evaluate: async () => ({}) };
  const { layers } = (await trainTask("allocation", task, data, recipe, { seed: 1 }))!;
  const { cell, parameters } = layers[1];
  const of = (name: string) => [...new Set(parameters[cell.parameters.findIndex((each) => each.name === name)])];
  assert.equal([of("F"), of("bf")], [[0], [-20]]);
  assert.ok(of("Ga").length > 1);
});

/** A memory alone, with the sizes given. */
const memoryOf = async (cell: string, units: number, slots: number) => {
  const task = await taskOf("copy");
  const layers = [
    { name: "memory", cell, units, sizes: { slots } },
    { name: "out", cell: "dense", units: 8 },
  ];
  const recipe = { ...task.recipes.ntm, blueprint: { inputs: 9, layers }, batch: 1, steps: 1, validateEvery: 1 };
  const data = { ...(await task.open(undefined)), evaluate: async () => ({}) };
  return { data, model: (await trainTask("copy", task, data, recipe, { seed: 1 }))! };
};

test("a head that turns by more places than its memory has slots is refused", async () => {
  const error = await memoryOf("ntm", 4, 2).catch((e) => e);
  assert.match(error.message, /ntm, line \d+: shift meets lengths of 2 and 3/);
});

test("a memory that a board has no room for is refused with the bytes", async () => {
  const { model, data } = await memoryOf("ntm", 64, 512);
  const { file } = quantizeTask(model, [data.calibration()[0].subarray(0, 9 * 3)]);
  const board = { board: "it", ramBytes: 65536, slotBytes: 1e6 };
  assert.throws(
    () => requireFit(file, board),
    (error: Error) => {
      const [, bytes] = /the model needs ([\d,]+) bytes of RAM; it gives 65,536/.exec(error.message) ?? [];
      return Number(bytes?.replaceAll(",", "")) > 512 * 64 * 2;
    },
  );
});

test("181 linked slots of 64 values are the most", async () => {
  await layersOf({ inputs: 3, layers: [{ cell: "dnc", units: 64, sizes: { slots: 181 } }] });
});

test.run();
