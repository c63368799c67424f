// The cart with two poles: its motion against another program's, fitness, starts, and the loop through a board.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { boardKinds } from "../../host/boards/registry.ts";
import { layersOf, nameOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { Candidates } from "../../host/evolve/candidates.ts";
import { play } from "../../host/evolve/episode.ts";
import { readModel } from "../../host/model/model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/double-pole.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { balance, type Cart, cartAt, gruau, move, starts, tilted } from "../../host/tasks/sources/double-pole-cart.ts";
import { withSession } from "../boards/boards.ts";

test("the cart moves as another program's does", () => {
  // A C program after the same equations (gcc 12, libm's sin and cos): states after 10, 20 and 30 actions.
  const golden = [
    [0.456078333309, -0.149269727468, 0.0211697209673, -0.0727417522587, -0.805646700597, -10.3241400306],
    [0.401845360265, -0.288500955943, 0.0513739582435, 0.233701319942, -4.63686205997, -17.6329685586],
    [0.335596721652, -0.464444981391, 0.132453176232, 0.749721634081, -6.04372094859, 0.978025336125],
  ];
  const cart = Float64Array.of(0.5, -0.3, 0.02, 0.1, -0.05, 0.2);
  golden.forEach((wanted, n) => {
    for (let t = 10 * n; t < 10 * (n + 1); t++) for (let i = 0; i < 2; i++) move(cart, [10, -4.5, -6.25][t % 3]);
    wanted.forEach((value, i) => {
      assert.ok(Math.abs(cart[i] - value) < 1e-8, `${cart[i]}, not ${value}, after ${10 * (n + 1)}`);
    });
  });
});

test("left alone the poles fall after 22 actions, and what stood less than 100 has no part for calm", () => {
  const still = () => new Float32Array(1);
  assert.is(play(balance(tilted(), 1000), still), 22);
  assert.equal(play(gruau(), still), { fitness: (0.1 * 22) / 1000, whole: false });
  assert.is(play(balance(tilted(), 20), still), 20);
});

test("upright and at rest everything stays as it is", () => {
  const upright = cartAt(0, 0, 0, 0);
  assert.is(
    play(balance(upright, 50), () => new Float32Array(1)),
    50,
  );
  assert.equal([...upright], [0, 0, 0, 0, 0, 0]);
});

test("starts are all combinations of the fractions", () => {
  const all = starts([0.05, 0.25, 0.5, 0.75, 0.95]);
  assert.is(new Set(all.map((cart) => cart.join())).size, 625);
  const close = (cart: Cart, wanted: number[]) =>
    wanted.forEach((value, i) => {
      assert.ok(Math.abs(cart[i] - value) < 1e-4, `${cart}`);
    });
  close(all[0], [-1.944, -1.215, -0.0565, -0.1351, 0, 0]);
  close(all[1], [-1.944, -1.215, -0.0565, -0.075, 0, 0]);
  close(all[624], [1.944, 1.215, 0.0565, 0.1351, 0, 0]);
});

test("those that choices are made on are none of the 625", () => {
  const judged = new Set(starts([0.05, 0.25, 0.5, 0.75, 0.95]).map((cart) => cart.join()));
  assert.not.ok(starts([0.07, 0.33, 0.67, 0.93]).some((cart) => judged.has(cart.join())));
});

async function someFile(): Promise<Uint8Array> {
  const { blueprint, evolve } = task.recipes.fitness;
  const candidates = new Candidates(await layersOf(blueprint), blueprint.layers.map(nameOf), evolve!);
  const random = new Random(4, "double-pole test");
  return candidates.file(candidates.layers(Float64Array.from({ length: candidates.genes }, () => 2 * random.normal())));
}

const native = (await boardKinds()).find(({ name }) => name === "native")!;
const boards = (await native.available()) ? ["node"] : ["node", "native"];

for (const name of boards)
  test(`${name}: a run in closed loop over the line is V8's to the bit`, async () => {
    const file = await someFile();
    /** Everything that the cart went through, and how long. */
    const trace = async (run: NonNullable<ReturnType<typeof integerRunner>["play"]>) => {
      const seen: number[] = [];
      const stood: number[] = [];
      for (const start of starts([0.2, 0.6]).slice(3, 9))
        stood.push(await run(balance(start, 60, (cart) => seen.push(...cart))));
      return { seen, stood };
    };
    const v8 = await trace(integerRunner(file, "it").play!);
    const board = await withSession(name, async (session) => {
      await session.flashModel(file);
      return trace(boardRunner(session, readModel(file, "it")).play!);
    });
    assert.ok(v8.seen.length >= 6 * 50, `${v8.stood}`);
    assert.equal(board, v8);
  });

test("nothing of it is learnt by gradients, and a network that reads whole windows plays nothing", async () => {
  const data = await task.open(undefined);
  assert.throws(
    () => data.batch(1, new Random(1)),
    (error: unknown) => error instanceof UserError && /no targets/.test(error.message),
  );
  const window = { before: 1, hop: 2, after: 1 };
  const shapes = await layersOf({
    inputs: 3,
    window,
    layers: [{ cell: "elman", units: 1, from: "input", direction: "backward" }],
  });
  const layers = shapes.map((shape) => ({ ...shape, parameters: [3, 1, 1].map((count) => new Float32Array(count)) }));
  const error = await data.evaluate(floatRunner(layers, window), "val").catch((reason) => reason);
  assert.instance(error, UserError);
  assert.match(error.message, /answers late/);
});

test.run();
