// The recipe for an architecture on a task: the task's own, or its first one with another cell.
import { nameOf } from "../compile/blueprint.ts";
import { cellNames, isPath, partsOf } from "../compile/load.ts";
import { meant, UserError } from "../spec/user-error.ts";
import type { Recipe, Task } from "./task.ts";

export type Choice = {
  /** An architecture of the task, or a cell (with options) or a cell's source; the task's first architecture if absent. */
  cell?: string;
  /** Of all layers but the read-out. */
  units?: number;
  /** Steps of training. */
  steps?: number;
  /** Greatest step size. */
  learningRate?: number;
  /** Ends after so many validations without a better one. */
  patience?: number;
};

/** Cells whose recurrent weights stay as a seed made them. */
const reservoirs = ["esn", "lsm"];

/** @throws UserError for a cell whose weights are not all learnt */
export function requireTrainable(cell = ""): void {
  const name = cell.split("+")[0];
  if (!reservoirs.includes(name)) return;
  throw new UserError(
    `${name} is a reservoir, whose read-out is solved for: here all weights are learnt`,
    "give another cell, such as gru; `engram cells` lists them",
  );
}

/** @throws UserError for an architecture and cell that does not exist, and for a cell whose weights are not all learnt */
export function recipeFor(task: Task, { cell, units, ...choice }: Choice): Recipe {
  const names = Object.keys(task.recipes);
  const own = cell === undefined ? task.recipes[names[0]] : task.recipes[cell];
  const isCell = cell !== undefined && (isPath(cell) || cellNames().includes(partsOf(cell)[0]));
  if (!own && !isCell)
    throw new UserError(`there is no architecture or cell ${cell}`, meant(cell!, [...names, ...cellNames()]), {
      usage: true,
    });
  if (!own) requireTrainable(cell);
  const memory = Object.values(task.recipes).every(({ untrained }) => untrained);
  if (memory) refuseOfTraining(own ? undefined : cell, { units, ...choice }, names);
  // Of a network that is one cell, nothing could be replaced.
  const made = Object.values(task.recipes).find(({ blueprint }) => blueprint.layers.length > 1);
  const recipe = own ?? withCell(made ?? task.recipes[names[0]], cell!);
  const { layers } = recipe.blueprint;
  const last = layers.length - 1;
  if (units !== undefined && last === 0)
    throw new UserError("the network is a read-out alone, whose size the task sets", "leave --units out");
  const sized = layers.map((layer, i) => (i < last && units !== undefined ? { ...layer, units } : layer));
  if (recipe.evolve) refuseOfGradients(choice);
  if (recipe.stages) refuseOfWhole({ units, ...choice });
  return { ...recipe, ...ofTraining(recipe, choice), blueprint: { ...recipe.blueprint, layers: sized } };
}

// A memory that learns from its own frames: there is nothing to train, and its size is the task's.
function refuseOfTraining(
  cell: string | undefined,
  { units, steps, learningRate, patience }: Choice,
  names: string[],
): void {
  const given = Object.entries({ cell, units, steps, "learning-rate": learningRate, patience });
  const [option] = given.find(([, value]) => value !== undefined) ?? [];
  if (option === undefined) return;
  throw new UserError(
    `--${option} is for networks that are trained; here a memory, ${names.join(" or ")}, learns from what it is shown`,
    "leave it out",
  );
}

function refuseOfGradients({ learningRate, patience }: Choice): void {
  if (learningRate === undefined && patience === undefined) return;
  const option = learningRate === undefined ? "--patience" : "--learning-rate";
  throw new UserError(`${option} is for training by gradients; here weights are evolved`, "leave it out");
}

function refuseOfWhole({ units, steps, learningRate, patience }: Choice): void {
  const given = Object.entries({ units, steps, "learning-rate": learningRate, patience });
  const [option] = given.find(([, value]) => value !== undefined) ?? [];
  if (option === undefined) return;
  throw new UserError(
    `--${option} is for a network that learns as a whole; here each part has its own`,
    "leave it out",
  );
}

// Validations stay about as far apart, so many of them that the last is at the last step.
function ofTraining(
  { steps: usual, validateEvery, schedule, patience: usually }: Recipe,
  { steps = usual, learningRate, patience = usually }: Choice,
): Partial<Recipe> {
  if (learningRate !== undefined && schedule.kind === "stages")
    throw new UserError("the recipe has a learning rate for each stage", "leave --learning-rate out");
  return {
    steps,
    validateEvery: Math.ceil(steps / Math.max(1, Math.round(steps / validateEvery))),
    ...(patience !== undefined && { patience }),
    ...(learningRate !== undefined && { schedule: { ...schedule, rate: learningRate } as Recipe["schedule"] }),
  };
}

// Sizes, kinds of states and first values are the replaced cell's own.
function withCell(recipe: Recipe, cell: string): Recipe {
  const { layers } = recipe.blueprint;
  const replaced = layers.map((layer, i) => {
    if (i === layers.length - 1) return layer;
    const { sizes: _, numbers: __, ...kept } = layer;
    return { ...kept, cell, name: nameOf(layer) };
  });
  const { initialize: _, constrain: __, prepare: ___, penalty: ____, readOut: _____, stages: ______, ...rest } = recipe;
  return { ...rest, blueprint: { ...recipe.blueprint, layers: replaced } };
}
