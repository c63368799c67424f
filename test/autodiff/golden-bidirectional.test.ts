// Both directions of a cell, one layer and two, against PyTorch (golden/make-recurrent.py): results of every step, loss, gradients.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import type { Node } from "../../host/autodiff/tape.ts";
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
const file = new URL("./golden/bidirectional.json", import.meta.url);
const { sizes, cases } = JSON.parse(readFileSync(file, "utf8")) as { sizes: Record<string, number>; cases: Case[] };
const { batch, steps, inputs, units, labels } = sizes;

/** A pass over the whole sequence. @returns the last recurrent layer's results, forward then backward, and the logits */
function run(network: Network, x: Float32Array[]): { results: Float32Array[]; logits: Node[] } {
  network.begin(true);
  const all = network.runAll(x);
  const [forward, backward, logits] = all.slice(-3);
  const results = forward.map((node, t) => {
    const [a, b] = [network.read(node), network.read(backward[t])];
    return Float32Array.from({ length: 2 * a.length }, (_, i) => {
      const [row, column] = [Math.floor(i / (2 * units)), i % (2 * units)];
      return column < units ? a[row * units + column] : b[row * units + column - units];
    });
  });
  return { results, logits };
}

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
  depth: number,
  units: number,
  inputs: number,
  values: Named,
): Promise<FloatLayer> {
  const cell = await loadCell(name);
  const lengths = parameterLengths({ cell, sizes: { units, inputs } });
  const parameters = cell.parameters.map(({ name }, i) =>
    Float32Array.from(values[`${part}.${name}`] ?? new Array(lengths[i]).fill(0)),
  );
  const layer = Number(part.split(" ")[0]);
  const before = Number.isNaN(layer) ? depth : layer; // layers in both directions below this one
  const piece = (source: number, at: number, length: number) => ({ source, previous: false, at, length, adds: false });
  const half = inputs / 2;
  const pieces = before === 0 ? [piece(0, 0, inputs)] : [piece(2 * before - 1, 0, half), piece(2 * before, half, half)];
  return { cell, sizes: { units, inputs }, parameters, pieces, backward: part.endsWith("backward") };
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
  test(`both directions of ${golden.cell}, ${golden.layers} deep, give PyTorch's results and gradients`, async () => {
    const recurrent = Array.from({ length: golden.layers }, (_, l) => [`${l} forward`, `${l} backward`]).flat();
    const parts = [...recurrent, "dense"];
    const layers = await Promise.all(
      parts.map((part) =>
        part === "dense"
          ? layerOf("dense", part, golden.layers, labels, 2 * units, golden.parameters)
          : layerOf(
              golden.cell,
              part,
              golden.layers,
              units,
              part.startsWith("0") ? inputs : 2 * units,
              golden.parameters,
            ),
      ),
    );
    const network = new Network(layers, batch);
    const { results, logits } = run(
      network,
      Array.from({ length: steps }, (_, t) => stepOf(golden.x, t)),
    );
    let loss = 0;
    for (let t = 0; t < steps; t++) {
      close(results[t], stepOf(golden.results, t), 1e-6, `results of step ${t}`);
      close(network.read(logits[t]), stepOf(golden.logits, t), 1e-6, `logits of step ${t}`);
      const targets = oneHot(stepOf(golden.classes, t), labels);
      loss += crossEntropy(network, logits[t], targets, new Float32Array(batch).fill(1));
    }
    assert.ok(Math.abs(loss - golden.loss) < 1e-5, `loss ${loss} against ${golden.loss}`);
    network.backward();
    compareGradients(network, parts, golden.gradients);
  });
}

test.run();
