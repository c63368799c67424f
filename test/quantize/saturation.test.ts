// What is said of integers that have no room for a value: after calibration and after an evaluation, by call site; and of thresholds that
// nothing reaches.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FloatNetwork } from "../../host/autodiff/float-network.ts";
import { type FloatLayer, parameterLengths } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { measureCost } from "../../host/quantize/report.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { integerRunner } from "../../host/tasks/runner.ts";

/** A layer whose parameters are zero but for those that are given. */
async function layer(
  name: string,
  sizes: Record<string, number>,
  values: Record<string, number[]>,
): Promise<FloatLayer> {
  const cell = await loadCell(name);
  const lengths = parameterLengths({ cell, sizes });
  const parameters = cell.parameters.map((parameter, i) => {
    return Float32Array.from({ length: lengths[i] }, (_, k) => values[parameter.name]?.[k] ?? 0);
  });
  return { cell, sizes, parameters };
}

/** c counts steps; gates are open, the input's from where it is 1. */
const counter = await layer("lstm", { units: 1, inputs: 1 }, { Wi: [10], bf: [12], bg: [12], bo: [12] });
const long: FloatLayer = { ...counter, numbers: { states: { c: "int32" } } };
const training = { task: "none", seed: 1, accuracy: {} } as never;
const ones = (steps: number): Float32Array => new Float32Array(steps).fill(1);

test("a counter that goes beyond what it was calibrated for is warned of with its call site", async () => {
  const { file, report } = quantizeTask({ layers: [long], labels: [], window: 1, training }, [ones(20)]);
  assert.ok(report.clipped.some(({ site, harmless, fraction }) => site.endsWith("tanh") && harmless && fraction > 0.1));
  assert.equal(report.warnings, []);
  const runner = integerRunner(file, "it");
  await runner.run([ones(20)]);
  assert.equal(runner.warnings, []);
  await runner.run([ones(380).fill(2)]); // more than the input's gate has room for, which changes nothing
  assert.is(runner.warnings!.length, 1);
  const { line } = counter.cell.sites.find(({ op, function: within }) => op === "multiplyAdd" && within === "step")!;
  assert.match(
    runner.warnings![0],
    new RegExp(
      `^lstm line ${line}: multiplyAdd saturates in \\d\\d\\.\\d\\d % of its values on these sequences: it has room for ±128$`,
    ),
  );
});

test("saturation on calibration data is warned of with the range that is wanted", () => {
  const network = new FloatNetwork([counter], 1);
  network.calibrate();
  for (let t = 0; t < 20; t++) network.step(ones(1));
  const ranges = network.ranges();
  const small = ranges.map((of) => of.map((value) => value / 4));
  const made = assemble([counter], { inputFormat: 13, ranges: small, meta: { engram: "test" } });
  const frames = { sequences: [Int16Array.from(ones(20), (value) => value * 2 ** 13)], format: 13 };
  const { warnings, clipped } = measureCost([counter], { ...made, ranges }, frames, 1);
  assert.is(warnings.length, 1);
  assert.match(
    warnings[0],
    /multiplyAdd saturates in \d\d\.00 % .* on calibration data: it has room for ±8, and ±20 is wanted$/,
  );
  assert.ok(clipped.some(({ harmless, fraction }) => !harmless && fraction > 0.3));
});

test("a threshold of delta above all that its feature or state reaches is warned of", async () => {
  const frames = Float32Array.from({ length: 2 * 30 }, (_, i) => (i % 2 ? 0.3 : 1) * (i % 4 < 2 ? 1 : 0));
  const warningsOf = async (thetaX: number[], thetaH: number[]) => {
    const sizes = { units: 2, inputs: 2 };
    const values = { Wn: [1, 0.5, 0.5, 0.2], bz: [-1, -1], thetaX, thetaH };
    const layers = [await layer("delta", sizes, values)];
    return quantizeTask({ layers, labels: [], window: 1, training }, [frames]).report.warnings;
  };
  assert.equal(await warningsOf([0.5, 0.2], [0.1, 0.1]), []);
  const [x, h, ...rest] = await warningsOf([0.5, 0.4], [0.1, 1.5]);
  assert.equal(rest, []);
  assert.match(
    x,
    /^delta line \d+: change of dx: 1 of 2 values never count: thetaX of value 1 is 0\.4, and it reaches 0\.3 on calibration data$/,
  );
  assert.match(h, /change of dh: 1 of 2 values never count: thetaH of value 1 is 1\.5, and it reaches 0\.\d+/);
});

test.run();
