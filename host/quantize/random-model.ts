// A model of one cell with random weights, for measuring what a step costs: sizes matter, values hardly.
import { FloatNetwork } from "../autodiff/float-network.ts";
import { type FloatLayer, parameterLengths } from "../compile/cell.ts";
import { Random } from "../data/random.ts";
import { assemble } from "./assemble.ts";

const inputFormat = 13;
const calibrationSteps = 64;

/**
 * The bytes of an .engram file: the cell alone, without front end or read-out.
 * @param cell as `loadCell` gives it
 */
export function randomModel(cell: FloatLayer["cell"], sizes: { units: number; inputs: number }): Uint8Array {
  const random = new Random(1, "bench");
  const parameters = parameterLengths({ cell, sizes }).map((length) =>
    Float32Array.from({ length }, () => random.normal() / Math.sqrt(sizes.units)),
  );
  const layers = [{ cell, sizes, parameters }];
  const network = new FloatNetwork(layers, 1);
  network.calibrate();
  for (let i = 0; i < calibrationSteps; i++)
    network.step(Float32Array.from({ length: sizes.inputs }, () => random.uniform(-2, 2)));
  return assemble(layers, { inputFormat, ranges: network.ranges(), meta: { engram: "bench" } }).file;
}
