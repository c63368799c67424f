// Trains an architecture on a sequence task after the task's recipe: by gradients through time, or where the recipe says so by another way.
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { Network } from "../autodiff/network.ts";
import { type Blueprint, type LayerShape, layersOf, nameOf } from "../compile/blueprint.ts";
import { checkBounds } from "../compile/bounds.ts";
import { type FloatLayer, numbersOf, shapeOf } from "../compile/cell.ts";
import { Random } from "../data/random.ts";
import type { Evaluate } from "../evolve/judge.ts";
import type { FloatModel } from "../model/float-model.ts";
import { seededMatrix } from "../spec/seeded.ts";
import { UserError } from "../spec/user-error.ts";
import { dropInputs } from "../train/dropout.ts";
import { initialize } from "../train/initialize.ts";
import { floatStates, learnAfterChoice, readOuts, type Solved } from "../train/reservoir.ts";
import { roundMatrices, roundProducts } from "../train/rounding.ts";
import { type Material, type Outcome, type Progress, train } from "../train/train.ts";
import { evolveTask } from "./evolve-task.ts";
import { checkFreeRun, watched } from "./free-run.ts";
import { floatRunner } from "./runner.ts";
import { compose, historyOf, trainStages } from "./stages.ts";
import { checkSteps, furthestDelay } from "./steps.ts";
import { type Metric, type Recipe, type Task, type TaskData, upward } from "./task.ts";

export type TaskTraining = {
  seed: number;
  checkpoint?: string;
  /** Of a recipe with `evolve`: who judges the candidates, this thread if absent. */
  evaluate?: Evaluate;
};

/**
 * @returns the model with the best validation, undefined if the signal stopped it
 * @throws UserError for a blueprint that does not fit the task, or a training that diverged
 */
export async function trainTask(
  name: string,
  task: Task,
  data: TaskData,
  recipe: Recipe,
  { seed, checkpoint, evaluate }: TaskTraining,
  onProgress?: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<FloatModel | undefined> {
  const layers = firstValues(await layersOf(recipe.blueprint), recipe, data, seed);
  checkFit(task, layers, recipe.blueprint);
  if (furthestDelay(layers) > 0) checkSteps(layers, data.calibration());
  if (recipe.stages) return inStages(name, task, data, recipe, layers, { seed, checkpoint }, onProgress, signal);
  if (recipe.readOut) return solved(name, task, data, recipe, layers, seed);
  if (recipe.untrained) return untrained(name, task, data, recipe, layers, seed);
  const training = factsOf(name, data, recipe, seed);
  const cells = layers.map(({ cell }) => cell.source);
  const run = createHash("sha256").update(JSON.stringify({ training, cells })).digest("hex");
  const kept = checkpoint === undefined ? undefined : { path: checkpoint, run };
  if (recipe.evolve)
    return evolveTask(task, data, recipe, layers, { training, checkpoint: kept, evaluate }, onProgress, signal);
  const network = new Network(layers, recipe.batch);
  const [metricName, metric] = Object.entries(task.metrics)[0];
  const result = await train(
    network,
    materialOf(data, recipe, layers, metricName, metric, seed),
    {
      epochs: Math.ceil(recipe.steps / recipe.validateEvery),
      optimizer: { kind: "adam", weightDecay: recipe.weightDecay, rates: recipe.rates },
      schedule: recipe.schedule,
      clipNorm: recipe.clipNorm,
      patience: recipe.patience,
      enough: recipe.enough === undefined ? undefined : upward(recipe.enough, metric),
      checkpoint: kept,
    },
    onProgress,
    signal,
  );
  if (result.ended === "aborted") return undefined;
  if (result.ended === "diverged") {
    const sound = checkpoint && result.history.length > 0 ? `; the last sound validation is kept in ${checkpoint}` : "";
    throw new UserError(
      `training diverged after ${result.steps} steps: ${result.reason}${sound}`,
      "lower the learning rate",
    );
  }
  if (recipe.roundFrom !== undefined) roundMatrices(layers, result.parameters);
  return {
    layers: layers.map((layer, i) => ({ ...layer, parameters: result.parameters[i] })),
    labels: task.labels ?? [],
    ...task.hearing,
    window: 1,
    ...(recipe.blueprint.window && { reads: recipe.blueprint.window }),
    training: {
      ...training,
      accuracy: { val: upward(result.validation!, metric) },
      metric: { name: metricName, unit: metric.unit, better: metric.better },
      history: result.history,
    },
  };
}

function factsOf(task: string, data: TaskData, recipe: Recipe, seed: number) {
  // A user's own cell by its file's name: where it lies makes no other model, and is nobody's business.
  const layers = recipe.blueprint.layers.map((layer) => ({ ...layer, cell: layer.cell.replace(/^.*[\\/]/, "") }));
  const kept = { ...recipe, blueprint: { ...recipe.blueprint, layers } };
  const facts = Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value !== "function"));
  const read = data.facts && { sequences: data.facts };
  return { task, recipe: facts, seed, data: { name: data.name, hash: data.hash }, ...read };
}

// First values, and what they are worth.
async function untrained(
  name: string,
  task: Task,
  data: TaskData,
  recipe: Recipe,
  layers: FloatLayer[],
  seed: number,
): Promise<FloatModel> {
  const [metricName, metric] = Object.entries(task.metrics)[0];
  const value = upward((await data.evaluate(floatRunner(layers), "val"))[metricName], metric);
  return {
    layers,
    labels: task.labels ?? [],
    window: 1,
    training: {
      ...factsOf(name, data, recipe, seed),
      accuracy: { val: value },
      metric: { name: metricName, unit: metric.unit, better: metric.better },
      history: [],
    },
  };
}

// The read-out with the regularization that validates best.
async function solved(
  name: string,
  task: Task,
  data: TaskData,
  recipe: Recipe,
  layers: FloatLayer[],
  seed: number,
): Promise<FloatModel> {
  const [metricName, metric] = Object.entries(task.metrics)[0];
  const [readOut, lesson] = [recipe.readOut!, data.lesson!];
  const states = floatStates(layers, readOut, lesson);
  let best: (Solved & { value: number; most: number }) | undefined;
  for (const found of readOuts(layers, readOut, lesson, states)) {
    const runner = watched(floatRunner(found.layers));
    const value = upward((await data.evaluate(runner, "val"))[metricName], metric);
    if (!best || value > best.value) best = { ...found, value, most: runner.most };
  }
  const { value, lambda, most } = best!;
  checkFreeRun(best!.layers, lesson, most);
  return {
    layers: learnAfterChoice(best!, readOut, lesson, states, (more) => floatStates(layers, readOut, more)),
    labels: task.labels ?? [],
    ...task.hearing,
    window: 1,
    training: {
      ...factsOf(name, data, { ...recipe, readOut: { ...readOut, lambda } }, seed),
      accuracy: { val: upward(value, metric) },
      metric: { name: metricName, unit: metric.unit, better: metric.better },
      history: [],
    },
  };
}

// Parts that learn by themselves, put together.
async function inStages(
  name: string,
  task: Task,
  data: TaskData,
  recipe: Recipe,
  layers: FloatLayer[],
  { seed, checkpoint }: TaskTraining,
  onProgress?: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<FloatModel | undefined> {
  const parts = await trainStages(recipe.stages!, data, (stage, material) => {
    const { recipe, metrics, name: part } = stage;
    const outputs = recipe.blueprint.layers[recipe.blueprint.layers.length - 1].units;
    const kept = checkpoint === undefined ? undefined : checkpointOf(checkpoint, part);
    const whole = { ...task, outputs, metrics, labels: undefined };
    // Its validations are in another unit than the network's.
    const tell = onProgress && ((now: Progress) => onProgress({ ...now, validation: undefined }));
    return trainTask(name, whole, material, recipe, { seed, checkpoint: kept }, tell, signal);
  });
  if (!parts) return undefined;
  const names = recipe.blueprint.layers.map(nameOf);
  const composed = compose(layers, names, recipe.stages!, parts);
  const [metricName, metric] = Object.entries(task.metrics)[0];
  const validation = (await data.evaluate(floatRunner(composed), "val"))[metricName];
  if (checkpoint !== undefined)
    for (const stage of recipe.stages!) rmSync(checkpointOf(checkpoint, stage.name), { force: true });
  return {
    layers: composed,
    labels: task.labels ?? [],
    ...task.hearing,
    window: 1,
    training: {
      ...factsOf(name, data, recipe, seed),
      accuracy: { val: validation },
      metric: { name: metricName, unit: metric.unit, better: metric.better },
      history: historyOf(parts),
    },
  };
}

const checkpointOf = (path: string, stage: string): string => `${path}.${stage}`;

function constrain(network: Network, recipe: Recipe, layers: readonly FloatLayer[]): void {
  const values = network.readParameters();
  layers.forEach(({ cell }, i) => {
    const layer = nameOf(recipe.blueprint.layers[i]);
    cell.parameters.forEach(({ name }, p) => {
      recipe.constrain!(layer, name, values[i][p]);
    });
  });
  network.writeParameters(values);
}

/** Layers as their training begins. @param shapes those of the recipe's blueprint, or with other cells of the same sizes */
export function firstValues(
  shapes: readonly LayerShape[],
  { blueprint, initialize: change }: Recipe,
  { outputBias }: TaskData,
  seed: number,
): FloatLayer[] {
  return shapes.map((shape, i) => {
    const parameters = initialize(shape.cell, shape.sizes, seed, i);
    seedMatrices(shape, parameters);
    const layer = nameOf(blueprint.layers[i]);
    shape.cell.parameters.forEach(({ name, role }, p) => {
      if (outputBias && i === shapes.length - 1 && role === "vector") parameters[p].set(outputBias);
      change?.(layer, name, parameters[p], new Random(seed, "first", i, name));
    });
    const made = { ...shape, parameters };
    checkBounds(made, `layer "${layer}" of the blueprint`);
    return made;
  });
}

// Matrices that a generator draws: what the integers will have.
function seedMatrices(shape: LayerShape, parameters: Float32Array[]): void {
  shape.cell.parameters.forEach((parameter, p) => {
    const numbers = numbersOf(shape, p);
    if (typeof numbers !== "object") return;
    const [rows, columns] = shapeOf(parameter.shape, shape);
    parameters[p] = seededMatrix(numbers, rows, columns).map((weight) => weight * numbers.scale);
  });
}

function checkFit(task: Task, layers: readonly FloatLayer[], { inputs }: Blueprint): void {
  const { units } = layers[layers.length - 1].sizes;
  if (inputs !== task.inputs)
    throw new UserError(
      `the blueprint takes ${inputs} inputs, the task gives ${task.inputs}`,
      `set inputs to ${task.inputs}`,
    );
  if (units !== task.outputs)
    throw new UserError(
      `the last layer has ${units} units, the task wants ${task.outputs} results`,
      `give the read-out ${task.outputs} units`,
    );
}

/** What the loop of training wants of a task's data. */
export function materialOf(
  data: TaskData,
  recipe: Recipe,
  layers: readonly FloatLayer[],
  metricName: string,
  metric: Metric,
  seed: number,
): Material {
  const rates = recipe.blueprint.layers.map((layer) => recipe.dropout?.[nameOf(layer)] ?? 0);
  let carried: Network | undefined; // where the next step goes on from this one
  let resumed: Float32Array[] | undefined;
  return {
    stepsPerEpoch: recipe.validateEvery,
    save: () => Object.fromEntries((carried?.readStates() ?? []).map((state, i) => [i, state])),
    load(states) {
      resumed = Object.values(states);
    },
    accumulate(network, epoch, step) {
      const random = new Random(seed, "step", epoch * recipe.validateEvery + step);
      const progress = (epoch * recipe.validateEvery + step) / recipe.steps;
      if (recipe.roundFrom !== undefined) roundProducts(network, layers, progress >= recipe.roundFrom);
      const passes = recipe.accumulate ?? 1;
      const sum: Outcome = { loss: 0, correct: 0, examples: 0 };
      for (let pass = 0; pass < passes; pass++) {
        const at = (epoch * recipe.validateEvery + step) * passes + pass;
        const { frames, lengths, loss, continues } = data.batch(recipe.batch, random, progress, at);
        if (rates.some((rate) => rate > 0)) dropInputs(network, rates, random);
        recipe.prepare?.(network, progress, random);
        if (!continues) network.resetStates();
        else if (resumed) network.writeStates(resumed);
        resumed = undefined;
        network.begin(true);
        const outcome = loss(network, network.run(frames, lengths));
        network.backward();
        if (continues !== undefined) {
          network.keepStates();
          carried = network;
        }
        sum.loss += outcome.loss / passes;
        sum.correct += outcome.correct;
        sum.examples += outcome.examples;
      }
      return { ...sum, loss: sum.loss + (recipe.penalty?.(network, progress) ?? 0) };
    },
    constrain: recipe.constrain && ((network) => constrain(network, recipe, layers)),
    async validate(network) {
      const parameters = network.readParameters();
      if (recipe.roundFrom !== undefined) roundMatrices(layers, parameters);
      const runner = floatRunner(
        layers.map((layer, i) => ({ ...layer, parameters: parameters[i] })),
        recipe.blueprint.window,
      );
      return upward((await data.evaluate(runner, "val"))[metricName], metric);
    },
  };
}
