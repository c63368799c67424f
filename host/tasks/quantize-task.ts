// A model trained on a sequence task to an .engram file, and what that costs.
import { type FloatLayer, networkInputs } from "../compile/cell.ts";
import { fixedRanges } from "../evolve/candidates.ts";
import { frontEndSection } from "../features/frontend-section.ts";
import { outputSection } from "../features/output-section.ts";
import type { FloatModel } from "../model/float-model.ts";
import { type Assembled, assemble } from "../quantize/assemble.ts";
import { calibrate, type Frames } from "../quantize/calibrate.ts";
import { formatFor, headroom } from "../quantize/formats.ts";
import { measureCost, type QuantizationReport } from "../quantize/report.ts";
import { toIntegers } from "../runtime/values.ts";
import { integerStates, type Lesson, learnAfterChoice, readOuts, type Solved } from "../train/reservoir.ts";
import { checkSequences, integerRunner, type Runner } from "./runner.ts";
import { checkSteps } from "./steps.ts";
import type { Recipe, Task, TaskData } from "./task.ts";

export type QuantizedTask = { file: Uint8Array; report: QuantizationReport };

/**
 * @param calibration sequences of frames, [steps][inputs] each
 * @throws UserError for a model that cannot be followed in integers, and for frames that are no numbers
 */
export function quantizeTask(model: FloatModel, calibration: readonly Float32Array[]): QuantizedTask {
  const { build, frames } = builderOf(model, calibration);
  const report = measureCost(model.layers, build(model.layers), frames, 1);
  const { signalToNoise, decisionsEqual, preActivationsClipped } = report;
  return { file: build(model.layers, { signalToNoise, decisionsEqual, preActivationsClipped }).file, report };
}

/**
 * The same, and what running the integers finds is kept in the file.
 * @param judge runs them; what it returns goes into the file's facts of quantization
 */
export async function quantizeJudged(
  model: FloatModel,
  calibration: readonly Float32Array[],
  judge: (runner: Runner) => Promise<Record<string, unknown>>,
): Promise<QuantizedTask> {
  const { build, frames } = builderOf(model, calibration);
  const report = measureCost(model.layers, build(model.layers), frames, 1);
  const { signalToNoise, decisionsEqual, preActivationsClipped } = report;
  const found = await judge(integerRunner(build(model.layers).file, "the model"));
  return {
    file: build(model.layers, { signalToNoise, decisionsEqual, preActivationsClipped, ...found }).file,
    report,
  };
}

/** The model as its integers want it: a read-out that was solved for is solved for again, on their states. */
export async function forIntegers(model: FloatModel, task: Task, data: TaskData): Promise<FloatModel> {
  const { readOut } = model.training.recipe as Partial<Recipe>;
  if (!readOut || !data.lesson) return model;
  const [metricName, { better }] = Object.entries(task.metrics)[0];
  const { build } = builderOf(model, data.calibration());
  const collect = (lesson: Lesson) => integerStates(build(model.layers).file, model.layers, readOut, lesson);
  const states = collect(data.lesson);
  let best: (Solved & { value: number }) | undefined;
  for (const found of readOuts(model.layers, readOut, data.lesson, states)) {
    const runner = integerRunner(build(found.layers).file, "the model");
    const value = (await data.evaluate(runner, "val"))[metricName];
    if (!best || (better === "higher" ? value > best.value : value < best.value)) best = { ...found, value };
  }
  return { ...model, layers: learnAfterChoice(best!, readOut, data.lesson, states, collect) };
}

function builderOf(model: FloatModel, calibration: readonly Float32Array[]) {
  const { layers, labels, training, frontEnd, decoding } = model;
  checkSequences(calibration, networkInputs(layers));
  checkSteps(layers, calibration);
  const most = calibration.reduce(
    (greatest, sequence) => sequence.reduce((so, value) => Math.max(so, Math.abs(value)), greatest),
    0,
  );
  const { evolve } = (training.recipe ?? {}) as Partial<Recipe>; // then formats are those that it was evolved in
  const format = frontEnd?.format ?? evolve?.inputFormat ?? formatFor(Math.max(most, 2 ** -10) * headroom);
  const frames: Frames = { sequences: calibration.map((sequence) => toIntegers(sequence, format)), format };
  const { history: _, ...facts } = training;
  const ranges = evolve ? fixedRanges(layers, evolve.range) : calibrate(layers, frames, model.reads);
  const build = (of: readonly FloatLayer[], quantization?: Record<string, unknown>): Assembled =>
    assemble([...of], {
      inputFormat: format,
      ranges,
      window: model.reads,
      frontEnd: frontEnd && frontEndSection(frontEnd),
      output: decoding && ((format) => outputSection({ ...decoding, labels, format })),
      meta: { labels, training: facts, quantization, engram: "1" },
    });
  return { build, frames };
}
