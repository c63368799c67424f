// Tasks of the shared real data sets: how many sequences each split has, and variants that stay sequences. Skips what is not there.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import type { Runner } from "../../host/tasks/runner.ts";

const folder = process.env.ENGRAM_DATA ?? join(fileURLToPath(new URL("../../..", import.meta.url)), "shared", "data");

// Says that all results are 0, of logits all alike; counts what it is asked.
function dull(inputs: number, outputs: number): Runner & { steps: number[] } {
  const steps: number[] = [];
  return {
    name: "dull",
    inputs,
    outputs,
    steps,
    run: async (sequences) =>
      sequences.map(({ length }) => {
        steps.push(length / inputs);
        return new Float32Array((length / inputs) * outputs);
      }),
  };
}

// Of all logits alike the first class is taken: its share of the test set.
for (const { name, set, tests, val, first } of [
  { name: "gestures", set: "gestures", tests: 93, val: 53, first: 33 },
  { name: "heart", set: "ecg5000", tests: 4499, val: 50, first: 2626 },
  { name: "vowels", set: "vowels", tests: 370, val: 27, first: 31 },
  { name: "strokes", set: "strokes", tests: 3498, val: 750, first: 363 },
]) {
  if (!existsSync(join(folder, set))) {
    console.log(`  (no data set ${set} in ${folder}: ${name} is not tested)`);
    continue;
  }
  test(`${name}: ${tests} test sequences, of which ${first} are of the first class; batches are finite`, async () => {
    const task = await taskOf(name);
    const data = await task.open(folder);
    const runner = dull(task.inputs, task.outputs);
    const { accuracy } = await data.evaluate(runner, "test");
    assert.is(runner.steps.length, tests);
    assert.ok(Math.abs(accuracy - (100 * first) / tests) < 1e-9, `${accuracy} %`);
    await data.evaluate(runner, "val");
    assert.is(runner.steps.length, tests + val);
    const { frames } = data.batch(16, new Random(1));
    assert.ok(frames.length > 5 && frames.length <= 2 * Math.max(...runner.steps), `${frames.length} steps`);
    assert.ok(frames.every((frame) => frame.length === 16 * task.inputs && frame.every(Number.isFinite)));
  });
}

if (!existsSync(join(folder, "text"))) console.log(`  (no data set text in ${folder}: text is not tested)`);
else
  test("text: pieces of 128, and 65 equal chances are log2 65 bits a character", async () => {
    const task = await taskOf("text");
    const data = await task.open(folder);
    const runner = dull(65, 65);
    const { bits } = await data.evaluate(runner, "test");
    assert.ok(Math.abs(bits - Math.log2(65)) < 1e-6, `${bits} bits`);
    assert.is(runner.steps.length, Math.floor((55770 - 1) / 128));
    assert.ok(runner.steps.every((steps) => steps === 128));
    const { frames } = data.batch(3, new Random(1));
    assert.ok(frames.every((frame) => frame.reduce((sum, value) => sum + value, 0) === 3));
  });

for (const [what, sentence, message] of [
  ["of fewer characters", "to be or not to be, ", /has 8 different characters, the task is of 65/],
  ["with another character", "To be, or not to bé: ", /has "é" at character 19, which is not of the task's 65/],
] as const)
  test(`a text ${what} is refused`, async () => {
    const place = mkdtempSync(join(tmpdir(), "engram-text-"));
    try {
      mkdirSync(join(place, "text"));
      writeFileSync(join(place, "text", "shakespeare.txt.gz"), gzipSync(sentence.repeat(20)));
      await (await taskOf("text")).open(place);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, message);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

test.run();
