// Schedules, first values, rates of their own: the small parts of training.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { loadCell } from "../../host/compile/load.ts";
import { initialize } from "../../host/train/initialize.ts";
import { Optimizer } from "../../host/train/optimizer.ts";
import { roundSigmoids } from "../../host/train/rounding.ts";
import { rateAt } from "../../host/train/schedule.ts";

test("the cosine schedule rises over its warm-up, peaks, and ends at its floor", () => {
  const schedule = { kind: "cosine", rate: 2, warmUp: 0.1, floor: 0.01 } as const;
  assert.ok(Math.abs(rateAt(schedule, 0, 100) - 0.2) < 1e-3);
  const rates = Array.from({ length: 100 }, (_, step) => rateAt(schedule, step, 100));
  assert.ok(Math.max(...rates) > 1.95);
  assert.is(rates.indexOf(Math.max(...rates)), 9);
  assert.ok(Math.abs(rates[50] - 1.01) < 0.01);
  assert.ok(rates[99] > 0.02 && rates[99] < 0.021);
});

test("stages have rates of their own, one that falls ends at its floor", () => {
  const stages = [
    { until: 0.2, rate: 3 },
    { until: 0.5, rate: 2 },
    { until: 1, rate: 1, falls: true },
  ];
  const rates = Array.from({ length: 100 }, (_, step) => rateAt({ kind: "stages", stages, floor: 0.1 }, step, 100));
  assert.equal([rates[0], rates[19], rates[20], rates[49]], [3, 3, 2, 2]);
  assert.ok(Math.abs(rates[50] - 1) < 1e-9 && Math.abs(rates[75] - 0.55) < 1e-9);
  assert.ok(rates[99] > 0.1 && rates[99] < 0.101);
});

test("rounded sigmoids are a board's: in units of 2^−15, and never 0 or 1", async () => {
  const cell = await loadCell("mingru");
  const shape = { cell, sizes: { units: 3, inputs: 1 } };
  const gates: Record<string, number[]> = { bz: [-40, 0.3, 40], bn: [1, 1, 1] };
  const parameters = cell.parameters.map(({ name }) => Float32Array.from(gates[name] ?? [0, 0, 0]));
  const network = new Network([{ ...shape, parameters }], 1);
  roundSigmoids(network.layers[0]);
  network.begin(true);
  const [result] = network.run([Float32Array.of(0)]);
  const open = Math.round(2 ** 15 / (1 + Math.exp(-0.3)));
  assert.equal(
    [...network.read(result)],
    [1, open, 32767].map((units) => units * 2 ** -15),
  ); // z ∘ 1
});

test("a parameter with a part of the rate takes that part of its step, others all of theirs", async () => {
  const cell = await loadCell("elman");
  const sizes = { units: 3, inputs: 2 };
  const layers = [{ cell, sizes, parameters: initialize(cell, sizes, 1, 0) }];
  const stepped = (rates?: Record<string, number>): Float32Array[] => {
    const network = new Network(layers, 1);
    const optimizer = new Optimizer(network, { kind: "adam", rates });
    const { gradients, count } = network.parameters;
    for (const gradient of [0.5, -0.2]) {
      network.memory.floats(gradients, count).fill(gradient);
      optimizer.step(0.01);
    }
    return network.readParameters()[0];
  };
  const [whole, slow] = [stepped(), stepped({ U: 0.25 })];
  cell.parameters.forEach(({ name }, p) => {
    if (name !== "U") assert.equal(slow[p], whole[p], name);
    else
      slow[p].forEach((value, i) => {
        const first = layers[0].parameters[p][i];
        assert.ok(Math.abs(value - first - 0.25 * (whole[p][i] - first)) < 1e-6);
        assert.ok(Math.abs(whole[p][i] - first) > 1e-3);
      });
  });
});

test("recurrent matrices are orthogonal, and the LSTM remembers at first", async () => {
  const cell = await loadCell("lstm");
  const n = 24;
  const values = initialize(cell, { units: n, inputs: 7 }, 1, 0);
  cell.parameters.forEach(({ name }, p) => {
    if (name === "bf") assert.ok(values[p].every((v) => v === 1));
    if (!name.startsWith("U")) return;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < n; k++) dot += values[p][i * n + k] * values[p][j * n + k];
        assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-6, `${name} rows ${i}, ${j}: ${dot}`);
      }
    }
  });
});

test("each layer, parameter and seed begins with values of its own", async () => {
  const cell = await loadCell("gru");
  const sizes = { units: 4, inputs: 4 };
  const [a, b, c] = [initialize(cell, sizes, 1, 0), initialize(cell, sizes, 1, 1), initialize(cell, sizes, 2, 0)];
  assert.equal(initialize(cell, sizes, 1, 0), a);
  assert.not.equal(b, a);
  assert.not.equal(c, a);
  assert.not.equal(a[0], a[1]);
});

test.run();
