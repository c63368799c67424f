// What verbs do with sequences, those of the tasks in host/tasks/kinds and those of users: train, quantize, evaluate. Keywords
// have verbs' own code, since they are sound.
import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { boardRunner } from "../boards/board-runner.ts";
import { Notices } from "../data/notices.ts";
import { type Episode, play } from "../evolve/episode.ts";
import type { Evaluate } from "../evolve/judge.ts";
import { type Room, requireFit } from "../model/fit.ts";
import {
  decodeFloatModel,
  encodeFloatModel,
  type FloatModel,
  floatModelFile,
  writeFloatModel,
} from "../model/float-model.ts";
import { readModel } from "../model/model.ts";
import { checkPlace, readWhole, writeWhole } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";
import { briefOf } from "../tasks/judges.ts";
import { isOwn, type Opened, type Reading } from "../tasks/own-data/own-data.ts";
import { openOwn, reopenOwn } from "../tasks/own-data/own-data-open.ts";
import { forIntegers, quantizeJudged } from "../tasks/quantize-task.ts";
import { type Choice, recipeFor, requireTrainable } from "../tasks/recipe.ts";
import { taskOf } from "../tasks/registry.ts";
import { floatRunner, integerRunner, type Runner } from "../tasks/runner.ts";
import { type Examination, type Metric, meets, ofIntegers, type TaskData, upward } from "../tasks/task.ts";
import { trainTask } from "../tasks/train-task.ts";
import { withModel } from "./board.ts";
import { type BoardOptions, placeOf } from "./board-options.ts";
import { type Judging, withEvaluator } from "./evaluators.ts";
import { isFloatModel, notQuantized } from "./model-file.ts";
import type { Output } from "./output.ts";
import { goesOn, left, shareDone, stepsDone } from "./progress.ts";
import { drawCurves } from "./report/beside.ts";
import { decides } from "./report/measure.ts";
import { showConfusion, showQuantization, showValues } from "./scores.ts";
import { refuseStray } from "./values.ts";

type Training = Choice &
  Judging & {
    data?: string[];
    out: string;
    seed: number;
    /** Of users' own data. */
    reading: Reading;
  };

/** `engram train TASK`. */
export async function trainOn(
  name: string,
  { data: paths, out, seed, reading, queue, threads, ...choice }: Training,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const notices = new Notices();
  checkPlace(out, floatModelFile);
  if (isOwn(name)) requireTrainable(choice.cell);
  const { task, data } = isOwn(name)
    ? await openOwn(name, pathsOf(name, paths), reading, notices)
    : await open(name, paths);
  for (const line of notices.lines) output.note(line);
  const recipe = recipeFor(task, choice);
  if (!recipe.evolve)
    refuseStray({ queue, threads }, ["queue", "threads"], `tasks whose weights are evolved, not for ${name}`);
  const checkpoint = `${out}.checkpoint`;
  const going = goesOn(output, checkpoint);
  const begun = performance.now();
  const [[metricName, metric]] = Object.entries(task.metrics);
  let progressed = false;
  const train = (evaluate?: Evaluate) =>
    trainTask(
      name,
      task,
      data,
      recipe,
      { seed, checkpoint, evaluate },
      (now) => {
        going();
        progressed = true;
        const checked =
          now.validation === undefined ? "" : `, ${metricName} ${figure(upward(now.validation, metric), metric)}`;
        const done = (now.epoch - 1) * now.steps + now.step;
        const where = recipe.evolve
          ? `${done} of ${recipe.steps} evaluations: best fitness ${(-now.loss).toPrecision(4)}`
          : `${done} of ${now.epochs * now.steps} steps: loss ${now.loss.toPrecision(4)}`;
        output.progress(`${where}${checked}${left(now)}`, now.step === now.steps ? now.epoch : now.epoch - 1);
      },
      signal,
    );
  const judged = () =>
    withEvaluator(
      briefOf(name, data, recipe, seed),
      recipe.evolve!.lambda,
      { queue, threads },
      paths?.[0],
      output,
      train,
    );
  const trained = await (recipe.evolve ? judged() : train()).catch((error) => {
    if (recipe.evolve && progressed && existsSync(checkpoint))
      output.note(`what was done is kept: the same command goes on from ${checkpoint}`);
    throw error;
  });
  output.endProgress();
  if (!trained) {
    output.note(`stopped; the same command goes on from ${checkpoint}`);
    throw new Error("stopped");
  }
  const test = data.facts && (await examine(data, floatRunner(trained.layers, trained.reads), "test"));
  const model = test ? withTest(trained, test, metricName) : trained;
  writeFloatModel(out, model);
  rmSync(checkpoint, { force: true });
  const curves = drawCurves(out, model.training.history ?? [], output.note, model.training.metric);
  const seconds = (performance.now() - begun) / 1000;
  const value = model.training.accuracy.val;
  const sha256 = createHash("sha256").update(encodeFloatModel(model)).digest("hex");
  const own = test && { labels: model.labels, test: keptOf(test), parts: data.facts!.parts, notices: notices.lines };
  const { evolution } = model.training;
  const facts = { out, task: name, seed, metric: metricName, validation: value, seconds, sha256, curves };
  output.value({ ...facts, ...(evolution && { evolution }), ...own });
  const after = evolution ? `, after ${evolution.evaluations.toLocaleString("en")} evaluations` : "";
  output.line(`${out}: ${metricName} ${figure(value, metric)} on validation${after}, in ${seconds.toFixed(0)} s`);
  if (evolution && evolution.failed > mostFailed * evolution.evaluations)
    output.note(`${evolution.failed} evaluations gave no fitness: NaN, or weights too large for integers`);
  if (test) sayExamination(test, "the test part", task.metrics, model.labels, output);
}

/** Part of the evaluations that may be without a fitness before it is said. */
const mostFailed = 0.1;

const figure = (value: number, { unit }: Pick<Metric, "unit">): string => `${Number(value.toPrecision(4))} ${unit}`;

/** What stays in a model of what a test found. */
const keptOf = ({ scores, baseline, confusion, values }: Examination) => ({
  ...scores,
  ...(baseline !== undefined && { baseline }),
  ...(confusion && { confusion }),
  ...(values && { values }),
});

function withTest(model: FloatModel, test: Examination, metric: string): FloatModel {
  const { history, ...training } = model.training;
  const accuracy = { ...training.accuracy, test: test.scores[metric] };
  return { ...model, training: { ...training, accuracy, test: keptOf(test), history } };
}

const examine = async (data: TaskData, runner: Runner, split: "val" | "test"): Promise<Examination> =>
  data.examine ? data.examine(runner, split) : { scores: await data.evaluate(runner, split) };

async function open(name: string, paths: string[] | undefined): Promise<Opened> {
  const task = await taskOf(name);
  // What reads no data takes no folder.
  if (paths && task.open.length === 0)
    throw new UserError(`${name} makes its own data`, "leave --data out", { usage: true });
  return { task, data: await task.open(paths?.[0]) };
}

function pathsOf(name: string, paths: string[] | undefined): string[] {
  if (paths) return paths;
  throw new UserError(`${name} learns from sequences of your own`, "give their files or folders: --data FILE", {
    usage: true,
  });
}

/** The data that a model was trained on. @param split of other data, where that will do */
async function openAgain(
  { training, labels }: Pick<FloatModel, "training" | "labels">,
  paths: string[] | undefined,
  output: Output,
  split?: "val" | "test",
): Promise<Opened & { notices: readonly string[] }> {
  const name = training.task;
  if (!isOwn(name)) return { ...(await open(name, paths)), notices: [] };
  const notices = new Notices();
  const opened = await reopenOwn(training, labels, pathsOf(name, paths), notices, split);
  for (const line of notices.lines) output.note(line);
  return { ...opened, notices: notices.lines };
}

/** `engram quantize` of a model of such a task. */
export async function quantizeFor(
  model: FloatModel,
  paths: string[] | undefined,
  out: string,
  output: Output,
  room?: Room,
): Promise<void> {
  const { task, data } = await openAgain(model, paths, output);
  const [[metricName, metric]] = Object.entries(task.metrics);
  const float = model.training.accuracy.test;
  let test: Examination | undefined;
  const { file, report } = await quantizeJudged(
    await forIntegers(model, task, data),
    data.calibration(),
    async (runner) => {
      if (!data.facts) return {};
      test = await examine(data, runner, "test");
      return { float, integer: test.scores[metricName], test: keptOf(test) };
    },
  );
  if (room) requireFit(file, room);
  writeWhole(out, file);
  const sha256 = createHash("sha256").update(file).digest("hex");
  const own = test && { metric: metricName, float, integer: test.scores[metricName], test: keptOf(test) };
  output.value({ out, bytes: file.length, sha256, ...report, ...own });
  output.line(`${out}: ${file.length.toLocaleString("en")} bytes`);
  if (test)
    output.line(
      `  ${metricName} on the test part: float ${figure(float, metric)}, integers ${figure(test.scores[metricName], metric)}`,
    );
  if (test && losesMuch(float, metric, test.scores[metricName], test))
    output.note("the integers lose much: try another cell, fewer steps of training, or more sequences");
  showQuantization(output, decides(model.training) ? report : { ...report, decisionsEqual: undefined });
}

// Whether integers are worse by more than they may be, and by more than a single sequence of a small test.
function losesMuch(float: number, metric: Metric, integer: number, { confusion = [] }: Examination): boolean {
  const { better, unit, budget = unit === "%" ? 0.5 : 0.02 * float } = metric;
  const tested = confusion.flat().reduce((sum, cell) => sum + cell, 0);
  return (better === "higher" ? float - integer : integer - float) > Math.max(budget, tested > 0 ? 150 / tested : 0);
}

/** The task of a model file, undefined if it is of keywords or of none. */
export function sequenceTaskOf(file: string): string | undefined {
  const { task } = (factsOf(file).training ?? {}) as { task?: unknown };
  return typeof task === "string" && task !== "keywords" ? task : undefined;
}

function factsOf(file: string): { training: unknown; labels?: unknown } {
  const bytes = readWhole(file);
  if (isFloatModel(file)) return decodeFloatModel(bytes, file);
  const { meta } = readModel(bytes, file);
  return { training: meta?.training, labels: meta?.labels };
}

type Evaluation = BoardOptions & { data?: string[]; split: "val" | "test"; on?: string };
type Examine = (runner: Runner) => Promise<Examination>;

export type Examined = Opened & { found: Examination; runner: Runner; notices: readonly string[] };

/** Runs a model over the val or test part of its data. */
export async function examineModel(
  file: string,
  options: Evaluation,
  output: Output,
  signal: AbortSignal,
  use: (examined: Examined) => Promise<void>,
): Promise<void> {
  const known = factsOf(file) as Pick<FloatModel, "training" | "labels">;
  const { notices, ...opened } = await openAgain(known, options.data, output, options.split);
  const [runner, found] = await examined(file, opened.data, options, output, signal);
  await use({ ...opened, notices, runner, found });
}

/** `engram evaluate` of a model of such a task. */
export async function evaluateOn(
  name: string,
  file: string,
  options: Evaluation,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const sha256 = createHash("sha256").update(readWhole(file)).digest("hex");
  await examineModel(file, options, output, signal, async ({ found, runner, task, data }) => {
    const { scores, baseline, ...rest } = found;
    const metrics = metricsOf(task.metrics, found, runner.name);
    const [[metricName, { unit, threshold }]] = Object.entries(metrics);
    const passes = Object.fromEntries(Object.entries(metrics).map(([each, of]) => [each, meets(scores[each], of)]));
    const facts = { task: name, on: runner.name, split: options.split, metric: metricName, value: scores[metricName] };
    const behind = rest.confusion ? { labels: task.labels, ...rest } : rest;
    const said = [...(runner.warnings ?? []), ...(found.warnings ?? [])];
    const warnings = said.length > 0 ? { warnings: said } : {};
    for (const line of said) output.note(`warning: ${line}`);
    output.value({ ...facts, unit, threshold, passes, scores, sha256, data: data.hash, ...behind, ...warnings });
    sayExamination(found, runner.name, task.metrics, task.labels ?? [], output);
  });
}

// What takes no learning stands in place of a threshold that nobody set; integers may have one of their own.
const metricsOf = (metrics: Record<string, Metric>, { baseline }: Examination, on: string): Record<string, Metric> =>
  Object.fromEntries(
    Object.entries(metrics).map(([name, metric]) => {
      const met = on === "float" ? metric : ofIntegers(metric);
      return [name, met.baseline === undefined ? met : { ...met, threshold: baseline ?? met.threshold }];
    }),
  );

function sayExamination(
  found: Examination,
  on: string,
  metrics: Record<string, Metric>,
  labels: readonly string[],
  output: Output,
): void {
  for (const [name, metric] of Object.entries(metricsOf(metrics, found, on))) {
    const value = found.scores[name];
    const { threshold, baseline } = metric;
    const against =
      baseline === undefined
        ? `(threshold ${threshold}: ${meets(value, metric) ? "met" : "missed"})`
        : `(${baseline}: ${figure(threshold, metric)})`;
    output.line(`${name} ${figure(value, metric)} on ${on} ${against}`);
  }
  if (found.confusion) showConfusion(output, labels, found.confusion);
  if (found.values) showValues(output, found.values);
}

/** What a model file makes of its data: as float network, as integers in V8, or on a board. */
async function examined(
  file: string,
  data: TaskData,
  options: Evaluation,
  output: Output,
  signal: AbortSignal,
): Promise<[Runner, Examination]> {
  const bytes = readWhole(file);
  const isFloat = isFloatModel(file);
  const on = placeOf(options) ?? (isFloat ? "float" : "v8");
  if (isFloat !== (on === "float"))
    throw isFloat
      ? notQuantized(file, ", or give --on float")
      : new UserError(`${file} holds integers, no float network`, "give the .model file it was quantized from");
  const judge: Examine = (runner) => examine(data, runner, options.split);
  const by = async (runner: Runner): Promise<[Runner, Examination]> => [runner, await judge(runner)];
  if (on === "float") {
    const { layers, reads } = decodeFloatModel(bytes, file);
    return by(floatRunner(layers, reads, signal));
  }
  if (on === "v8") return by(integerRunner(bytes, file, signal));
  const model = readModel(bytes, file);
  return withModel({ file, model }, { ...options, board: on }, output, signal, async (session) => {
    const { board } = session.hello;
    // How long a closed loop goes on is only known at its end.
    const tell = data.fitness ? stepsDone(output, board) : shareDone(output, board);
    let [steps, all] = [0, 0];
    const runner = boardRunner(session, model, () => tell(++steps, all));
    if (!data.fitness) all = await stepsOf(judge, runner);
    const found = await by(runner);
    output.endProgress();
    return found;
  });
}

// By an examination of what gives nothing.
async function stepsOf(judge: Examine, { inputs, outputs }: Runner): Promise<number> {
  let all = 0;
  const run = async (sequences: readonly Float32Array[]): Promise<Float32Array[]> =>
    sequences.map(({ length }) => {
      all += length / inputs;
      return new Float32Array((length / inputs) * outputs);
    });
  const still = new Float32Array(outputs);
  const lived = async <Outcome>(episode: Episode<Outcome>): Promise<Outcome> =>
    play(episode, () => {
      all++;
      return still;
    });
  await judge({ name: "nothing", inputs, outputs, run, play: lived });
  return all;
}
