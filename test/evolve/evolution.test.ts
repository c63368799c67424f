// Evolution of the two poles in short: integers are what is judged, a stopped run goes on to the same bytes, and what is refused.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layersOf, nameOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { Candidates } from "../../host/evolve/candidates.ts";
import { integerStep, play } from "../../host/evolve/episode.ts";
import { type EvolveOptions, evolve, type World } from "../../host/evolve/evolution.ts";
import { here, judgeOf } from "../../host/evolve/judge.ts";
import { readModel } from "../../host/model/model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/double-pole.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { recipeFor } from "../../host/tasks/recipe.ts";
import { balance, gruau, tilted } from "../../host/tasks/sources/double-pole-cart.ts";
import type { Recipe } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { temporaryFolder } from "../cli/engram.ts";

const folder = temporaryFolder();

async function candidatesOf({ blueprint, evolve: genome }: Recipe): Promise<Candidates> {
  return new Candidates(await layersOf(blueprint), blueprint.layers.map(nameOf), genome!);
}

const some = await candidatesOf(task.recipes.fitness);
const genesOf = (seed: number, scale = 1): number[] => {
  const random = new Random(seed, "genes");
  return Array.from({ length: some.genes }, () => scale * random.normal());
};

/** The fitness of the task; a validation counts actions, and 1,000 are enough. */
const shortly: World = {
  evaluate: here(judgeOf(some, gruau)),
  validate: async (file) => play(balance(tilted(), 2000), integerStep(new IntegerModel(file))),
};
const options: EvolveOptions = {
  lambda: 20,
  sigma: 1,
  restartAfter: 4000,
  seed: 1,
  evaluations: 1200,
  every: 200,
  enough: 1000,
};

test("with recurrence both poles stand for 1,000 actions after so many evaluations, without it they never do", async () => {
  const found = (await evolve(some, shortly, options))!;
  assert.ok(found.reached && found.validation >= 1000, `${found.validation}`);
  assert.is(found.evaluations, 920); // the same on every machine
  const blind = await candidatesOf(task.recipes.feedforward);
  const without = (await evolve(blind, { ...shortly, evaluate: here(judgeOf(blind, gruau)) }, options))!;
  assert.not.ok(without.reached);
  assert.ok(without.fitness < 0.02, `${without.fitness}`);
});

test("genes are 24 weights with recurrence and 15 without, and the force has no feedback and no bias", async () => {
  assert.is(some.genes, 24);
  assert.is((await candidatesOf(task.recipes.feedforward)).genes, 15);
  const [hidden, force] = some.layers(genesOf(1));
  const [W, U, b] = force.cell.parameters.map(({ name }) => name);
  assert.equal([W, U, b], ["W", "U", "b"]);
  assert.equal([...force.parameters[1], ...force.parameters[2]], [0, 0]);
  assert.ok(Math.abs(hidden.parameters[2][0] - 0.1 * genesOf(1)[18]) < 1e-7);
});

test("a model that gets other weights is the one of those weights", () => {
  const files = [1, 2, 3].map((seed) => some.file(some.layers(genesOf(seed, 3))));
  const frames = Array.from({ length: 200 }, (_, t) => Int16Array.of(4000 * Math.sin(t), 30000 * Math.cos(t), 99 * t));
  const run = (model: IntegerModel) => frames.map((frame) => [...model.step(frame)]);
  for (const file of files) assert.equal(run(some.integers(file)), run(new IntegerModel(file)));
  const model = new IntegerModel(files[0]);
  // Weights so large that a site gets a coarser format: not the same file but for weights.
  assert.not.ok(model.takeWeights(some.file(some.layers(genesOf(1, 200)))));
  assert.equal(run(model), run(new IntegerModel(files[0])));
});

test("what is quantized is what was evolved, to the bit", async () => {
  const data = await task.open(undefined);
  const recipe = recipeFor(task, { cell: "fitness", steps: 60 });
  const model = (await trainTask("double-pole", task, data, recipe, { seed: 5 }))!;
  assert.equal(
    { ...model.training.evolution, fitness: 0 },
    { reached: false, evaluations: 60, restarts: 0, failed: 0, fitness: 0 },
  );
  // Weights with which calibration would find ranges beyond those that are fixed.
  const large = { ...model, layers: some.layers(genesOf(1, 10)) };
  const of = (file: Uint8Array) =>
    [...readModel(file, "it").sections].filter(([tag]) => tag !== "mETA").map(([, { bytes }]) => [...bytes]);
  for (const each of [model, large])
    assert.equal(of(quantizeTask(each, data.calibration()).file), of(some.file(each.layers)));
});

test("a run that was stopped goes on to the same bytes", async () => {
  const path = join(folder, "poles.checkpoint");
  const checkpoint = { path, run: "poles" };
  const whole = await evolve(some, shortly, { ...options, enough: undefined, evaluations: 700 });
  const stop = new AbortController();
  const stopped = await evolve(
    some,
    shortly,
    { ...options, enough: undefined, evaluations: 700, checkpoint },
    ({ evaluations }) => evaluations === 260 && stop.abort(),
    stop.signal,
  );
  assert.is(stopped, undefined);
  assert.ok(existsSync(path));
  const resumed = await evolve(some, shortly, { ...options, enough: undefined, evaluations: 700, checkpoint });
  assert.is(JSON.stringify(resumed), JSON.stringify(whole));
  for (const [run, text, message] of [
    ["others", undefined, /belongs to a training with other options/],
    ["poles", "no JSON", /is no checkpoint of an evolution, or damaged/],
    ["poles", "{}", /is no checkpoint of an evolution/],
  ] as const) {
    if (text !== undefined) writeFileSync(path, text);
    await refused(evolve(some, shortly, { ...options, checkpoint: { path, run } }), message);
  }
});

async function refused(run: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await run.then(
    () => undefined,
    (reason) => reason,
  );
  assert.instance(error, UserError);
  assert.match(error.message, message);
  assert.ok(error.hint.length > 5);
}

/** A world without frames that is worth this. */
const worth = (of: () => number): World => ({
  evaluate: here(
    // biome-ignore lint/correctness/useYield: it ends at once
    judgeOf(some, function* () {
      return { fitness: of(), whole: false };
    }),
  ),
  validate: async () => 0,
});

test("a fitness that throws and a generation that has none are refused, a candidate without one is counted", async () => {
  const thrown = worth(() => {
    throw new TypeError("no cart");
  });
  await refused(evolve(some, thrown, options), /candidate 0 in generation 0 threw: no cart/);
  await refused(
    evolve(
      some,
      worth(() => Number.NaN),
      options,
    ),
    /all are NaN/,
  );
  await refused(evolve(some, shortly, { ...options, sigma: 1e9 }), /weights too large for integers/);
  let n = 0;
  const found = await evolve(
    some,
    worth(() => (n++ % 4 === 1 ? Number.NaN : -n)),
    { ...options, evaluations: 40 },
  );
  assert.is(found!.failed, 10);
  assert.is(found!.fitness, -1);
});

test("what was done before a fitness threw is kept, to the last generation", async () => {
  const path = join(folder, "thrown.checkpoint");
  const run = {
    ...options,
    enough: undefined,
    evaluations: 300,
    restartAfter: 100,
    checkpoint: { path, run: "thrown" },
  };
  const { checkpoint: _, ...alone } = run;
  const whole = await evolve(some, shortly, alone);
  assert.is(whole!.restarts, 2);
  let generations = 0;
  const evaluate: World["evaluate"] = async (drawn) => {
    if (++generations === 6) throw new UserError("no power", "switch it on"); // in the generation that begins anew
    return shortly.evaluate(drawn);
  };
  await refused(evolve(some, { ...shortly, evaluate }, run), /no power/);
  assert.is(JSON.parse(readFileSync(path, "utf8")).state.evaluations, 100);
  assert.is(JSON.stringify(await evolve(some, shortly, run)), JSON.stringify(whole));
});

test("a search that is old, or whose candidates lie together, begins anew", async () => {
  const of = (other: Partial<EvolveOptions>) =>
    evolve(
      some,
      worth(() => 0),
      { ...options, evaluations: 200, ...other },
    );
  assert.is((await of({ restartAfter: 60 }))!.restarts, 3);
  assert.is((await of({}))!.restarts, 0);
  assert.is((await of({ sigma: 1e-7 }))!.restarts, 10);
});

test("options of gradients are refused, and so is a network of too many weights", async () => {
  assert.throws(() => recipeFor(task, { learningRate: 0.1 }), /--learning-rate is for training by gradients/);
  assert.throws(() => recipeFor(task, { patience: 3 }), /--patience is for training by gradients/);
  const data = await task.open(undefined);
  await refused(
    trainTask("double-pole", task, data, recipeFor(task, { units: 30 }), { seed: 1 }),
    /up to 200 weights, the network has 1050/,
  );
  await refused(
    trainTask("double-pole", task, { ...data, fitness: undefined }, task.recipes.fitness, { seed: 1 }),
    /gives no fitness/,
  );
});

for (const cell of ["gru", "jordan", "indrnn"])
  test(`${cell} can be evolved in its place, within its bounds`, async () => {
    const data = await task.open(undefined);
    const model = await trainTask("double-pole", task, data, recipeFor(task, { cell, steps: 40 }), { seed: 1 });
    assert.ok(Number.isFinite(model!.training.evolution!.fitness));
    quantizeTask(model!, data.calibration());
  });

test.run();
