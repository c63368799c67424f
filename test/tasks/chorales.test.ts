// Chorales: what is heard and what is to be foretold, and a short training on real ones.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import type { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/chorales.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = process.env.ENGRAM_DATA ?? join(root, "..", "shared", "data");
const notes = 88;

test("without the folder of data sets the option is named", async () => {
  const error = await task.open(undefined).catch((error: UserError) => error);
  assert.match((error as UserError).hint, "--data");
});

if (!existsSync(join(folder, "chorales"))) console.log(`no chorales in ${folder}: tests of them are skipped`);
else {
  test("a frame is what sounded a step before, silence at first; the targets are the likelihood's", async () => {
    const data = await task.open(folder);
    const { frames } = data.batch(4, new Random(1, "batch"));
    assert.ok(frames[0].every((value) => value === 0));
    assert.ok(frames.every((frame) => frame.every((value) => value === 0 || value === 1)));
    assert.ok(frames[1].some((value) => value === 1));
    const seen: number[] = [];
    const even = { name: "even", inputs: notes, outputs: notes };
    const { surprise } = await data.evaluate(
      {
        ...even,
        run: async (sequences) => {
          seen.push(...sequences.map(({ length }) => length / notes));
          return sequences.map((sequence) => new Float32Array(sequence.length));
        },
      },
      "test",
    );
    assert.is(seen.length, 77);
    assert.is(
      seen.reduce((a, b) => a + b),
      4725,
    );
    assert.ok(Math.abs(surprise - notes * Math.LN2) < 1e-9, `${surprise} nats for coins`);
  });

  test("a short training foretells better than the notes' frequencies, integers follow float", async () => {
    const data = await task.open(folder);
    const [layer, out] = task.recipes.gru.blueprint.layers;
    const blueprint = { inputs: notes, layers: [{ ...layer, units: 24 }, out] };
    const recipe = { ...task.recipes.gru, blueprint, steps: 120, validateEvery: 40 };
    const losses: number[] = [];
    const model = await trainTask("chorales", task, data, recipe, { seed: 1 }, ({ loss }) => losses.push(loss));
    assert.ok(losses[0] < 15, `${losses[0]} nats at first`);
    assert.ok(losses[119] < losses[39] - 0.5, `${losses[39]} nats, then ${losses[119]}`);
    const { file } = quantizeTask(model!, data.calibration().slice(0, 20));
    const float = await data.evaluate(floatRunner(model!.layers), "val");
    const integer = await data.evaluate(integerRunner(file, "the model"), "val");
    assert.ok(Math.abs(float.surprise - integer.surprise) < 0.02, `${float.surprise} nats, ${integer.surprise}`);
  });
}

test.run();
