// What verbs do with the tasks of host/tasks/kinds: train, quantize, evaluate. Keywords have verbs' own code, since they are sound.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { boardRunner } from "../boards/board-runner.ts";
import { decodeFloatModel, encodeFloatModel, type FloatModel, writeFloatModel } from "../model/float-model.ts";
import { readModel } from "../model/model.ts";
import { checkPlace, writeWhole } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";
import { forIntegers, quantizeTask } from "../tasks/quantize-task.ts";
import { type Choice, recipeFor } from "../tasks/recipe.ts";
import { taskOf } from "../tasks/registry.ts";
import { floatRunner, integerRunner, type Runner } from "../tasks/runner.ts";
import { type Metric, meets, type Scores } from "../tasks/task.ts";
import { trainTask } from "../tasks/train-task.ts";
import { withBoard } from "./board.ts";
import { type BoardOptions, placeOf } from "./board-options.ts";
import { isFloatModel, opCodes } from "./model-file.ts";
import type { Output } from "./output.ts";
import { drawCurves } from "./report/beside.ts";
import { showQuantization } from "./scores.ts";

type Training = Choice & { data?: string; out: string; seed: number };

/** `engram train TASK`. */
export async function trainOn(
  name: string,
  { data, out, seed, ...choice }: Training,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const task = await taskOf(name);
  const recipe = recipeFor(task, choice);
  checkPlace(out);
  const checkpoint = `${out}.checkpoint`;
  if (existsSync(checkpoint)) output.note(`going on from ${checkpoint}`);
  const begun = performance.now();
  const [[metricName, metric]] = Object.entries(task.metrics);
  const model = await trainTask(
    name,
    task,
    await task.open(data),
    recipe,
    { seed, checkpoint },
    (now) => {
      const checked =
        now.validation === undefined ? "" : `, ${metricName} ${figure(upward(now.validation, metric), metric)}`;
      const steps = `${(now.epoch - 1) * now.steps + now.step} of ${now.epochs * now.steps} steps`;
      const text = `${steps}: loss ${now.loss.toFixed(4)}${checked}, ${now.secondsLeft.toFixed(0)} s left`;
      output.progress(text, now.step === now.steps ? now.epoch : now.epoch - 1);
    },
    signal,
  );
  output.endProgress();
  if (!model) {
    output.note(`stopped; the same command goes on from ${checkpoint}`);
    throw new Error("stopped");
  }
  writeFloatModel(out, model);
  rmSync(checkpoint, { force: true });
  const curves = drawCurves(out, model.training.history ?? [], output.note, model.training.metric);
  const seconds = (performance.now() - begun) / 1000;
  const value = model.training.accuracy.val;
  const sha256 = createHash("sha256").update(encodeFloatModel(model)).digest("hex");
  output.value({ out, task: name, seed, metric: metricName, validation: value, seconds, sha256, curves });
  output.line(`${out}: ${metricName} ${figure(value, metric)} on validation, in ${seconds.toFixed(0)} s`);
}

const upward = (value: number, { better }: Metric): number => (better === "higher" ? value : -value);

const figure = (value: number, { unit }: Metric): string => `${Number(value.toPrecision(4))} ${unit}`;

/** `engram quantize` of a model of such a task. */
export async function quantizeFor(
  model: FloatModel,
  data: string | undefined,
  out: string,
  output: Output,
): Promise<void> {
  const task = await taskOf(model.training.task);
  checkPlace(out);
  const opened = await task.open(data);
  const { file, report } = quantizeTask(await forIntegers(model, task, opened), opened.calibration());
  writeWhole(out, file);
  const sha256 = createHash("sha256").update(file).digest("hex");
  output.value({ out, bytes: file.length, sha256, ...report });
  output.line(`${out}: ${file.length.toLocaleString("en")} bytes`);
  showQuantization(output, report);
}

/** The task of a model file, undefined if it is of keywords or of none. */
export function sequenceTaskOf(file: string): string | undefined {
  const bytes = new Uint8Array(readFileSync(file));
  const training = isFloatModel(file) ? decodeFloatModel(bytes, file).training : readModel(bytes, file).meta?.training;
  const task = (training as { task?: unknown } | undefined)?.task;
  return typeof task === "string" && task !== "keywords" ? task : undefined;
}

type Evaluation = BoardOptions & { data?: string; split: "val" | "test"; on?: string };

/** `engram evaluate` of a model of such a task. */
export async function evaluateOn(name: string, file: string, options: Evaluation, output: Output): Promise<void> {
  const task = await taskOf(name);
  const data = await task.open(options.data);
  const bytes = new Uint8Array(readFileSync(file));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const say = (scores: Scores, runner: Runner): void => {
    const [[metricName, metric]] = Object.entries(task.metrics);
    const value = scores[metricName];
    const passes = Object.fromEntries(
      Object.entries(task.metrics).map(([each, of]) => [each, meets(scores[each], of)]),
    );
    const facts = { task: name, on: runner.name, split: options.split, metric: metricName, value, unit: metric.unit };
    output.value({ ...facts, threshold: metric.threshold, passes, scores, sha256, data: data.hash });
    for (const [each, of] of Object.entries(task.metrics))
      output.line(
        `${each} ${figure(scores[each], of)} on ${runner.name} (threshold ${of.threshold}: ${passes[each] ? "met" : "missed"})`,
      );
  };
  await withRunner(file, bytes, options, output, async (runner) =>
    say(await data.evaluate(runner, options.split), runner),
  );
}

async function withRunner(
  file: string,
  bytes: Uint8Array,
  options: Evaluation,
  output: Output,
  use: (runner: Runner) => Promise<void>,
): Promise<void> {
  const isFloat = isFloatModel(file);
  const on = placeOf(options) ?? (isFloat ? "float" : "v8");
  if (isFloat !== (on === "float"))
    throw isFloat
      ? new UserError(`${file} is no engram model file, as ${on} wants one`, "quantize it first, or give --on float")
      : new UserError(`${file} holds integers, no float network`, "give the .model file it was quantized from");
  if (on === "float") {
    const { layers, reads } = decodeFloatModel(bytes, file);
    return use(floatRunner(layers, reads));
  }
  if (on === "v8") return use(integerRunner(bytes, file));
  const model = readModel(bytes, file);
  await withBoard({ ...options, board: on }, output, async (session) => {
    await session.flashModel(bytes, { ops: opCodes(model) });
    await use(boardRunner(session, model));
  });
}
