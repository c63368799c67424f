// A trained keyword model to an .engram file: calibrated, measured and given its threshold on validation recordings.
import { checkBounds } from "../../compile/bounds.ts";
import { readDataSets } from "../../data/data-set.ts";
import type { Notices } from "../../data/notices.ts";
import { frontEndSection } from "../../features/frontend-section.ts";
import { outputSection } from "../../features/output-section.ts";
import { type Room, requireFit } from "../../model/fit.ts";
import type { FloatModel } from "../../model/float-model.ts";
import { type Assembled, assemble } from "../../quantize/assemble.ts";
import { calibrate, type Frames } from "../../quantize/calibrate.ts";
import { measureCost, type QuantizationReport } from "../../quantize/report.ts";
import { keywordDecoder } from "../../spec/decoder.ts";
import { UserError } from "../../spec/user-error.ts";
import { evaluateStream, evaluateUnheard, type Progress, type StreamResult } from "./evaluation.ts";
import { plainClips, readSplit } from "./keyword-sounds.ts";
import { integerListener } from "./listener.ts";

export type QuantizeOptions = {
  /** Folders of recordings; their validation split is used. */
  data: string[];
  /** Probability above which a word is detected; chosen on a stream of validation clips if absent. */
  threshold?: number;
  /** Hours of the stream on which the threshold is chosen. */
  hours?: number;
  /** A board that the model must fit. */
  limits?: Room;
};

export type QuantizedKeywords = {
  file: Uint8Array;
  report: QuantizationReport;
  threshold: number;
  stream: StreamResult[];
  /** Whether the threshold keeps false detections rare enough; if none does, the highest is taken. True where it was given. */
  rareEnough: boolean;
};

/** What a threshold must keep on validation: parts of other words that fire and of words taken for others, detections an hour. */
const bounds = { unknownFiring: 0.06, wrongWords: 0.03, falseAcceptsPerHour: 0, tones: 50, reversed: 250, babble: 125 };
/** Length of each kind of sound that is no word. */
const unheardMinutes = 20;
const candidates = [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9];

/**
 * Quantizes a keyword model.
 * @throws UserError if the recordings do not suffice or the model cannot be followed in integers
 */
export async function quantizeKeywords(
  model: FloatModel,
  options: QuantizeOptions,
  notices: Notices,
  onProgress?: Progress,
  signal?: AbortSignal,
): Promise<QuantizedKeywords> {
  const { layers, labels, frontEnd, window } = model;
  if (!frontEnd) throw new UserError("the model takes no sound", "give a model that `engram train keywords` made");
  const dataSet = await readDataSets(options.data, notices, labels);
  const sounds = await readSplit(dataSet, "val", labels, frontEnd.sampleRate, notices, signal);
  if (sounds.clips.length === 0)
    throw new UserError(`${dataSet.name} has no validation clips`, "give the data that the model was trained on");
  const clips = await plainClips(sounds, labels, frontEnd, signal);
  const length = clips.frames * frontEnd.bands;
  const frames: Frames = {
    sequences: Array.from(clips.classes, (_, i) => clips.features.subarray(i * length, (i + 1) * length)),
    format: frontEnd.format,
  };
  layers.forEach((layer, i) => {
    checkBounds(layer, `layer ${i} (${layer.cell.name})`, Number.POSITIVE_INFINITY); // streams have no end
  });
  const ranges = calibrate(layers, frames);

  const quiet = labels.filter((label) => label === "unknown" || label === "silence");
  const { history: _, ...training } = model.training; // the curves stay on the host; a board has no use for them
  const build = (threshold: number, quantization?: Record<string, unknown>): Assembled =>
    assemble(layers, {
      inputFormat: frontEnd.format,
      ranges,
      frontEnd: frontEndSection(frontEnd),
      output: (format) => outputSection({ ...keywordDecoder, labels, quiet, format, window, threshold }),
      meta: { labels, training, quantization, engram: "1" },
    });

  const made = build(options.threshold ?? keywordDecoder.threshold);
  if (options.limits) requireFit(made.file, options.limits); // early: choosing a threshold takes a while
  const report = measureCost(layers, made, frames, window, clips.classes);
  let stream: StreamResult[] = [];
  let { threshold } = options;
  let rareEnough = true;
  if (threshold === undefined) {
    const listener = integerListener(made.file, "the model");
    const of = { hours: options.hours ?? 2, minutes: unheardMinutes, seed: 7, thresholds: candidates };
    stream = await evaluateStream(listener, dataSet, "val", of, notices, onProgress, signal);
    const unheard = await evaluateUnheard(listener, dataSet, "val", of, notices, onProgress, signal);
    const fits = stream.find((result, i) => {
      const found: Record<string, unknown> = { ...result, ...unheard[i] };
      return Object.entries(bounds).every(([name, most]) => (found[name] as number) <= most);
    });
    rareEnough = fits !== undefined;
    threshold = (fits ?? stream[stream.length - 1]).threshold;
  }
  const { signalToNoise, decisionsEqual, accuracy, preActivationsClipped } = report;
  const { file } = build(threshold, {
    data: dataSet.hash,
    split: "val",
    signalToNoise,
    decisionsEqual,
    accuracy,
    preActivationsClipped,
    threshold,
  });
  if (options.limits) requireFit(file, options.limits);
  return { file, report, threshold, stream, rareEnough };
}
