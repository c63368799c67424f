// Two levels of history: parts learn one after the other and are put together, level 2 steps where level 1 was surprised and nowhere
// else, and the stream comes back from the surprises, in C as in V8.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { toIntegers } from "../../host/runtime/values.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { framesOf, historyOf, limit, reconstruct, warningsOf } from "../../host/tasks/history.ts";
import { task as long } from "../../host/tasks/kinds/lagged.ts";
import { task as short } from "../../host/tasks/kinds/lagged-short.ts";
import { recipeFor } from "../../host/tasks/recipe.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import { labelsRight, streamsOf, symbols } from "../../host/tasks/sources/lagged.ts";
import { compose } from "../../host/tasks/stages.ts";
import type { Stage } from "../../host/tasks/task.ts";
import { firstValues, trainTask } from "../../host/tasks/train-task.ts";
import { readRows } from "../../tools/zoo/rows.ts";
import { boardTest, startBoard } from "../native/program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (name: string) => new Uint8Array(readFileSync(join(root, "models/architectures", `${name}.engram`)));
const file = read("history-compressor-lagged");
const model = readModel(file, "the model");
const [stream] = streamsOf(1200, "this test", 1, 3);
const frames = framesOf(stream, symbols.length);

async function refuses(act: () => unknown, what: RegExp): Promise<void> {
  const error = await Promise.resolve()
    .then(act)
    .then(
      () => assert.unreachable("nothing was thrown"),
      (error) => error,
    );
  assert.instance(error, UserError, `${error}`);
  assert.match((error as UserError).message, what);
}

test("the model that ships foretells the labels, hears three or four steps of a block, and tells the stream again", async () => {
  const runner = integerRunner(file, "the model");
  const [results] = await runner.run([frames]);
  assert.equal(labelsRight(stream, results), { labels: 3, right: 3 });
  const history = historyOf(stream, results, "this model");
  assert.ok(history.surprises.length <= 0.005 * stream.length, `${history.surprises.length}`);
  assert.equal(await reconstruct(history, runner, "this model"), stream);
  const row = readRows(root).find((row) => row.architecture === "history-compressor" && row.metric === "updates")!;
  const share = (100 * history.surprises.length) / stream.length;
  assert.ok(Math.abs(share - row.integer) < 0.1, `${share}, in the row ${row.integer}`);
});

test("level 2 steps in the steps that are told, and in no other", async () => {
  const integers = new IntegerModel(file);
  const [{ records, states }] = integers.model.layers;
  const g = [...records.keys()].find((handle) => handle > 0 && handle <= states && records[handle].rows === 8)!;
  const told = new Set<number>();
  let before = "";
  for (let step = 0; step < stream.length; step++) {
    integers.step(
      toIntegers(frames.subarray(step * symbols.length, (step + 1) * symbols.length), integers.formats.input),
    );
    const state = integers.values(0, g).join();
    if (state !== before) told.add(step);
    before = state;
  }
  const [results] = await integerRunner(file, "the model").run([frames]);
  assert.equal(
    [...told],
    historyOf(stream, results, "").surprises.map(({ step }) => step),
  );
});

boardTest("a board hears the same surprises and tells the stream again", async () => {
  const session = await connect(startBoard().link);
  await session.flashModel(file);
  const board = boardRunner(session, model);
  const v8 = integerRunner(file, "the model");
  const [there] = await board.run([frames]);
  const [here] = await v8.run([frames]);
  assert.equal(there, here);
  const history = historyOf(stream, there, "one");
  assert.equal(await reconstruct(history, board, "one"), stream);
  assert.equal(await reconstruct(history, v8, "one"), stream);
});

test("the network that was taught foretells the labels by itself", async () => {
  const runner = integerRunner(read("history-compressor-lagged-short"), "the model");
  const [asked] = streamsOf(20, "this test", 1, 100);
  const { labels, right } = labelsRight(asked, (await runner.run([framesOf(asked, symbols.length)]))[0]);
  assert.equal([labels, right], [100, 100]);
});

test("the loss of each part falls, and the whole has their parameters", async () => {
  const stages = short.recipes["history-compressor"].stages!.map((stage): Stage => {
    const { validateEvery } = stage.recipe;
    return { ...stage, recipe: { ...stage.recipe, steps: 2 * validateEvery } };
  });
  const recipe = { ...short.recipes["history-compressor"], stages };
  const data = { ...(await short.open(undefined)), evaluate: async () => ({ labels: 50 }) };
  const trained = (await trainTask("lagged-short", short, data, recipe, { seed: 1 }))!;
  const losses = trained.training.history!.map(({ loss }) => loss);
  assert.is(losses.length, 6);
  for (const part of [0, 2, 4]) assert.ok(losses[part + 1] < losses[part], `${losses}`);
  assert.equal(
    trained.layers.map(({ parameters }) => parameters.map(({ length }) => length)),
    [
      [32 * 25, 32 * 32, 32],
      [25 * 32, 25],
    ],
  );
});

test("a training that carries its states from step to step is the same after a stop", async () => {
  const recipe = { ...short.recipes.elman, steps: 12, validateEvery: 6 };
  const data = { ...(await short.open(undefined)), evaluate: async () => ({ labels: 50 }) };
  const folder = mkdtempSync(join(tmpdir(), "engram-"));
  try {
    const run = async (checkpoint?: string, stopAt = 0) => {
      const stop = new AbortController();
      const tell = ({ epoch, step }: { epoch: number; step: number }) => {
        if (6 * (epoch - 1) + step === stopAt) stop.abort();
      };
      return trainTask("lagged-short", short, data, recipe, { seed: 1, checkpoint }, tell, stop.signal);
    };
    const checkpoint = join(folder, "checkpoint");
    assert.is(await run(checkpoint, 4), undefined);
    const [resumed, whole] = [await run(checkpoint), await run()];
    assert.equal(
      resumed!.layers.map(({ parameters }) => parameters),
      whole!.layers.map(({ parameters }) => parameters),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a part gives its first rows, and nothing to what there is not", async () => {
  const shapes = await layersOf({ inputs: 2, layers: [{ name: "a", cell: "dense", units: 1 }] });
  const wide = await layersOf({ inputs: 2, layers: [{ name: "b", cell: "dense", units: 2 }] });
  const layers = [{ ...shapes[0], parameters: [new Float32Array(2), new Float32Array(1)] }];
  const given = [{ ...wide[0], parameters: [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6)] }];
  const stage = (gives: Record<string, string>) =>
    [{ name: "part", recipe: { blueprint: { layers: [{ name: "b" }] } }, gives }] as unknown as Stage[];
  const models = [{ layers: given }] as never;
  const [made] = compose(layers, ["a"], stage({ "b.W": "a.W", "b.b": "a.b" }), models);
  assert.equal(made.parameters, [Float32Array.of(1, 2), Float32Array.of(5)]);
  assert.throws(() => compose(layers, ["a"], stage({ "b.W": "a.V" }), models), /there is no a\.V/);
  assert.throws(() => compose(layers, ["a"], stage({ "b.b": "a.W" }), models), /values/);
});

test("a float network foretells with more than the limit only where level 1 is sure", async () => {
  const recipe = long.recipes["history-compressor"];
  const data = await long.open(undefined);
  const layers = firstValues(await layersOf(recipe.blueprint), recipe, data, 1);
  const [results] = await floatRunner(layers).run([frames.subarray(0, 200 * symbols.length)]);
  assert.ok(results.every((value) => value <= limit));
  const history = historyOf(stream.subarray(0, 200), results, "");
  assert.is(history.surprises.length, 200, "an untrained level 1 foretells nothing");
});

/** Expects what came before. */
const echo: Runner = {
  name: "echo",
  inputs: 3,
  outputs: 3,
  run: async (all) => all.map((frames) => frames.slice()),
  async play(episode) {
    let turn = episode.next();
    while (!turn.done) turn = episode.next(turn.value);
    return turn.value;
  },
};

test("what is told are the first symbol and those that were not foretold", async () => {
  const said = Uint8Array.of(2, 2, 2, 0, 0, 1);
  const [results] = await echo.run([framesOf(said, 3)]);
  const history = historyOf(said, results, "echo");
  assert.equal(history, {
    model: "echo",
    steps: 6,
    surprises: [
      { step: 0, symbol: 2 },
      { step: 3, symbol: 0 },
      { step: 5, symbol: 1 },
    ],
  });
  assert.equal(await reconstruct(history, echo, "echo"), said);
});

test("a history of another model is refused with both names; so are symbols that are none, and more than 256", async () => {
  await refuses(() => reconstruct({ model: "aaa", steps: 1, surprises: [] }, echo, "bbb"), /model aaa, not by bbb/);
  await refuses(() => framesOf(Uint8Array.of(0, 3), 3), /symbol 3 in step 1 is none of the model's 3/);
  await refuses(() => framesOf(Uint8Array.of(0), 257), /257 symbols/);
});

test("a model that foretells nothing is said to compress nothing", () => {
  const history = (every: number) => ({
    model: "",
    steps: 3000,
    surprises: Array.from({ length: 3000 / every }, (_, i) => ({ step: i * every, symbol: 0 })),
  });
  assert.match(warningsOf([history(3), history(1)])[0], /level 1 predicts nothing, no compression/);
  assert.equal(warningsOf([history(2)]), []);
});

test("parts have steps and rates of their own, which no option sets", async () => {
  await refuses(() => recipeFor(long, { cell: "history-compressor", steps: 10 }), /--steps is for a network/);
  const other = recipeFor(long, { cell: "gru" });
  assert.is(other.stages, undefined);
  assert.equal(
    other.blueprint.layers.map(({ cell }) => cell),
    ["gru", "dense"],
  );
});

test.run();
