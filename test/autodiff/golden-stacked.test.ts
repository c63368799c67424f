// Two layers of a cell against PyTorch (golden/make-recurrent.py): results of every step, loss, and gradients of both layers.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { type FloatLayer, parameterLengths } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { crossEntropy, oneHot } from "../../host/train/loss.ts";

type Named = Record<string, number[]>;
type Case = {
  cell: string;
  layers: number;
  x: number[];
  classes: number[];
  parameters: Named;
  results: number[];
  logits: number[];
  loss: number;
  gradients: Named;
};
const file = new URL("./golden/stacked.json", import.meta.url);
const { sizes, cases } = JSON.parse(readFileSync(file, "utf8")) as { sizes: Record<string, number>; cases: Case[] };
const { batch, steps, inputs, units, labels } = sizes;

function close(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string): void {
  assert.is(found.length, wanted.length, what);
  for (let i = 0; i < wanted.length; i++) {
    assert.ok(Math.abs(found[i] - wanted[i]) <= tolerance, `${what}[${i}]: ${found[i]} against ${wanted[i]}`);
  }
}

/** One step of [batch][steps][width]. */
function stepOf(values: number[], step: number): Float32Array {
  const width = values.length / batch / steps;
  return Float32Array.from({ length: batch * width }, (_, i) => {
    const row = Math.floor(i / width);
    return values[(row * steps + step) * width + (i % width)];
  });
}

/** A layer with the parameters of a part; peepholes, which PyTorch has not, are zero. */
async function layerOf(
  name: string,
  part: string,
  layerSizes: FloatLayer["sizes"],
  values: Named,
): Promise<FloatLayer> {
  const cell = await loadCell(name);
  const lengths = parameterLengths({ cell, sizes: layerSizes });
  const parameters = cell.parameters.map(({ name }, i) =>
    Float32Array.from(values[`${part}.${name}`] ?? new Array(lengths[i]).fill(0)),
  );
  return { cell, sizes: layerSizes, parameters };
}

function compareGradients(network: Network, parts: string[], wanted: Named): void {
  let at = network.parameters.gradients;
  let compared = 0;
  for (const [l, { cell, sizes }] of network.layers.entries()) {
    for (const [i, length] of parameterLengths({ cell, sizes }).entries()) {
      const name = `${parts[l]}.${cell.parameters[i].name}`;
      if (wanted[name]) {
        close(network.memory.floats(at, length), wanted[name], 2e-6, `gradient of ${name}`);
        compared++;
      }
      at += length * 4;
    }
  }
  assert.is(compared, Object.keys(wanted).length);
}

for (const golden of cases) {
  test(`two layers of ${golden.cell} give PyTorch's results and gradients`, async () => {
    const parts = ["0 forward", "1 forward", "dense"];
    const layers = [
      await layerOf(golden.cell, parts[0], { units, inputs }, golden.parameters),
      await layerOf(golden.cell, parts[1], { units, inputs: units }, golden.parameters),
      await layerOf("dense", parts[2], { units: labels, inputs: units }, golden.parameters),
    ];
    const bare = new Network(layers.slice(0, 2), batch);
    bare.begin(false);
    for (let t = 0; t < steps; t++) {
      const h = bare.read(bare.step(stepOf(golden.x, t)));
      close(h, stepOf(golden.results, t), 1e-6, `h of step ${t}`);
    }

    const network = new Network(layers, batch);
    network.begin(true);
    let loss = 0;
    for (let t = 0; t < steps; t++) {
      const logits = network.step(stepOf(golden.x, t));
      close(network.read(logits), stepOf(golden.logits, t), 1e-6, `logits of step ${t}`);
      const targets = oneHot(stepOf(golden.classes, t), labels);
      loss += crossEntropy(network, logits, targets, new Float32Array(batch).fill(1));
    }
    assert.ok(Math.abs(loss - golden.loss) < 1e-5, `loss ${loss} against ${golden.loss}`);
    network.backward();
    compareGradients(network, parts, golden.gradients);
  });
}

test.run();
