// Handwritten digits as the pen moves, by writers never seen.
import type { Random } from "../../data/random.ts";
import { classesOf, openClasses } from "../sources/classes.ts";
import type { Task } from "../task.ts";

const labels = Array.from({ length: 10 }, (_, i) => String(i));
const inputs = 3;

// Others write larger or smaller, broader or narrower, more or less slanted.
function vary(x: Float32Array, random: Random): Float32Array {
  const [width, height] = [random.uniform(0.75, 1.25), random.uniform(0.75, 1.25)];
  const [slant, rise] = [random.uniform(-0.3, 0.3), random.uniform(-0.2, 0.2)];
  const varied = x.slice();
  for (let i = 0; i < x.length; i += inputs) {
    varied[i] = width * x[i] + slant * x[i + 1];
    varied[i + 1] = height * x[i + 1] + rise * x[i];
  }
  return varied;
}

export const task: Task = {
  summary: "tell which digit a pen writes, by its movements, for writers never seen",
  source: "F. Alimoglu, E. Alpaydin, Pen-Based Recognition of Handwritten Digits (unnormalized strokes), UCI, 1998",
  inputs,
  outputs: labels.length,
  labels,
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 93 } },
  budgetSeconds: 180,
  recipes: {
    gru: {
      blueprint: {
        inputs,
        layers: [
          { cell: "gru", units: 40 },
          { cell: "dense", units: labels.length },
        ],
      },
      batch: 32,
      steps: 4000,
      validateEvery: 200,
      schedule: { kind: "cosine", rate: 5e-3, floor: 0.01 },
      clipNorm: 1,
    },
  },
  open: async (folder) =>
    classesOf(await openClasses(folder, "strokes"), {
      classes: labels.map((label) => [label]),
      smoothing: 0.05,
      vary,
    }),
};
