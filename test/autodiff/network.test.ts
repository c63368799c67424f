// Networks as a whole: states, padding, conditions, parameters as vectors, calibration.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FloatNetwork } from "../../host/autodiff/float-network.ts";
import { Network } from "../../host/autodiff/network.ts";
import type { FloatLayer } from "../../host/compile/cell.ts";
import { type CompiledCell, firstParameter, firstSite, firstState } from "../../host/compile/cell.ts";
import { compileCell } from "../../host/compile/compile.ts";
import { loadCell } from "../../host/compile/load.ts";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { initialize } from "../../host/train/initialize.ts";
import { crossEntropy, oneHot } from "../../host/train/loss.ts";

const [units, inputs, labels] = [5, 3, 4];

async function layersOf(name: string, options: Record<string, boolean> = {}, seed = 1): Promise<FloatLayer[]> {
  const cells = [await loadCell(name, options), await loadCell("dense")];
  const sizes = [
    { units, inputs },
    { units: labels, inputs: units },
  ];
  return cells.map((cell, i) => {
    const random = new Random(seed, "vectors", i);
    const parameters = initialize(cell, sizes[i], seed, i);
    // Peepholes and biases begin as zeros, which would hide their part.
    const filled = parameters.map((values, p) =>
      cell.parameters[p].role === "vector" ? values.map(() => random.uniform(-1, 1)) : values,
    );
    return { cell, sizes: sizes[i], parameters: filled };
  });
}

const frames = (batch: number, count: number, seed = 1): Float32Array[] => {
  const random = new Random(seed, "frames");
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: batch * inputs }, () => random.uniform(-2, 2)),
  );
};

async function cellFrom(source: string): Promise<CompiledCell> {
  const folder = mkdtempSync(join(tmpdir(), "engram-cell-"));
  try {
    writeFileSync(join(folder, "trial.ts"), source);
    return await compileCell(join(folder, "trial.ts"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [name, options] of [
  ["elman", {}],
  ["gru", {}],
  ["gru", { resetBefore: true }],
  ["gru", { gru1: true }],
  ["gru", { gru2: true }],
  ["gru", { gru3: true }],
  ["gru", { mgu: true }],
  ["gru", { light: true }],
  ["lstm", {}],
  ["lstm", { peepholes: true }],
  ["jordan", {}],
] as [string, Record<string, boolean>][]) {
  test(`gradients of ${name} ${Object.keys(options)} through time equal finite differences`, async () => {
    const batch = 3;
    const layers = await layersOf(name, options);
    const network = new Network(layers, batch);
    const xs = frames(batch, 4);
    const loss = (recording: boolean) => {
      network.pack();
      network.resetStates();
      network.begin(recording);
      const logits = xs.map((x) => network.step(x)).at(-1)!;
      return crossEntropy(network, logits, oneHot([1, 0, 3], labels), new Float32Array(batch).fill(1));
    };
    loss(true);
    network.backward();
    const { values, gradients, count } = network.parameters;
    const exact = network.memory.floats(gradients, count).slice();
    const reach = 0.003; // no kink of a relu lies so near
    for (let i = 0; i < count; i++) {
      const put = (value: number) => {
        network.memory.floats(values, count)[i] = value;
      };
      const old = network.memory.floats(values, count)[i];
      put(old + reach);
      const above = loss(false);
      put(old - reach);
      const below = loss(false);
      put(old);
      const difference = (above - below) / (2 * reach);
      assert.ok(Math.abs(difference - exact[i]) < 1e-3, `parameter ${i}: ${exact[i]} against ${difference}`);
    }
  });
}

test("a sequence's result does not depend on its neighbours in the batch", async () => {
  const layers = await layersOf("gru");
  const xs = frames(7, 5);
  const together = new FloatNetwork(layers, 7);
  const alone = new FloatNetwork(layers, 1);
  for (const x of xs) {
    const all = together.step(x);
    assert.equal(all.slice(4 * labels, 5 * labels), alone.step(x.slice(4 * inputs, 5 * inputs)));
  }
});

test("states go on from pass to pass until they are reset", async () => {
  const layers = await layersOf("lstm");
  const xs = frames(2, 6);
  const whole = new Network(layers, 2);
  whole.begin(true);
  const inOnePass = xs.map((x) => whole.read(whole.step(x)));
  const parts = new Network(layers, 2);
  const run = (from: Float32Array[]) => {
    parts.begin(true);
    const out = from.map((x) => parts.read(parts.step(x)));
    parts.keepStates();
    return out;
  };
  assert.equal([...run(xs.slice(0, 3)), ...run(xs.slice(3))], inOnePass);
  assert.not.equal(run(xs.slice(0, 3)), inOnePass.slice(0, 3));
  parts.resetStates();
  assert.equal(run(xs.slice(0, 3)), inOnePass.slice(0, 3));
});

test("states can be given to other sequences, or dropped", async () => {
  const network = new Network(await layersOf("elman"), 3);
  network.begin(false);
  network.step(frames(3, 1)[0]);
  network.keepStates();
  const [before] = network.readStates();
  network.permuteStates([2, -1, 0]);
  const [after] = network.readStates();
  const row = (states: Float32Array, i: number) => [...states.slice(i * 8, i * 8 + units)];
  assert.equal(row(after, 0), row(before, 2));
  assert.equal(row(after, 1), new Array(units).fill(0));
  assert.equal(row(after, 2), row(before, 0));
});

test("calibration gives the greatest size of each input, state and call site", async () => {
  const [layer] = await layersOf("elman");
  const network = new FloatNetwork([layer], 2);
  const xs = frames(2, 5);
  network.calibrate();
  let [largestInput, largestState] = [0, 0];
  for (const x of xs) {
    largestInput = Math.max(largestInput, ...x.map(Math.abs));
    largestState = Math.max(largestState, ...network.step(x).map(Math.abs));
  }
  const [ranges] = network.ranges();
  const { cell } = layer;
  assert.is(ranges[0], Math.fround(largestInput));
  assert.is(ranges[firstState(cell)], largestState);
  cell.sites.forEach(({ op }, i) => {
    const range = ranges[firstSite(cell) + i];
    if (op === "recurrent") assert.ok(Math.abs(Math.tanh(range) - largestState) < 1e-6);
    else assert.is(range, largestState);
  });
  assert.is(ranges[firstParameter(cell)], 0);
});

const gate = `import { Vector, add, exceeds, inputs, multiply, set, state, tanh, units, vector } from "#ops";
const v = vector(units);
const h = state(units);
export function step(x: Vector): Vector {
  let next = multiply(v, h);
  if (exceeds(x, h)) next = tanh(add(multiply(v, x), h));
  return set(h, next);
}`;

test("a condition takes its branch, and a batch that disagrees is refused by name", async () => {
  const cell = await cellFrom(gate);
  const layer = { cell, sizes: { units: 3, inputs: 3 }, parameters: [Float32Array.of(0.5, 1, 2)] };
  const one = new FloatNetwork([layer], 1);
  const [first] = one.step(Float32Array.of(1, 0, 0));
  assert.ok(Math.abs(first - Math.tanh(0.5)) < 1e-6);
  assert.ok(Math.abs(one.step(Float32Array.of(-1, 0, 0))[0] - first * 0.5) < 1e-6);
  const two = new FloatNetwork([layer], 2);
  assert.throws(() => two.step(Float32Array.of(1, 0, 0, -1, 0, 0)), /exceeds/);
});

test("lengths that an op cannot take are refused with what must hold", async () => {
  const cell = await cellFrom(`
    import { inputs, set, shift, state, units, Vector } from "#ops";
    const h = state(units);
    export function step(x: Vector): Vector { return set(h, shift(x, h)); }`);
  const network = new Network([{ cell, sizes: { units: 2, inputs: 3 }, parameters: [] }], 1);
  network.begin(false);
  const refused = (error: Error) =>
    error instanceof UserError &&
    /line \d+: shift meets lengths of 3 and 2$/.test(error.message) &&
    /odd/.test(error.hint);
  assert.throws(() => network.step(Float32Array.of(1, 2, 3)), refused);
});

test("arguments of different lengths are refused with the line", async () => {
  const cell = await cellFrom(gate);
  const layer = { cell, sizes: { units: 3, inputs: 2 }, parameters: [Float32Array.of(0.5, 1, 2)] };
  const refused = (error: Error) => error instanceof UserError && /line \d+: exceeds/.test(error.message);
  assert.throws(() => new FloatNetwork([layer], 1).step(Float32Array.of(1, 0)), refused);
});

test.run();
