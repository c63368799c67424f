// Other programs that train recurrent networks: tfjs with its wasm backend, installed here on demand, and PyTorch if it is there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** A step of training, made for one cell and sizes. */
export type Step = () => unknown;
export type StepSizes = { batch: number; frames: number; inputs: number; units: number; labels: number };

const here = fileURLToPath(new URL("./", import.meta.url));

// The little of tfjs that is used; it has no place in the root's dependencies, so its types are not there either.
type Tensor = unknown;
type Tfjs = {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  sequential(): {
    add(layer: unknown): void;
    compile(options: object): void;
    trainOnBatch(x: Tensor, y: Tensor): Promise<unknown>;
  };
  layers: Record<string, (options: object) => unknown>;
  train: { adam(rate: number): unknown };
  randomNormal(shape: number[]): Tensor;
  oneHot(classes: Tensor, labels: number): Tensor;
  tensor1d(values: number[], type: string): Tensor;
  cast(tensor: Tensor, type: string): Tensor;
};
type TfjsWasm = { setWasmPaths(path: string): void; setThreadsCount(count: number): void };

/** `trainOnBatch` of tfjs-wasm on one thread; or why not. */
export async function tfjsStep(cell: string, sizes: StepSizes): Promise<Step | string> {
  if (!existsSync(`${here}node_modules/@tensorflow/tfjs`)) {
    console.log("installing tfjs (npm install in tools/bench) …");
    const args = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"];
    const { status } = spawnSync("npm", args, { cwd: here, stdio: "inherit", shell: process.platform === "win32" });
    if (status !== 0) return "tfjs could not be installed";
  }
  const require = createRequire(`${here}package.json`);
  const tf = require("@tensorflow/tfjs") as Tfjs;
  const wasm = require("@tensorflow/tfjs-backend-wasm") as TfjsWasm;
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"))}/dist/`);
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  const { batch, frames, inputs, units, labels } = sizes;
  const model = tf.sequential();
  // Its orthogonal initializer takes minutes, and does not matter for time.
  const options = {
    units,
    inputShape: [frames, inputs],
    recurrentActivation: "sigmoid",
    recurrentInitializer: "glorotUniform",
  };
  model.add(tf.layers[cell](options));
  model.add(tf.layers.dense({ units: labels, activation: "softmax" }));
  model.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy" });
  const x = tf.randomNormal([batch, frames, inputs]);
  const classes = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % labels),
    "int32",
  );
  const y = tf.cast(tf.oneHot(classes, labels), "float32");
  return () => model.trainOnBatch(x, y);
}

/** Milliseconds of PyTorch's steps, and whether its matrix products come from an optimized BLAS. */
export type TorchTimes = { times: number[]; fastBlas: boolean };

/** PyTorch on one thread, with the first Python that has it; or why not. */
export function torchTimes(cell: string, sizes: StepSizes): TorchTimes | string {
  for (const python of ["python3", "/usr/bin/python3"]) {
    const { status, stdout } = spawnSync(python, [`${here}torch_step.py`, JSON.stringify({ cell, ...sizes })], {
      encoding: "utf8",
      env: { ...process.env, OMP_NUM_THREADS: "1" },
    });
    if (status === 0) return JSON.parse(stdout) as TorchTimes;
  }
  return "PyTorch is not there";
}
