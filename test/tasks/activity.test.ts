// HAR-2 from the shared data set: its two groups, and that nobody's recording is divided. Skips where the data is not there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { taskOf } from "../../host/tasks/registry.ts";

const folder = process.env.ENGRAM_DATA ?? join(fileURLToPath(new URL("../../..", import.meta.url)), "shared", "data");

if (!existsSync(join(folder, "har"))) console.log(`  (no data set har in ${folder}: activity is not tested)`);
else
  test("950 test windows in two groups; batches of 128 steps of six channels in g and rad/s", async () => {
    const task = await taskOf("activity");
    const data = await task.open(folder);
    const asked: number[] = [];
    const always = (group: number) => ({
      name: "none",
      inputs: 6,
      outputs: 2,
      run: async (sequences: readonly Float32Array[]) => {
        asked.push(sequences.length);
        return sequences.map(() => Float32Array.from({ length: 256 }, (_, i) => (i % 2 === group ? 1 : 0)));
      },
    });
    const [first, second] = [await data.evaluate(always(0), "test"), await data.evaluate(always(1), "test")];
    assert.equal(asked, [950, 950]);
    assert.ok(Math.abs(first.accuracy - (100 * (158 + 173 + 152)) / 950) < 1e-9);
    assert.ok(Math.abs(first.accuracy + second.accuracy - 100) < 1e-9);
    const { frames } = data.batch(4, new Random(1));
    assert.is(frames.length, 128);
    assert.ok(frames.every((frame) => frame.length === 24 && frame.every((value) => Math.abs(value) < 40)));
  });

test.run();
