// A network whose parts learn one after the other, each as an ordinary network: what a later part learns from, an earlier one made. So a
// cell can be trained whose parts do not run in all sequences of a batch at the same step.

import { nameOf } from "../compile/blueprint.ts";
import { type FloatLayer, shapeOf } from "../compile/cell.ts";
import type { Epoch, FloatModel } from "../model/float-model.ts";
import type { Recipe, Stage, TaskData } from "./task.ts";

/**
 * @param train trains a part on its data
 * @returns the models of all stages, undefined if one was stopped
 */
export async function trainStages(
  stages: readonly Stage[],
  data: TaskData,
  train: (stage: Stage, data: TaskData) => Promise<FloatModel | undefined>,
): Promise<FloatModel[] | undefined> {
  const models: FloatModel[] = [];
  for (const stage of stages) {
    const begun = stage.from === undefined ? stage : beginning(stage, stages, models);
    const model = await train(begun, await stage.data(data, models));
    if (!model) return undefined;
    models.push(model);
  }
  return models;
}

// A stage that begins with the parameters of one before it.
function beginning(stage: Stage, stages: readonly Stage[], models: readonly FloatModel[]): Stage {
  const before = stages.findIndex(({ name }) => name === stage.from);
  const names = stages[before].recipe.blueprint.layers.map(nameOf);
  const initialize: Recipe["initialize"] = (layer, parameter, values) => {
    values.set(parameterOf(models[before].layers, names, `${layer}.${parameter}`, stage.from!).values);
  };
  return { ...stage, recipe: { ...stage.recipe, initialize } };
}

/** The whole network: its layers with the parameters that the stages give, of one that two give the later one's. @param names of the layers */
export function compose(
  layers: readonly FloatLayer[],
  names: readonly string[],
  stages: readonly Stage[],
  models: readonly FloatModel[],
): FloatLayer[] {
  const composed = layers.map((layer) => ({ ...layer, parameters: layer.parameters.map((values) => values.slice()) }));
  for (const [i, { name, recipe, gives = {} }] of stages.entries()) {
    const own = recipe.blueprint.layers.map(nameOf);
    for (const [from, to] of Object.entries(gives)) {
      const source = parameterOf(models[i].layers, own, from, name);
      const target = parameterOf(composed, names, to, "the whole");
      if (source.columns !== target.columns || source.values.length < target.values.length)
        throw new Error(`${from} of ${name} has ${source.values.length} values, ${to} ${target.values.length}`);
      target.values.set(source.values.subarray(0, target.values.length));
    }
  }
  return composed;
}

/** The epochs of all stages, one after the other, without their validations, which are in units of their own. */
export function historyOf(models: readonly FloatModel[]): Epoch[] {
  return models
    .flatMap(({ training }) => training.history ?? [])
    .map(({ validation: _, ...epoch }, i) => ({ ...epoch, epoch: i + 1 }));
}

function parameterOf(layers: readonly FloatLayer[], names: readonly string[], path: string, of: string) {
  const [layer, parameter] = path.split(".");
  const found = layers[names.indexOf(layer)];
  const at = found?.cell.parameters.findIndex(({ name }) => name === parameter) ?? -1;
  if (at < 0) throw new Error(`there is no ${path} in ${of}`);
  const [, columns = 1] = shapeOf(found.cell.parameters[at].shape, found);
  return { values: found.parameters[at], columns };
}
