// Small models with random weights, calibrated on random frames, for tests of the engines.
import { type Blueprint, layersOf } from "../../host/compile/blueprint.ts";
import { type FloatLayer, numbersOf, shapeOf } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { calibrate } from "../../host/quantize/calibrate.ts";
import { seededMatrix } from "../../host/spec/seeded.ts";
import { generator, Reference, randomLayer } from "../cells/reference.ts";

export type CellChoice = readonly [name: string, options?: Record<string, boolean>];

/** Frames of small, large and extreme values. */
export function randomFrames(count: number, length: number, random: () => number): Int16Array[] {
  return Array.from({ length: count }, (_, t) => {
    const most = [20000, 1000, 32768][t % 3];
    return Int16Array.from({ length }, () => {
      const value = Math.floor((random() * 2 - 1) * most);
      return t % 3 < 2 ? value : random() < 0.4 ? 32767 : random() < 0.6 ? -32768 : value;
    });
  });
}

/** Cells stacked, with a read-out of `outputs` on top. */
export async function randomModel(
  cells: CellChoice[],
  sizes: { units: number; inputs: number; outputs: number },
  seed: number,
  reach = 1.5,
) {
  const random = generator(seed);
  const layers: FloatLayer[] = [];
  let { inputs } = sizes;
  for (const [name, options] of cells) {
    layers.push(randomLayer(await loadCell(name, options), { units: sizes.units, inputs }, random, reach));
    inputs = sizes.units;
  }
  layers.push(randomLayer(await loadCell("dense"), { units: sizes.outputs, inputs }, random, reach));
  const reference = new Reference(layers);
  for (const frame of randomFrames(60, sizes.inputs, random))
    reference.step(Float64Array.from(frame, (value) => value / 8192));
  return assemble(layers, { inputFormat: 13, ranges: reference.ranges, meta: { engram: "test" } });
}

/** Layers that skip, join, add, look back, with a state of 32 bits and matrices of 16. */
export const composed: Blueprint = {
  inputs: 5,
  layers: [
    { name: "first", cell: "gru", units: 7, from: ["input", { previous: "out" }] },
    { name: "second", cell: "lstm", units: 7, numbers: { states: { c: "int32" } } },
    { name: "third", cell: "elman", units: 7, from: { sum: ["first", "second", { previous: "third" }] } },
    { name: "fourth", cell: "dense", units: 3, from: ["second", "first"], numbers: { matrices: "int16" } },
    { name: "out", cell: "dense", units: 4, from: ["third", "input", "fourth"] },
  ],
};

/** A time-delay network, with a loop around it. */
export const delaying: Blueprint = {
  inputs: 3,
  layers: [
    { name: "a", cell: "fir", units: 6, from: ["input", { delayed: "input", by: 1 }, { delayed: "input", by: 4 }] },
    { name: "b", cell: "fir", units: 5, from: ["a", { delayed: "a", by: 3 }, { previous: "c" }] },
    { name: "c", cell: "gru", units: 4, from: { sum: ["b", { delayed: "b", by: 2 }] } },
    { name: "out", cell: "dense", units: 2, from: ["c", { delayed: "input", by: 2 }] },
  ],
};

/** Sums that stay, a reservoir that a seed makes, results and rows of 32 bits. */
export const keeping: Blueprint = {
  inputs: 5,
  layers: [
    { name: "changes", cell: "delta", units: 7 },
    {
      name: "echoes",
      cell: "esn+generates",
      units: 3,
      sizes: { neurons: 11 },
      from: ["changes", { previous: "echoes" }],
      numbers: {
        input: "int32",
        states: { h: "int32" },
        sites: { sums: "int32", answer: "int32", y: "int32" },
        matrices: { W: { seed: 5, degree: 4, most: 60, scale: 2 ** -8 }, R: "int32" },
      },
    },
    { name: "out", cell: "dense", units: 4, numbers: { matrices: "int16" } },
  ],
};

/** Two layers in both directions over windows of 4 + 5 + 3 steps. */
export const bothWays: Blueprint = {
  inputs: 5,
  window: { before: 4, hop: 5, after: 3 },
  layers: [
    { name: "there", cell: "gru", units: 7, from: "input" },
    { name: "back", cell: "lstm", units: 6, from: "input", direction: "backward" },
    { name: "there2", cell: "elman", units: 4, from: ["there", "back"] },
    { name: "back2", cell: "gru", units: 5, from: ["there", "back"], direction: "backward" },
    { name: "out", cell: "dense", units: 3, from: ["there2", "back2", "input"] },
  ],
};

/** A model of a blueprint with random weights. */
export async function blueprintModel(blueprint: Blueprint, seed: number, reach = 1.5) {
  const random = generator(seed);
  const layers = (await layersOf(blueprint)).map((shape) => {
    const { parameters } = randomLayer(shape.cell, shape.sizes, random, reach);
    shape.cell.parameters.forEach(({ name, shape: of }, p) => {
      const numbers = numbersOf(shape, p);
      const [rows, columns] = shapeOf(of, shape);
      if (typeof numbers === "object")
        parameters[p] = seededMatrix(numbers, rows, columns).map((w) => w * numbers.scale);
      if (name === "leak") parameters[p] = parameters[p].map(Math.abs);
    });
    return { ...shape, parameters };
  });
  const { window } = blueprint;
  const sequence = Int16Array.from(randomFrames(60, blueprint.inputs, random).flatMap((frame) => [...frame]));
  const ranges = calibrate(layers, { sequences: [sequence], format: 13 }, window);
  return { layers, ...assemble(layers, { inputFormat: 13, ranges, window, meta: { engram: "test" } }) };
}
