// Memory: what its sequences ask, that a time-delay network is at chance by construction, and that a short training remembers.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { task } from "../../host/tasks/kinds/memory.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import type { Recipe } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const data = await task.open(undefined);
const [inputs, outputs] = [5, 4];
/** Steps that the time-delay network has in sight. */
const span = 15;

// Names the marked symbol as long as the mark is among the last `sight` steps, then the first symbol.
function keeper(sight: number): Runner {
  const answer = (frames: Float32Array): Float32Array => {
    const steps = frames.length / inputs;
    const marks = Array.from({ length: steps }, (_, t) => frames[t * inputs + 4]);
    assert.is(marks.filter((mark) => mark === 1).length, 1);
    const marked = marks.indexOf(1);
    assert.ok(marked < 10 && steps === 30);
    const symbol = frames.subarray(marked * inputs, marked * inputs + 4).indexOf(1);
    const logits = new Float32Array(steps * outputs);
    for (let t = marked; t < steps; t++) logits[t * outputs + (t - marked < sight ? symbol : 0)] = 1;
    return logits;
  };
  return { name: "a keeper", inputs, outputs, run: async (sequences) => sequences.map(answer) };
}

const runnersOf = async (recipe: Recipe): Promise<Runner[]> => {
  const model = (await trainTask("memory", task, data, recipe, { seed: 1 }))!;
  const { file } = quantizeTask(model, data.calibration());
  return [floatRunner(model.layers), integerRunner(file, "it")];
};

test("who keeps the mark is right; who sees 15 steps is right as long, and 5 steps later at chance", async () => {
  assert.equal(await data.evaluate(keeper(30), "test"), { remembered: 100, seen: 100 });
  assert.equal(await data.evaluate(keeper(span), "test"), { remembered: 25, seen: 100 });
  assert.equal(await data.evaluate(keeper(span - 1), "test"), { remembered: 25, seen: 25 });
});

for (const [name, forgets] of [
  ["fir", true],
  ["gru", false],
] as const)
  test(`${name}: a stream ${forgets ? "gives" : "does not give"} what its last 15 steps alone give, to the bit`, async () => {
    const [frames] = data.calibration();
    const steps = frames.length / inputs;
    for (const runner of await runnersOf({ ...task.recipes[name], steps: 20, validateEvery: 20 })) {
      const [streamed] = await runner.run([frames]);
      const ends = Array.from({ length: steps - span }, (_, i) => i + span);
      const alone = await runner.run(ends.map((t) => frames.slice((t + 1 - span) * inputs, (t + 1) * inputs)));
      const equal = ends.filter((t, i) => {
        const last = alone[i].subarray(-outputs);
        return streamed.subarray(t * outputs, (t + 1) * outputs).every((value, k) => value === last[k]);
      });
      assert.is(equal.length, forgets ? ends.length : 0, runner.name);
      const [less] = await runner.run([frames.slice(inputs)]);
      assert.is(less.subarray(-outputs).join() === streamed.subarray(-outputs).join(), forgets, runner.name);
    }
  });

test("a short training of a loop remembers, in integers too", async () => {
  for (const runner of await runnersOf({ ...task.recipes.gru, steps: 500 })) {
    const { remembered } = await data.evaluate(runner, "val");
    assert.ok(remembered > 95, `${runner.name}: ${remembered}`);
  }
});

test.run();
