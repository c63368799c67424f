// Heart beats of one patient in five classes, of which three are rare (ECG5000).
import { classesOf, openClasses } from "../sources/classes.ts";
import type { Task } from "../task.ts";

const labels = ["normal", "R-on-T premature", "premature ventricular", "supraventricular", "unclassified"];

export const task: Task = {
  summary: "tell normal heart beats from four kinds of others",
  source: "Y. Chen, E. Keogh, ECG5000 in the UCR time series archive, of record chf07 of PhysioNet's BIDMC database",
  inputs: 1,
  outputs: labels.length,
  labels,
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 90 } },
  budgetSeconds: 180,
  recipes: {
    gru: {
      blueprint: {
        inputs: 1,
        layers: [
          { cell: "gru", units: 16 },
          { cell: "dense", units: labels.length },
        ],
      },
      batch: 32,
      steps: 1500,
      validateEvery: 50,
      schedule: { kind: "cosine", rate: 5e-3, floor: 0.01 },
      clipNorm: 1,
    },
  },
  open: async (folder) =>
    classesOf(await openClasses(folder, "ecg5000"), {
      classes: labels.map((_, i) => [String(i + 1)]),
      smoothing: 0.05,
    }),
};
