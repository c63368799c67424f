// Selective copying: what its sequences are, and that a short training falls and goes over to integers.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { taskOf } from "../../host/tasks/registry.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const [blank, mark] = [14, 15];
const tokensOf = (frames: Float32Array): number[] =>
  Array.from({ length: frames.length / 16 }, (_, t) => frames.subarray(t * 16, t * 16 + 16).indexOf(1));

test("16 symbols among 240 blanks, then 16 marks; who keeps them all in order is right", async () => {
  const data = await (await taskOf("selective-copying")).open(undefined);
  const keeper: Runner = {
    name: "keeper",
    inputs: 16,
    outputs: 14,
    run: async (sequences) =>
      sequences.map((frames) => {
        const tokens = tokensOf(frames);
        const symbols = tokens.filter((token) => token < blank);
        assert.is(symbols.length, 16);
        assert.equal(tokens.slice(256), new Array(16).fill(mark));
        assert.is(tokens.filter((token) => token === blank).length, 240);
        const logits = new Float32Array(tokens.length * 14);
        symbols.forEach((symbol, i) => {
          logits[(256 + i) * 14 + symbol] = 1;
        });
        return logits;
      }),
  };
  assert.is((await data.evaluate(keeper, "test")).right, 100);
});

test("sequences of a batch are of one length and end with a mark for each symbol", async () => {
  const data = await (await taskOf("selective-copying")).open(undefined);
  const lengths = new Set<number>();
  for (let i = 0; i < 40; i++) {
    const { frames } = data.batch(2, new Random(i));
    lengths.add(frames.length);
    const first = frames.map((frame) => frame.subarray(0, 16).indexOf(1));
    assert.is(first.filter((token) => token < blank).length, first.filter((token) => token === mark).length);
    assert.is(first.lastIndexOf(blank) < first.indexOf(mark), true);
  }
  assert.ok(lengths.size > 5);
});

test("a short training: the loss falls, integers follow float", async () => {
  const task = await taskOf("selective-copying");
  const data = await task.open(undefined);
  const layers = task.recipes.mingru.blueprint.layers.map((layer, i, { length }) =>
    i < length - 1 ? { ...layer, units: 24 } : layer,
  );
  const recipe = {
    ...task.recipes.mingru,
    blueprint: { inputs: 16, layers },
    batch: 16,
    steps: 200,
    validateEvery: 100,
  };
  const means: number[] = [];
  const model = await trainTask("selective-copying", task, data, recipe, { seed: 1 }, ({ step, steps, loss }) => {
    if (step === steps) means.push(loss);
  });
  assert.ok(means[1] < means[0] - 0.05, `losses ${means}`);
  const { file, report } = quantizeTask(model!, data.calibration().slice(0, 8));
  assert.ok(Math.min(...report.signalToNoise) > 25, `${report.signalToNoise} dB`);
  const sequences = data.calibration().slice(8, 12);
  const [float, integer] = [
    await floatRunner(model!.layers).run(sequences),
    await integerRunner(file, "the model").run(sequences),
  ];
  const error = float.flatMap((values, n) => [...values].map((value, i) => Math.abs(value - integer[n][i])));
  assert.ok(Math.max(...error) < 0.3, `${Math.max(...error)}`);
});

test.run();
