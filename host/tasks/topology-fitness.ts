// What a cell is worth on a task that counts: trained for a recipe's steps from some seeds, judged in integers.
import { Network } from "../autodiff/network.ts";
import { layersOf } from "../compile/blueprint.ts";
import type { CompiledCell, FloatLayer } from "../compile/cell.ts";
import { type CellGenome, canonical } from "../evolve/genome.ts";
import { compileGenome } from "../evolve/genome-cell.ts";
import type { Judgement } from "../evolve/topology.ts";
import { UserError } from "../spec/user-error.ts";
import { train } from "../train/train.ts";
import { quantizeTask } from "./quantize-task.ts";
import { integerRunner } from "./runner.ts";
import type { Recipe, Task, TaskData } from "./task.ts";
import { firstValues, materialOf } from "./train-task.ts";

/** Of one seed: the task's first metric in integers, 0 if there are none; and the loss, a mean over outputs, of the last step. */
export type Trial = { value: number; loss: number };

/** What a training that diverged counts as; the loss of guessing is 0.69. */
const diverged: Trial = { value: 0, loss: 1 };

export type TopologyWorth = Judgement & { trials: Trial[] };

/** The mean of a genome's trials: value − 20 loss, less 0.1 for each node. */
export function worthOf(genome: CellGenome, trials: Trial[]): TopologyWorth {
  const total = trials.reduce((sum, { value, loss }) => sum + value - 20 * loss, 0);
  return {
    fitness: total / trials.length - 0.1 * canonical(genome).nodes.length,
    failed: trials.every(({ value }) => value === 0),
    trials,
  };
}

/**
 * A trial of each seed; of what is no cell, such as diverge.
 * @param recipe of another cell, in whose place it comes
 */
export async function trialsOf(
  task: Task,
  data: TaskData,
  recipe: Recipe,
  genome: CellGenome,
  seeds: readonly number[],
): Promise<Trial[]> {
  let cell: CompiledCell;
  try {
    cell = await compileGenome(genome);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return seeds.map(() => diverged);
  }
  const trials: Trial[] = [];
  for (const seed of seeds) trials.push(await trialOf(task, data, recipe, cell, seed));
  return trials;
}

/** @param cell takes the place of the recipe's first one */
async function trialOf(task: Task, data: TaskData, recipe: Recipe, cell: CompiledCell, seed: number): Promise<Trial> {
  const shapes = (await layersOf(recipe.blueprint)).map((shape, i) => (i === 0 ? { ...shape, cell } : shape));
  const layers = firstValues(shapes, recipe, data, seed);
  const [[metric]] = Object.entries(task.metrics);
  const { accumulate } = materialOf(data, recipe, layers, metric, task.metrics[metric], seed);
  let loss = Number.NaN;
  const { ended, parameters } = await train(
    new Network(layers, recipe.batch),
    {
      stepsPerEpoch: recipe.steps,
      accumulate(network, epoch, step) {
        const outcome = accumulate(network, epoch, step);
        loss = outcome.loss / task.outputs;
        return outcome;
      },
    },
    { epochs: 1, optimizer: { kind: "adam" }, schedule: recipe.schedule, clipNorm: recipe.clipNorm },
  );
  if (ended === "diverged") return diverged;
  const trained = layers.map((layer, i): FloatLayer => ({ ...layer, parameters: parameters[i] }));
  const facts = { task: "", recipe: {}, seed, data: { name: data.name, hash: data.hash }, accuracy: {}, history: [] };
  try {
    const { file } = quantizeTask({ layers: trained, labels: [], window: 1, training: facts }, data.calibration());
    const scores = await data.evaluate(integerRunner(file, "the candidate"), "val");
    return { value: scores[metric], loss };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { value: 0, loss }; // no format holds it
  }
}
