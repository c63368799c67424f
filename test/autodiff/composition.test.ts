// Layers that gather, look back and delay: passes in parts give what one pass gives, and gradients equal finite differences.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { type Blueprint, layersOf } from "../../host/compile/blueprint.ts";
import { Random } from "../../host/data/random.ts";
import { initialize } from "../../host/train/initialize.ts";
import { squaredError } from "../../host/train/loss.ts";
import { bothWays, composed, delaying } from "../engine/models.ts";

const batch = 3;
const steps = 7;

async function networkOf(blueprint: Blueprint): Promise<Network> {
  const shapes = await layersOf(blueprint);
  const layers = shapes.map((shape, i) => ({
    ...shape,
    parameters: initialize(shape.cell, shape.sizes, 4, i).map((values, p) => {
      const random = new Random(9, "parameters", i, p);
      return values.map((value) => value + random.uniform(-0.2, 0.2));
    }),
  }));
  return new Network(layers, batch);
}

function framesFor({ inputs }: Blueprint): Float32Array[] {
  const random = new Random(2, "frames");
  return Array.from({ length: steps }, () =>
    Float32Array.from({ length: batch * inputs }, () => random.uniform(-1, 1)),
  );
}

for (const [name, blueprint] of Object.entries({ composed, delaying })) {
  test(`${name}: passes of one step, of several and of all give the same results`, async () => {
    const frames = framesFor(blueprint);
    const results: string[][] = [];
    for (const part of [1, 3, steps]) {
      const network = await networkOf(blueprint);
      const found: string[] = [];
      for (let at = 0; at < steps; at += part) {
        network.begin(false);
        for (const node of network.run(frames.slice(at, at + part))) found.push(network.read(node).join());
        network.keepStates();
      }
      results.push(found);
    }
    assert.equal(results[1], results[0]);
    assert.equal(results[2], results[0]);
  });
}

for (const [name, blueprint] of Object.entries({ composed, delaying, bothWays }))
  test(`${name}: gradients equal finite differences`, async () => {
    const frames = framesFor(blueprint);
    const network = await networkOf(blueprint);
    const lengths = [7, 5, 6];
    const random = new Random(3, "targets");
    const targets = frames.map(() =>
      Float32Array.from({ length: batch * network.outputs }, () => random.uniform(-1, 1)),
    );
    const lossOf = (recording: boolean): number => {
      network.resetStates();
      network.begin(recording);
      const results = network.run(frames, lengths);
      return results.reduce((sum, node, t) => {
        const weights = Float32Array.from(lengths, (length) => (t < length ? 1 : 0));
        return sum + squaredError(network, node, targets[t], weights);
      }, 0);
    };
    network.clearGradients();
    lossOf(true);
    network.backward();
    const { values, gradients, count } = network.parameters;
    const exact = network.memory.floats(gradients, count).slice();
    let checked = 0;
    for (let i = 0; i < count; i += 13) {
      const shifted = (by: number) => {
        const before = network.memory.floats(values, count)[i];
        network.memory.floats(values, count)[i] = before + by;
        network.pack();
        const loss = lossOf(false);
        network.memory.floats(values, count)[i] = before;
        network.pack();
        return loss;
      };
      // To both sides, and to one where a relu bends on the other.
      const step = 4e-3;
      const [above, here, below] = [shifted(step), shifted(0), shifted(-step)];
      const differences = [(above - below) / 2, above - here, here - below].map((difference) => difference / step);
      if (Math.abs(differences[0]) > 1e-3) checked++;
      assert.ok(
        differences.some((difference) => Math.abs(difference - exact[i]) < 0.02 * (0.5 + Math.abs(difference))),
        `${i}: ${exact[i]}, ${differences}`,
      );
    }
    assert.ok(checked > 15, `only ${checked} parameters count`);
  });

test("what a finite impulse response has heard is gone after its span, a loop's is not", async () => {
  const line: Blueprint = {
    inputs: 1,
    layers: [
      { name: "a", cell: "fir", units: 4, from: ["input", { delayed: "input", by: 2 }] },
      { name: "out", cell: "dense", units: 1, from: ["a", { delayed: "a", by: 1 }] },
    ],
  };
  const loop: Blueprint = {
    inputs: 1,
    layers: [
      { cell: "elman", units: 4 },
      { cell: "dense", units: 1 },
    ],
  };
  for (const [blueprint, forgets] of [
    [line, true],
    [loop, false],
  ] as const) {
    const after = async (impulse: number) => {
      const network = await networkOf(blueprint);
      network.begin(false);
      const frames = Array.from({ length: 9 }, (_, t) => new Float32Array(batch).fill(t === 0 ? impulse : 0.3));
      return network.run(frames).map((node) => network.read(node)[0]);
    };
    const [heard, silent] = [await after(5), await after(0)];
    assert.is.not(heard[3], silent[3]);
    assert.is(heard[4] === silent[4], forgets);
    assert.is(heard[8] === silent[8], forgets);
  }
});

test.run();
