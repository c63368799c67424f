// The task of brackets: a stack learns them, the model that ships knows them in C as in V8, and a stack that is full is an error wherever
// it runs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { entriesOf, isFull } from "../../host/tasks/full-stack.ts";
import { task } from "../../host/tasks/kinds/brackets.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import { bracketString, bracketsData, framesOf, isRight } from "../../host/tasks/sources/brackets.ts";
import { firstValues, trainTask } from "../../host/tasks/train-task.ts";
import { boardTest, startBoard } from "../native/program.ts";

const place = "models/architectures/pushdown-brackets.engram";
const file = new Uint8Array(readFileSync(join(fileURLToPath(new URL("../../", import.meta.url)), place)));
const random = new Random(3, "brackets of this test");
const strings = [...Array.from({ length: 30 }, () => 26 + random.int(25)), ...new Array(10).fill(100)].map((pairs) =>
  bracketString(pairs, random),
);
/** Opens more often than any stack has entries. */
const opening = framesOf(new Array(150).fill(0));

/** The error that a run ends with. */
const failure = (runner: Runner, frames: Float32Array): Promise<UserError> =>
  runner.run([frames]).then(
    () => assert.unreachable("nothing was thrown"),
    (error) => error,
  );

const [small] = await layersOf({
  inputs: 4,
  layers: [{ cell: "pushdown", units: 2, sizes: { hidden: 4, width: 2, entries: 8 } }],
});
const untrained = firstValues([small], task.recipes.pushdown, bracketsData, 1);

test("the loss falls in a short training", async () => {
  const recipe = { ...task.recipes.pushdown, steps: 120, validateEvery: 40, roundFrom: undefined };
  const data = { ...bracketsData, evaluate: async () => ({ strings: 0 }) };
  const { training } = (await trainTask("brackets", task, data, recipe, { seed: 1 }))!;
  const losses = training.history!.map(({ loss }) => loss);
  assert.ok(losses[2] < 0.5 * losses[0], `${losses}`);
});

test("the model that ships knows strings that it was not tested on", async () => {
  const results = await integerRunner(file, place).run(strings.map(framesOf));
  const wrong = strings.filter((string, i) => !isRight(string, results[i]));
  assert.ok(wrong.length <= 1, `${wrong.length} of ${strings.length}`);
});

boardTest("a board answers as V8 does, and says likewise where its stack is full", async () => {
  const session = await connect(startBoard().link);
  await session.flashModel(file);
  const model = readModel(file, place);
  const [board, v8] = [boardRunner(session, model), integerRunner(file, place)];
  const some = strings.filter((_, i) => i % 4 === 0).map(framesOf);
  assert.equal(await board.run(some), await v8.run(some));
  const errors = [await failure(v8, opening), await failure(board, opening)];
  for (const error of errors) {
    assert.instance(error, UserError);
    assert.ok(isFull(error));
  }
  const [where] = /the model's stack is full \(96 entries\), in step \d+$/.exec(errors[0].message) ?? ["nowhere"];
  assert.ok(errors[1].message.endsWith(`: ${where}`), errors[1].message);
  assert.is(entriesOf(model), 96);
  // What was full is no more: the next string begins anew.
  assert.equal(await board.run(some.slice(0, 1)), await v8.run(some.slice(0, 1)));
});

test("a float network whose stack is full says in which step", async () => {
  const runner = floatRunner(untrained);
  const error = await failure(runner, opening);
  assert.ok(isFull(error));
  assert.match(error.message, /^the model's stack is full \(8 entries\), in step 8$/);
  assert.is((await runner.run([opening.subarray(0, 8 * 4)]))[0].length, 8 * 2);
});

test("a sequence that has ended fills no stack while others go on", async () => {
  const runner = floatRunner(untrained);
  const short = opening.subarray(0, 5 * 4);
  const [longer, shorter] = [framesOf([0, 1, 0, 1, 0, 1, 0, 1]), short];
  const together = await runner.run([longer, shorter]);
  assert.equal([...together[1]], [...(await runner.run([shorter]))[0]]);
  assert.equal([...together[0]], [...(await runner.run([longer]))[0]]);
});

test("while training a full stack is no string right, and in a test it is an error", async () => {
  const runner = floatRunner(untrained);
  assert.equal(await bracketsData.evaluate(runner, "val"), { strings: 0, long: 0 });
  const error = await bracketsData.evaluate(runner, "test").then(
    () => undefined,
    (error) => error,
  );
  assert.ok(isFull(error));
});

test.run();
