// Rounding of weights to int8 rows while training, straight through: products read what integers will have, gradients go to the weights
// behind it. Figures are then those of the rounded weights, which are the model's.
import type { Network } from "../autodiff/network.ts";
import { type FloatLayer, shapeOf } from "../compile/cell.ts";

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
