// Whole networks against PyTorch (golden/make.py): losses, gradients, their norm, and three clipped optimizer steps.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import type { CompiledCell } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { crossEntropy, oneHot, windowMean } from "../../host/train/loss.ts";
import { Optimizer } from "../../host/train/optimizer.ts";

type Named = Record<string, number[]>;
type Case = {
  cell: string;
  optimizer: "adam" | "sgd";
  x: number[];
  classes: number[];
  losses: number[];
  norm: number;
  parameters: Named[];
  gradients: Named[];
  after: Named[];
};
const file = new URL("./golden/torch.json", import.meta.url);
const { sizes, cases } = JSON.parse(readFileSync(file, "utf8")) as { sizes: Record<string, number>; cases: Case[] };
const { batch, steps, inputs, units, labels, window } = sizes;

function close(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string): void {
  assert.is(found.length, wanted.length, what);
  for (let i = 0; i < wanted.length; i++) {
    assert.ok(Math.abs(found[i] - wanted[i]) <= tolerance, `${what}[${i}]: ${found[i]} against ${wanted[i]}`);
  }
}

// Peepholes and other parameters that PyTorch has not are zero.
const inOrder = (cell: CompiledCell, values: Named): Float32Array[] =>
  cell.parameters.map(({ name }) => Float32Array.from(values[name] ?? new Array(units).fill(0)));

for (const golden of cases) {
  test(`${golden.cell} with ${golden.optimizer} learns as in PyTorch`, async () => {
    const cells = [await loadCell(golden.cell), await loadCell("dense")];
    const layerSizes = [
      { units, inputs },
      { units: labels, inputs: units },
    ];
    const layers = cells.map((cell, i) => ({
      cell,
      sizes: layerSizes[i],
      parameters: inOrder(cell, golden.parameters[i]),
    }));
    const network = new Network(layers, batch);
    const optimizer = new Optimizer(
      network,
      golden.optimizer === "adam" ? { kind: "adam", weightDecay: 0.1 } : { kind: "sgd", momentum: 0.9 },
    );
    const frames = Array.from({ length: steps }, (_, t) =>
      Float32Array.from({ length: batch * inputs }, (_, i) => {
        const [row, column] = [Math.floor(i / inputs), i % inputs];
        return golden.x[(row * steps + t) * inputs + column];
      }),
    );
    const compare = (wanted: Named[], at: number, tolerance: number, what: string) => {
      for (const [l, cell] of cells.entries()) {
        for (const { name, shape } of cell.parameters) {
          const count = shape.reduce<number>((n, size) => n * (layerSizes[l] as Record<string, number>)[size], 1);
          if (wanted[l][name])
            close(network.memory.floats(at, count), wanted[l][name], tolerance, `${what} of ${name}`);
          at += count * 4;
        }
      }
    };
    for (let step = 0; step < 3; step++) {
      network.resetStates();
      network.begin(true);
      const logits = frames.map((x) => network.step(x));
      const mean = windowMean(network, logits, new Int32Array(batch).fill(steps - 1), window);
      const weights = new Float32Array(batch).fill(1 / batch);
      const loss = crossEntropy(network, mean, oneHot(golden.classes, labels, 0.1), weights);
      assert.ok(Math.abs(loss - golden.losses[step]) < 2e-6, `loss ${loss} against ${golden.losses[step]}`);
      network.backward();
      if (step === 0) compare(golden.gradients, network.parameters.gradients, 2e-7, "gradient");
      const norm = optimizer.step(golden.optimizer === "adam" ? 0.01 : 0.1, 0.5);
      if (step === 0) assert.ok(Math.abs(norm - golden.norm) < 1e-6, `norm ${norm} against ${golden.norm}`);
    }
    compare(golden.after, network.parameters.values, 5e-6, "value after three steps");
  });
}

test.run();
