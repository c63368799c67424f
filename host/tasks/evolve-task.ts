// Evolves a network's weights by the fitness that a task's data gives it, as the integers that a board would have.
import { nameOf } from "../compile/blueprint.ts";
import type { FloatLayer } from "../compile/cell.ts";
import { Candidates } from "../evolve/candidates.ts";
import { evolve } from "../evolve/evolution.ts";
import { type Evaluate, here, judgeOf } from "../evolve/judge.ts";
import type { FloatModel, Training } from "../model/float-model.ts";
import { UserError } from "../spec/user-error.ts";
import type { Progress } from "../train/train.ts";
import { integerRunner } from "./runner.ts";
import { type Recipe, type Task, type TaskData, upward } from "./task.ts";

type Run = {
  /** What the model will say of its training. */
  training: Omit<Training, "accuracy">;
  checkpoint?: { path: string; run: string };
  /** Who judges the candidates: this thread if absent. */
  evaluate?: Evaluate;
};

/**
 * @param layers for their shapes; first values are the evolution's own
 * @param onProgress `step` counts evaluations, the loss is the opposite of the best fitness
 * @returns the model with the best validation, undefined if the signal stopped it
 */
export async function evolveTask(
  task: Task,
  data: TaskData,
  { blueprint, evolve: numbers, steps, validateEvery: every, enough }: Recipe,
  layers: readonly FloatLayer[],
  { training, checkpoint, evaluate }: Run,
  onProgress: (progress: Progress) => void = () => {},
  signal?: AbortSignal,
): Promise<FloatModel | undefined> {
  const { fitness } = data;
  if (!fitness)
    throw new UserError(
      `${training.task} gives no fitness`,
      "leave `evolve` out of the recipe, or write its `fitness`",
    );
  const [[metricName, metric]] = Object.entries(task.metrics);
  const candidates = new Candidates(layers, blueprint.layers.map(nameOf), numbers!);
  const found = await evolve(
    candidates,
    {
      evaluate: evaluate ?? here(judgeOf(candidates, fitness)),
      validate: async (file) =>
        upward((await data.evaluate(integerRunner(file, "the candidate"), "val"))[metricName], metric),
    },
    {
      ...numbers!,
      seed: training.seed,
      evaluations: steps,
      every,
      enough: enough === undefined ? undefined : upward(enough, metric),
      checkpoint,
    },
    ({ evaluations, fitness: best, validation, secondsLeft }) => {
      const epoch = Math.ceil(evaluations / every);
      const step = evaluations - (epoch - 1) * every;
      const epochs = Math.ceil(steps / every);
      onProgress({ epoch, epochs, step, steps: every, loss: -best, accuracy: 0, validation, secondsLeft });
    },
    signal,
  );
  if (!found) return undefined;
  const { layers: evolved, validation, history, ...evolution } = found;
  return {
    layers: evolved,
    labels: task.labels ?? [],
    window: 1,
    training: {
      ...training,
      accuracy: { val: upward(validation, metric) },
      metric: { name: metricName, unit: metric.unit, better: metric.better },
      evolution,
      history,
    },
  };
}
