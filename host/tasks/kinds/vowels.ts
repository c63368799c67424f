// Which of nine men says /ae/, from the cepstrum of a few frames (Japanese vowels).
import { classesOf, openClasses } from "../sources/classes.ts";
import type { Task } from "../task.ts";

const labels = Array.from({ length: 9 }, (_, i) => `speaker ${i + 1}`);
const inputs = 12;

export const task: Task = {
  summary: "tell which of nine men says /ae/",
  source:
    "M. Kudo, J. Toyama, M. Shimbo, Multidimensional curve classification using passing-through regions, Pattern Recognition Letters 20(11-13):1103-1111, 1999",
  inputs,
  outputs: labels.length,
  labels,
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 90 } },
  budgetSeconds: 180,
  recipes: {
    gru: {
      blueprint: {
        inputs,
        layers: [
          { cell: "gru", units: 32 },
          { cell: "dense", units: labels.length },
        ],
      },
      batch: 32,
      steps: 2000,
      validateEvery: 100,
      schedule: { kind: "cosine", rate: 5e-3, floor: 0.01 },
      clipNorm: 1,
      dropout: { dense: 0.2 },
    },
  },
  open: async (folder) =>
    classesOf(await openClasses(folder, "vowels"), {
      classes: labels.map((_, i) => [String(i + 1)]),
      scale: 3,
      smoothing: 0.05,
    }),
};
