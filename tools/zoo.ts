// `npm run zoo -- [ARCHITECTURE | TASK | ARCHITECTURE-TASK …]`: trains each architecture on its tasks from the recipes, quantizes, measures
// on V8, the native board and an emulated Cortex-M4, and writes models/architectures and docs/architectures. Without names it does all;
// takes hours.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { boardRunner } from "../host/boards/board-runner.ts";
import { openFresh } from "../host/boards/fresh.ts";
import { measure } from "../host/boards/measure.ts";
import { boardKinds, openBoard } from "../host/boards/registry.ts";
import { connect } from "../host/link/session.ts";
import type { FloatModel } from "../host/model/float-model.ts";
import { readModel } from "../host/model/model.ts";
import { toIntegers } from "../host/runtime/values.ts";
import { UserError } from "../host/spec/user-error.ts";
import { forIntegers, quantizeTask } from "../host/tasks/quantize-task.ts";
import { taskNames, taskOf } from "../host/tasks/registry.ts";
import { floatRunner, integerRunner } from "../host/tasks/runner.ts";
import {
  type Metric,
  meets,
  ofIntegers,
  publishedOf,
  type Recipe,
  type Scores,
  type Task,
  type TaskData,
} from "../host/tasks/task.ts";
import { trainTask } from "../host/tasks/train-task.ts";
import { mediansOf } from "./zoo/medians.ts";
import { architectures, pageOf, type Row, readRows, seedsOf } from "./zoo/rows.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = process.env.ENGRAM_DATA ?? join(root, "..", "shared", "data");
const wanted = process.argv.slice(2);
/** Sequences of calibration on which a cell is measured whose work depends on the data. */
const sampled = 16;
/** Ops that decide by the data what is done, or how much. */
const deciding: ReadonlySet<string | undefined> = new Set(["accumulate", "exceeds", "free", "pop", "top"]);

for (const name of taskNames()) {
  const task = await taskOf(name);
  for (const architecture of Object.keys(task.recipes)) {
    const names = [architecture, name, `${architecture}-${name}`];
    if (wanted.length > 0 && !names.some((each) => wanted.includes(each))) continue;
    if (!(architecture in architectures)) continue; // another cell for comparison only
    console.log(`${architecture} on ${name}`);
    write(await rowsOf(name, task, architecture));
  }
}

async function rowsOf(name: string, task: Task, architecture: string): Promise<Row[]> {
  const recipe = task.recipes[architecture];
  const data = await task.open(folder);
  const seeds = recipe.medianOf ?? Array.from({ length: recipe.seeds ?? 1 }, (_, i) => i + 1);
  const begun = process.cpuUsage();
  const models: FloatModel[] = [];
  for (const seed of seeds) {
    const model = await trainTask(name, task, data, recipe, { seed });
    models.push(model!);
    console.log(`  seed ${seed}: ${JSON.stringify(model!.training.accuracy)} on validation`);
  }
  const evolution = evolutionOf(recipe, models);
  if (evolution) console.log(`  ${seedsOf(evolution)}`);
  const [[, first]] = Object.entries(task.metrics);
  const better = (a: FloatModel, b: FloatModel) => {
    const [x, y] = [a.training.accuracy.val, b.training.accuracy.val];
    return (first.better === "higher" ? x > y : x < y) ? a : b;
  };
  const medians = recipe.medianOf && (await mediansOf(models, task, data));
  const chosen = medians?.model ?? models.reduce((best, model) => better(best, model));
  const { user, system } = process.cpuUsage(begun);
  const trainingSeconds = (user + system) / 1e6 / seeds.length;
  const { file } = quantizeTask(await forIntegers(chosen, task, data), data.calibration());
  const float = medians?.float ?? (await data.evaluate(floatRunner(chosen.layers, chosen.reads), "test"));
  const integer = await data.evaluate(integerRunner(file, architecture), "test");
  const board = await onBoard(file, data);
  const place = `models/architectures/${architecture}-${name}.engram`;
  mkdirSync(join(root, "models/architectures"), { recursive: true });
  writeFileSync(join(root, place), file);
  const model = readModel(file, place);
  const { window } = model;
  const runner = integerRunner(file, architecture);
  await runner.run(data.calibration().slice(0, sampled));
  const skips = runner.work;
  if (skips)
    console.log(`  of ${skips.whole} multiplications of its changes it does ${skips.done}: one in ${short(skips)}`);
  const depends = model.layers.some(({ records }) => records.some(({ op }) => deciding.has(op)));
  const { step, slowest } = depends
    ? { step: await stepOn(file, data), slowest: 0 }
    : await measure("qemu-m4", file, window ? window.hop + window.after + 1 : 20);
  const weightBytes = model.sections.get("WGHT")!.bytes.length;
  return Object.entries(task.metrics).map(([metric, of]): Row => {
    const passes = {
      float: meets(float[metric], of),
      integer: meets(integer[metric], ofIntegers(of)) && keeps(float, integer, metric, of),
      board: board[metric] === integer[metric] && meets(board[metric], ofIntegers(of)),
    };
    console.log(`  ${metric}: float ${float[metric]}, V8 ${integer[metric]}, native ${board[metric]} ${of.unit}`);
    return {
      architecture,
      task: name,
      metric,
      unit: of.unit,
      better: of.better,
      published: publishedOf(of, architecture) ?? null,
      ...(of.recalled && { recalled: true }),
      threshold: of.threshold,
      ...(of.integerThreshold !== undefined && { integerThreshold: of.integerThreshold }),
      float: float[metric],
      integer: integer[metric],
      board: board[metric],
      passes,
      wasmBytes: Math.max(...model.modules.map(({ length }) => length)),
      weightBytes,
      ramBytes: model.header.ramBytes,
      instructionsPerStep: window ? Math.round(slowest / window.hop) : step,
      seedsTried: seeds.length,
      seed: chosen.training.seed,
      trainingSeconds: Math.round(trainingSeconds),
      ...(evolution && { evolution }),
      ...(medians && { medians: medians.seeds }),
      model: place,
    };
  });
}

function evolutionOf({ evolve, steps }: Recipe, models: readonly FloatModel[]): Row["evolution"] {
  if (!evolve) return undefined;
  const found = models.map(({ training }) => training.evolution!);
  const evaluations = found.map(({ reached, evaluations }) => (reached ? evaluations : null));
  return { evaluations, most: steps, wanted: evolve.seedsSolved };
}

const short = ({ whole, done }: { whole: number; done: number }): string => (whole / done).toFixed(2);

// What a step takes on an emulated Cortex-M4 on sequences of the training data: of a cell that skips what hardly changes noise says
// nothing, and where symbols are wanted it is refused.
async function stepOn(file: Uint8Array, data: TaskData): Promise<number> {
  const name = "qemu-m4";
  const kind = (await boardKinds()).find((each) => each.name === name)!;
  const board = await openBoard(name, { counted: true });
  try {
    const session = await connect(board.link);
    await session.flashModel(file);
    const { format } = readModel(file, "the model").frame;
    const sum = { ticks: 0, frames: 0 };
    for (const sequence of data.calibration().slice(0, sampled)) {
      const stream = await session.stream({ source: "frames" });
      await stream.write(toIntegers(sequence, format));
      const { ticks, frames } = await stream.end();
      sum.ticks += ticks;
      sum.frames += frames;
    }
    session.close();
    return Math.round(sum.ticks / sum.frames / kind.ticksPerInstruction!);
  } finally {
    await board.close();
  }
}

async function onBoard(file: Uint8Array, data: TaskData): Promise<Scores> {
  const board = await openFresh("native");
  try {
    const session = await connect(board.link);
    await session.flashModel(file);
    const scores = await data.evaluate(boardRunner(session, readModel(file, "the model")), "test");
    session.close();
    return scores;
  } finally {
    await board.close();
  }
}

// 0.5 points of a percentage, else 2 % of the value, unless the task has a budget of its own, or a threshold of their own for integers.
function keeps(float: Scores, integer: Scores, metric: string, of: Metric): boolean {
  if (of.integerThreshold !== undefined) return true;
  const { unit, better, budget } = of;
  const most = budget ?? (unit.startsWith("%") ? 0.5 : 0.02 * Math.abs(float[metric]));
  const lost = better === "higher" ? float[metric] - integer[metric] : integer[metric] - float[metric];
  return lost <= most;
}

function write(rows: Row[]): void {
  if (rows.length === 0) throw new UserError("no row was measured", "give an architecture or a task");
  const [{ architecture, task }] = rows;
  const kept = readRows(root).filter((row) => row.architecture !== architecture || row.task !== task);
  const all = [...kept, ...rows].sort(
    (a, b) =>
      Object.keys(architectures).indexOf(a.architecture) - Object.keys(architectures).indexOf(b.architecture) ||
      a.task.localeCompare(b.task),
  );
  writeFileSync(join(root, "docs/architectures.json"), `${JSON.stringify({ rows: all }, null, 2)}\n`);
  writeFileSync(join(root, "docs/architectures.md"), pageOf(all));
}
