// A model trained on a sequence task to an .engram file, and what that costs.
import { networkInputs } from "../compile/cell.ts";
import type { FloatModel } from "../model/float-model.ts";
import { type Assembled, assemble } from "../quantize/assemble.ts";
import { calibrate, type Frames } from "../quantize/calibrate.ts";
import { formatFor, headroom } from "../quantize/formats.ts";
import { measureCost, type QuantizationReport } from "../quantize/report.ts";
import { checkSequences, toIntegers } from "./runner.ts";

export type QuantizedTask = { file: Uint8Array; report: QuantizationReport };

/**
 * @param calibration sequences of frames, [steps][inputs] each
 * @throws UserError for a model that cannot be followed in integers, and for frames that are no numbers
 */
export function quantizeTask(model: FloatModel, calibration: readonly Float32Array[]): QuantizedTask {
  const { layers, labels, training } = model;
  checkSequences(calibration, networkInputs(layers));
  const most = calibration.reduce(
    (greatest, sequence) => sequence.reduce((so, value) => Math.max(so, Math.abs(value)), greatest),
    0,
  );
  const format = formatFor(Math.max(most, 2 ** -10) * headroom);
  const frames: Frames = { sequences: calibration.map((sequence) => toIntegers(sequence, format)), format };
  const { history: _, ...facts } = training;
  const ranges = calibrate(layers, frames, model.reads);
  const build = (quantization?: Record<string, unknown>): Assembled =>
    assemble(layers, {
      inputFormat: format,
      ranges,
      window: model.reads,
      meta: { labels, training: facts, quantization, engram: "1" },
    });
  const report = measureCost(layers, build(), frames, 1);
  const { signalToNoise, decisionsEqual, preActivationsClipped } = report;
  return { file: build({ signalToNoise, decisionsEqual, preActivationsClipped }).file, report };
}
