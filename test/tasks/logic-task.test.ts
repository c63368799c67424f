// Logic over trees: a batch is of one shape, a short training learns, the model that ships gives its figures in V8 and the same bits on a
// board; streams that are no trees are refused wherever they are found.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { Random } from "../../host/data/random.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/logic.ts";
import { task as words } from "../../host/tasks/kinds/logic-tokens.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { leaves, logicData, logicTokens, tokens } from "../../host/tasks/sources/logic.ts";
import { COMPARE, checked, REDUCE } from "../../host/tasks/sources/tree-actions.ts";
import { materialOf, trainTask } from "../../host/tasks/train-task.ts";
import { boardTest, startBoard } from "../native/program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const shipped = join(root, "models/architectures/recursive-logic.engram");
const data = logicData({ train: 2000, each: 10 });

const short = { ...task.recipes.recursive, steps: 120, validateEvery: 60 };
const model = (await trainTask("logic", task, data, short, { seed: 1 }))!;
const { file } = quantizeTask(model, data.calibration());

test("a short training learns, and its integers follow", async () => {
  const [{ loss: first }, { loss: last }] = model.training.history as { loss: number }[];
  assert.ok(last < 0.95 * first, `${first} to ${last}`);
  const [float, integer] = [floatRunner(model.layers), integerRunner(file, "it")];
  const scores = await Promise.all([float, integer].map((runner) => data.evaluate(runner, "val")));
  assert.ok(
    scores.every(({ accuracy }) => accuracy > 50),
    JSON.stringify(scores),
  );
  assert.ok(Math.abs(scores[0].accuracy - scores[1].accuracy) <= 4, JSON.stringify(scores));
});

test("pairs of a batch differ in their leaves alone", () => {
  const { frames } = data.batch(16, new Random(4, "batch"));
  assert.ok(
    frames.every((step) => step.length === 16 && new Set(step.map((action) => Math.min(action, 0))).size === 1),
  );
  const pairs = Array.from({ length: 16 }, (_, row) => frames.map((step) => step[row]).join());
  assert.ok(new Set(pairs).size > 1);
});

test("a step's gradients are those of its batches added up, its loss their mean", () => {
  const recipe = { ...short, accumulate: 3 };
  const network = new Network(model.layers, recipe.batch);
  const { gradients, count } = network.parameters;
  const read = () => network.memory.floats(gradients, count).slice();
  network.clearGradients();
  const { loss, examples } = materialOf(data, recipe, model.layers, "accuracy", task.metrics.accuracy, 7).accumulate(
    network,
    0,
    0,
  );
  const found = read();
  network.clearGradients();
  const random = new Random(7, "step", 0);
  let sum = 0;
  for (let pass = 0; pass < 3; pass++) {
    const batch = data.batch(recipe.batch, random);
    network.resetStates();
    network.begin(true);
    sum += batch.loss(network, network.run(batch.frames)).loss;
    network.backward();
  }
  assert.equal(found, read());
  assert.ok(found.some((gradient) => gradient !== 0));
  assert.ok(Math.abs(loss - sum / 3) < 1e-9 && examples === 48);
});

test("as text a pair is both statements with their brackets, and a batch is as long as its longest", () => {
  const text = logicTokens({ train: 200, each: 2 });
  const { frames } = text.batch(8, new Random(1, "batch"));
  const said = Array.from({ length: 8 }, (_, row) => frames.map((step) => tokens[step[row]]));
  for (const pair of said) {
    const count = (token: string) => pair.filter((each) => each === token).length;
    assert.is(count("/"), 1);
    const whole = pair.slice(0, pair.findLastIndex((token, i) => token !== pair[i - 1]) + 1);
    assert.is(whole.filter((token) => token === "(").length, count("("));
  }
});

test("the network that knows no trees learns as shortly", async () => {
  const text = logicTokens({ train: 500, each: 5 });
  const recipe = { ...words.recipes.elman, steps: 60, validateEvery: 30 };
  const found = (await trainTask("logic-tokens", words, text, recipe, { seed: 1 }))!;
  const [{ loss: first }, { loss: last }] = found.training.history as { loss: number }[];
  assert.ok(last < first, `${first} to ${last}`);
});

const bad: [string, number[], RegExp][] = [
  ["a node to join before there are two", [0, REDUCE, 1], /names no row/],
  ["a node to join of nothing", [REDUCE], /names no row/],
  ["a comparison of one", [0, COMPARE], /names no row/],
  ["a word beyond the last", [0, leaves.length], /names no row/],
  ["more entries than the stack has", new Array(13).fill(0), /stack is full/],
];

for (const [what, actions, message] of bad)
  test(`${what} is refused in V8`, async () => {
    const runner = integerRunner(file, "it");
    const error = await runner.run([Float32Array.from(actions)]).then(
      () => undefined,
      (error) => error,
    );
    assert.instance(error, UserError);
    assert.match(error.message, message);
    // A later sequence is not harmed by it.
    assert.is((await runner.run([Float32Array.of(0, 1, REDUCE)]))[0].length, 21);
  });

boardTest("the same is refused by a board, which then takes the model again", async () => {
  const { link } = startBoard();
  const session = await connect(link);
  await session.flashModel(file);
  const [board, v8] = [boardRunner(session, readModel(file, "it")), integerRunner(file, "it")];
  const good = [Float32Array.of(0, 6, 1, REDUCE, REDUCE, 2, COMPARE)];
  for (const [what, actions, message] of bad) {
    const error = await board.run([Float32Array.from(actions)]).then(
      () => undefined,
      (error) => error,
    );
    assert.instance(error, UserError, what);
    assert.match(error.message, message, what);
    await session.flashModel(file);
    assert.equal(await board.run(good), await v8.run(good), what);
  }
});

test("the host refuses what leaves another stack, or takes a deeper one", () => {
  assert.equal(checked([0, 1, REDUCE], 1, 2), [0, 1, REDUCE]);
  assert.throws(() => checked([0, 1, 2, REDUCE], 1), /4 actions leave 2 on the stack, expected 1/);
  assert.throws(() => checked([], 1), /0 actions leave 0 on the stack, expected 1/);
  assert.throws(() => checked([0, 1, 2, REDUCE, REDUCE], 1, 2), /5 actions take a stack of 3, the model's has 2/);
  assert.throws(() => checked([REDUCE], 1), /action 0 joins two of a stack of 0/);
});

if (existsSync(shipped))
  boardTest("the shipped model knows logic, and says the same bits on a board", async () => {
    const bytes = new Uint8Array(readFileSync(shipped));
    const v8 = integerRunner(bytes, shipped);
    const { accuracy } = await data.evaluate(v8, "val");
    assert.ok(accuracy > 90, `${accuracy}`);
    const { link } = startBoard();
    const session = await connect(link);
    await session.flashModel(bytes);
    const some = data.calibration().slice(0, 40);
    assert.equal(await boardRunner(session, readModel(bytes, shipped)).run(some), await v8.run(some));
  });

test.run();
