// Rounding while training, straight through: of weights to int8 rows (products read what integers will have, gradients go to the weights
// behind it, and figures are those of the rounded weights, which are the model's), and of sigmoids to what a board's give.
import type { Layer } from "../autodiff/layer.ts";
import type { Network } from "../autodiff/network.ts";
import { type FloatLayer, firstSite, shapeOf } from "../compile/cell.ts";

type Shape = Pick<FloatLayer, "cell" | "sizes" | "numbers">;

/**
 * Has a network's products read rounded matrices, or matrices as they are. To be called before each pass from the first on; it takes
 * effect when parameters are packed next, after the step.
 */
export function roundProducts(network: Network, shapes: readonly Shape[], rounds: boolean): void {
  network.layers.forEach((layer, i) => {
    layer.roundedBy((parameter, values) => {
      if (rounds) roundParameter(shapes[i], parameter, values);
    });
  });
}

/** A sigmoid in Q0.15, which is never quite 0 nor 1. */
const [unit, least, most] = [2 ** -15, 1, 32767];

/** Has a layer's sigmoids give, while it records, what a board's do: a gate that is shut leaks a unit a step. */
export function roundSigmoids(layer: Layer): void {
  const { tape, cell } = layer;
  layer.after = (site, result) => {
    if (cell.sites[site - firstSite(cell)].op !== "sigmoid") return result;
    const values = tape.memory.floats(result.value, tape.count(result));
    for (let i = 0; i < values.length; i++)
      values[i] = unit * Math.max(least, Math.min(most, Math.round(values[i] / unit)));
    return result;
  };
}

/** Rounds all matrices in place, [layer][parameter], but those that a board holds as int16. */
export function roundMatrices(shapes: readonly Shape[], parameters: readonly (readonly Float32Array[])[]): void {
  shapes.forEach((shape, i) => {
    parameters[i].forEach((values, parameter) => {
      roundParameter(shape, parameter, values);
    });
  });
}

function roundParameter(layer: Shape, parameter: number, values: Float32Array): void {
  const { role, shape } = layer.cell.parameters[parameter];
  if (role === "matrix" && !layer.numbers?.matrices) roundRows(values, shapeOf(shape, layer)[1]);
}

/** Rounds each row to 255 values, the greatest of them ±127; twice is as once. */
export function roundRows(values: Float32Array, columns: number): void {
  for (let from = 0; from < values.length; from += columns) {
    const row = values.subarray(from, from + columns);
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    if (scale === 0) continue;
    for (let i = 0; i < columns; i++) row[i] = Math.round(row[i] / scale) * scale;
  }
}
