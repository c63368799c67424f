// The T-maze: what is seen where, what a walk is worth, that memory alone solves it, and the loop through a board.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { boardKinds } from "../../host/boards/registry.ts";
import { layersOf, nameOf } from "../../host/compile/blueprint.ts";
import { Candidates } from "../../host/evolve/candidates.ts";
import { play } from "../../host/evolve/episode.ts";
import { judgeOf, type Worth } from "../../host/evolve/judge.ts";
import { readModel } from "../../host/model/model.ts";
import { task } from "../../host/tasks/kinds/t-maze.ts";
import { integerRunner } from "../../host/tasks/runner.ts";
import { type Maze, mazes, walk } from "../../host/tasks/sources/t-maze.ts";
import { withSession } from "../boards/boards.ts";

const [north, east, south, west] = [0, 1, 2, 3].map((way) => Float32Array.from({ length: 4 }, (_, i) => +(i === way)));
const maze = (goal: Maze["goal"], length = 4): Maze => ({ length, goal, seed: 7 });

/** Walks so, then eastwards. @returns also what was seen */
function walked(of: Maze, ...ways: Float32Array[]) {
  const seen: number[][] = [];
  const end = play(walk(of), (frame) => {
    seen.push([...frame]);
    return ways.shift() ?? east;
  });
  return { seen, end };
}

test("the signal is seen at the start alone, noise on the way, the junction at the end", () => {
  const { seen } = walked(maze("north"), east, east, west, west, east, east, east, east, north);
  assert.equal(
    [seen[0], seen[4]],
    [
      [0, 1, 1],
      [0, 1, 1],
    ],
  );
  assert.equal(walked(maze("south"), north).seen[0], [1, 1, 0]);
  assert.equal(seen[8], [0, 1, 0]);
  const way = [1, 2, 3, 5, 6, 7].map((i) => seen[i]);
  assert.ok(way.every(([a, b, c]) => a > 0 && a < 1 && b === 0 && c > 0 && c < 1));
  assert.is(new Set(way.flat()).size, 13);
  assert.equal(walked(maze("north"), east, east, west, west, east, east, east, east, north).seen, seen);
});

test("a walk ends with a turn at the junction, right or wrong, or with its actions", () => {
  const straight = [east, east, east, east];
  assert.equal(walked(maze("north"), ...straight, north).end, { reached: 4, right: true, margin: 1 });
  assert.equal(walked(maze("south"), ...straight, north).end, { reached: 4, right: false, margin: -1 });
  assert.equal(walked(maze("south"), ...straight, east, south).end, { reached: 4, right: true, margin: 1 });
  // North and south of a corridor are walls.
  assert.equal(walked(maze("north"), south, west, north, ...straight, south).end, {
    reached: 4,
    right: false,
    margin: -1,
  });
  assert.equal(walked(maze("north")).end, { reached: 4, right: false, margin: 0 });
  assert.is(walked(maze("north"), ...Array(20).fill(west)).seen.length, 14);
});

test("mazes are as many to the north as to the south, of each length", () => {
  const all = mazes([5, 10], 3, 1);
  for (const length of [5, 10])
    for (const goal of ["north", "south"])
      assert.is(all.filter((each) => each.length === length && each.goal === goal).length, 3);
  assert.is(new Set(all.map((each) => JSON.stringify(each))).size, 12);
});

test("of several episodes each begins fresh, and their mean counts", async () => {
  const { blueprint, evolve } = task.recipes.fitness;
  const candidates = new Candidates(await layersOf(blueprint), blueprint.layers.map(nameOf), evolve!);
  const genes = new Float64Array(candidates.genes).fill(0.7);
  /** Worth the first result of a frame that is always the same. */
  function* first(whole: boolean, frames: number): Generator<Float32Array, Worth, Float32Array> {
    let fitness = 0;
    for (let t = 0; t < frames; t++) fitness = (yield Float32Array.of(1, 0, 1))[0];
    return { fitness, whole };
  }
  const of = (...frames: number[]) => judgeOf(candidates, () => frames.map((count, i) => first(i === 0, count)))(genes);
  assert.is.not(of(2).fitness, of(1).fitness); // there are states
  assert.equal(of(1, 2), { fitness: (of(1).fitness + of(2).fitness) / 2, whole: false });
  assert.equal(of(2, 2, 2).fitness, of(2).fitness);
});

const path = fileURLToPath(new URL("../../models/architectures/fitness-t-maze.engram", import.meta.url));
const shipped = readFileSync(path);

test("the network that ships turns right in the test's mazes, and as often as not once it forgets", async () => {
  const data = await task.open(undefined);
  assert.equal(await data.evaluate(integerRunner(shipped, path), "test"), { solved: 100, furthest: 100 });
  const runner = integerRunner(shipped, path);
  const forgetful = integerRunner(shipped, path);
  // From a fresh start at each step.
  const run: NonNullable<typeof runner.play> = async (episode) => {
    let turn = episode.next();
    while (!turn.done) turn = episode.next((await forgetful.run([turn.value]))[0]);
    return turn.value;
  };
  assert.ok((await data.evaluate({ ...runner, play: run }, "test")).solved <= 50);
});

const native = (await boardKinds()).find(({ name }) => name === "native")!;
for (const name of (await native.available()) ? ["node"] : ["node", "native"])
  test(`${name}: walks over the line are V8's`, async () => {
    const through = async (run: NonNullable<ReturnType<typeof integerRunner>["play"]>) => {
      const seen: number[] = [];
      for (const each of mazes([3, 12], 1, 9))
        await run(
          (function* () {
            const world = walk(each);
            for (let turn = world.next(); !turn.done; ) {
              const result = yield turn.value;
              seen.push(...result);
              turn = world.next(result);
            }
          })(),
        );
      return seen;
    };
    const v8 = await through(integerRunner(shipped, path).play!);
    const board = await withSession(name, async (session) => {
      await session.flashModel(shipped);
      return through(boardRunner(session, readModel(shipped, path)).play!);
    });
    assert.ok(v8.length > 4 * 30);
    assert.equal(board, v8);
  });

test.run();
