// A row whose figure is the median of seeds: nothing is chosen, so that luck is none either.
import type { FloatModel } from "../../host/model/float-model.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { type Scores, type Task, type TaskData, upward } from "../../host/tasks/task.ts";
import type { Row } from "./rows.ts";

export type Medians = {
  /** Whose integers have the median. */
  model: FloatModel;
  /** The median of the float networks. */
  float: Scores;
  seeds: NonNullable<Row["medians"]>;
};

/** Of the task's first metric. */
export async function mediansOf(models: readonly FloatModel[], task: Task, data: TaskData): Promise<Medians> {
  const [[name, metric]] = Object.entries(task.metrics);
  const float: number[] = [];
  const integer: number[] = [];
  for (const model of models) {
    const { file } = quantizeTask(model, data.calibration());
    float.push((await data.evaluate(floatRunner(model.layers, model.reads), "test"))[name]);
    integer.push((await data.evaluate(integerRunner(file, "the model"), "test"))[name]);
  }
  const middle = (values: readonly number[]): number => {
    const order = values
      .map((_, i) => i)
      .sort((a, b) => upward(values[a], metric) - upward(values[b], metric) || a - b);
    return order[Math.floor((values.length - 1) / 2)];
  };
  return {
    model: models[middle(integer)],
    float: { [name]: float[middle(float)] },
    seeds: { seeds: models.map(({ training }) => training.seed), float, integer },
  };
}
