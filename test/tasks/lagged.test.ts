// Blocks with a lag: what they are, windows from anywhere, and which predictions count.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import type { Runner } from "../../host/tasks/runner.ts";
import { blocksOf, framesOf, labelsRight, laggedData, symbols, windowOf } from "../../host/tasks/sources/lagged.ts";
import { firstPass, surprisal } from "./first-pass.ts";

const words = (stream: Uint8Array): string => Array.from(stream, (symbol) => symbols[symbol]).join(" ");
const tokensOf = (frames: Float32Array): Uint8Array =>
  Uint8Array.from({ length: frames.length / 25 }, (_, step) => frames.subarray(step * 25, (step + 1) * 25).indexOf(1));
const fillers = (lag: number) => Array.from({ length: lag }, (_, i) => `b${1 + (i % 20)}`).join(" ");

test("a block is a or x, fillers again and again, the trigger, y after a and z after x", () => {
  for (const lag of [3, 20, 43]) {
    const [a, x] = [`a ${fillers(lag)} t y`, `x ${fillers(lag)} t z`];
    const found = words(blocksOf(60, lag, new Random(1)));
    assert.is(found.replaceAll(a, "A").replaceAll(x, "X").replaceAll(/[AX ]/g, ""), "", `lag ${lag}`);
    assert.ok(found.includes(a) && found.includes(x));
  }
  assert.is(symbols.length, 25);
  assert.is(blocksOf(2, 1200, new Random(1)).length, 2 * 1203);
});

test("a and x come equally often", () => {
  const kinds = blocksOf(4000, 1, new Random(2)).filter((symbol) => symbol < 2);
  assert.is(kinds.length, 4000);
  assert.ok(Math.abs(kinds.reduce((sum, kind) => sum + kind, 0) - 2000) < 120);
});

test("windows begin anywhere in a block, and go on as blocks do", () => {
  const random = new Random(3);
  const begins = new Set<string>();
  for (let i = 0; i < 500; i++) {
    const window = windowOf(50, 4, random);
    assert.is(window.length, 50);
    begins.add(words(window.slice(0, 1)));
    assert.match(words(window), /( |^)([ax] b1 b2 b3 b4 t [yz] ?){6}/);
    assert.not.match(words(window), /a b1 b2 b3 b4 t z|x b1 b2 b3 b4 t y/);
  }
  assert.equal([...begins].sort(), ["a", "b1", "b2", "b3", "b4", "t", "x", "y", "z"]);
});

test("the prediction at the trigger counts, and no other", () => {
  const stream = blocksOf(3, 2, new Random(4));
  const results = framesOf(stream).fill(0);
  const label = (block: number) => stream[block * 5 + 4];
  for (const block of [0, 2]) results[(block * 5 + 3) * 25 + label(block)] = 1;
  results[(1 * 5 + 3) * 25 + (label(1) === 23 ? 24 : 23)] = 1;
  assert.equal(labelsRight(stream, results), { labels: 3, right: 2 });
  assert.equal(labelsRight(stream.slice(0, 4), results), { labels: 0, right: 0 }, "a label that never comes");
});

/** Expects the label that the block began with where it keeps that for so many steps, else y. */
function keeper(steps: number, seen: string[] = []): Runner {
  const answer = (frames: Float32Array): Float32Array => {
    const stream = tokensOf(frames);
    seen.push(words(stream));
    const results = new Float32Array(frames.length);
    let began = 0;
    stream.forEach((symbol, step) => {
      if (symbol < 2) began = step;
      results[step * 25 + 23 + (step - began <= steps ? stream[began] : 0)] = 1;
    });
    return results;
  };
  return { name: "a keeper", inputs: 25, outputs: 25, run: async (all) => all.map(answer) };
}

test("of 1,000 blocks all are foretold by who keeps the first symbol for lag + 1 steps, half by who does not", async () => {
  const data = laggedData({ lag: 20, steps: 40 });
  const seen: string[] = [];
  assert.equal(await data.evaluate(keeper(21, seen), "test"), { labels: 100 });
  assert.is(
    seen
      .join(" ")
      .split(" ")
      .filter((word) => word === "t").length,
    1000,
  );
  const { labels } = await data.evaluate(keeper(20), "test");
  assert.ok(Math.abs(labels - 50) < 5, `${labels}`);
});

test("validation, test and formats have streams of their own", async () => {
  const data = laggedData({ lag: 2, steps: 5, together: 40, blocks: { val: 200, test: 400 } });
  const seen: string[] = data.calibration().map((frames) => words(tokensOf(frames)));
  await data.evaluate(keeper(9, seen), "val");
  await data.evaluate(keeper(9, seen), "test");
  assert.is(seen.length, 4 + 5 + 10);
  assert.is(new Set(seen).size, seen.length);
});

test("a batch learns every next symbol and counts the labels", async () => {
  const size = 3;
  const data = laggedData({ lag: 2, steps: 11 });
  const batch = data.batch(size, new Random(5));
  assert.equal(batch.frames, data.batch(size, new Random(5)).frames);
  const { loss, examples, logits, gradients } = await firstPass(batch, size, 25);
  const rows = Array.from({ length: size }, (_, row) =>
    batch.frames.map((frame) => frame.subarray(row * 25, (row + 1) * 25).indexOf(1)),
  );
  const follows = (row: number[]) => {
    const [before, last] = row.slice(-2);
    if (last === 22) return row[row.length - 4] === 0 ? 23 : 24;
    return last < 2 ? 2 : last === 2 ? 3 : last === 3 ? 22 : before;
  };
  // After a label comes a or x, as chance has it: such windows are not taken here.
  const ends = rows.map((row) => row.at(-1)!);
  assert.ok(
    ends.every((symbol) => symbol < 23),
    `another seed is wanted: ${ends}`,
  );
  let sum = 0;
  rows.forEach((row, r) => {
    [...row.slice(1), follows(row)].forEach((next, step) => {
      sum += surprisal(logits[step].subarray(r * 25, (r + 1) * 25), next);
    });
  });
  assert.ok(Math.abs(loss - sum / (size * 11)) < 1e-5, `${loss}, not ${sum / (size * 11)}`);
  assert.is(examples, rows.flat().filter((symbol) => symbol === 22).length);
  assert.ok(gradients > 0);
});

test.run();
