// Associative memories as model files, as their tasks make them, for tests of boards.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../host/compile/assembly.ts";
import { layersOf } from "../../host/compile/blueprint.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { calibrate } from "../../host/quantize/calibrate.ts";
import { toIntegers } from "../../host/runtime/values.ts";
import type { Task } from "../../host/tasks/task.ts";
import { initialize } from "../../host/train/initialize.ts";

const inputFormat = 13;

/** @param recipe of that task @param options of its cell, beside the recipe's own */
export async function memoryFile(
  kind: "recall" | "pairs" | "pairs-noisy",
  recipe: string,
  options = "",
): Promise<Uint8Array> {
  const path = pathToFileURL(resolve(packageRoot(), "host/tasks/kinds", `${kind}.ts`)).href;
  const { task } = (await import(path)) as { task: Task };
  const { blueprint } = task.recipes[recipe];
  const layers = blueprint.layers.map((layer) => ({ ...layer, cell: layer.cell + options }));
  const shapes = await layersOf({ ...blueprint, layers });
  const first = shapes.map((layer, i) => ({ ...layer, parameters: initialize(layer.cell, layer.sizes, 1, i) }));
  const data = await task.open(undefined);
  const sequences = data.calibration().map((sequence) => toIntegers(sequence, inputFormat));
  const ranges = calibrate(first, { sequences, format: inputFormat });
  return assemble(first, { inputFormat, ranges, meta: { engram: "test" } }).file;
}
