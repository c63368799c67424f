// The embedded Reber grammar: what its strings are, that only memory recalls their second symbol, and a short training.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { task } from "../../host/tasks/kinds/embedded-reber.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const data = await task.open(undefined);
const symbols = "BTSXVPE";
const textOf = (frames: Float32Array): string =>
  Array.from({ length: frames.length / 7 }, (_, t) => symbols[frames.subarray(7 * t, 7 * t + 7).indexOf(1)]).join("");

/** Says one symbol at every step of a string. */
const speaker = (symbolOf: (text: string) => string): Runner => ({
  name: "a speaker",
  inputs: 7,
  outputs: 7,
  run: async (sequences) =>
    sequences.map((frames) => {
      const told = symbols.indexOf(symbolOf(textOf(frames)));
      return Float32Array.from(frames, (_, i) => (i % 7 === told ? 1 : 0));
    }),
});

test("strings hold one of the Reber grammar between what is to be recalled", () => {
  const fromThree = "T*V(PXT*V)*(V|PS)";
  const whole = new RegExp(`^B([TP])B(TS*X(S|X${fromThree})|P${fromThree})E\\1$`);
  const strings = data.calibration().map(textOf);
  for (const string of strings) assert.match(string, whole);
  assert.ok(new Set(strings.map((string) => string.length)).size > 10);
});

test("who recalls the second symbol is right, who says always the same is so in half", async () => {
  assert.equal(
    await data.evaluate(
      speaker((text) => text[1]),
      "test",
    ),
    { recalled: 100 },
  );
  const { recalled } = await data.evaluate(
    speaker(() => "T"),
    "test",
  );
  assert.ok(Math.abs(recalled - 50) < 2, `${recalled}`);
});

test("a short training: the loss falls, integers follow float", async () => {
  const losses: number[] = [];
  const recipe = { ...task.recipes.lstm, steps: 300, validateEvery: 100 };
  const model = (await trainTask("embedded-reber", task, data, recipe, { seed: 1 }, ({ loss }) => losses.push(loss)))!;
  assert.ok(losses[299] < losses[99], `loss ${losses[99]}, then ${losses[299]}`);
  const { file, report } = quantizeTask(model, data.calibration());
  assert.ok(Math.min(...report.signalToNoise) > 25, `${report.signalToNoise} dB`);
  const [float, integer] = await Promise.all(
    [floatRunner(model.layers), integerRunner(file, "it")].map((runner) => data.evaluate(runner, "val")),
  );
  assert.ok(Math.abs(float.recalled - integer.recalled) < 1.5, `${float.recalled}, integers ${integer.recalled}`);
});

test.run();
