// Strings of spoken digits by connectionist temporal classification.
import { frontEnd, hearing, labels, openDigitStrings } from "../sources/digit-strings.ts";
import type { Task } from "../task.ts";

const inputs = frontEnd.bands;

export const task: Task = {
  summary: "strings of 3 to 5 spoken digits, without being told where each one is",
  source:
    "A. Graves, S. Fernández, F. Gomez, J. Schmidhuber, Connectionist temporal classification, ICML 2006; data: FSDD, joined",
  inputs,
  outputs: labels.length,
  labels,
  hearing,
  metrics: {
    // Of the best path, as boards decode, and of a search over prefixes.
    errors: { unit: "% of labels", better: "lower", threshold: 4 },
    beam: { unit: "% of labels", better: "lower", threshold: 4 },
  },
  budgetSeconds: 360,
  recipes: {
    ctc: {
      blueprint: {
        inputs,
        layers: [
          { cell: "lstm", units: 64 },
          { name: "out", cell: "dense", units: labels.length },
        ],
      },
      batch: 32,
      steps: 2200,
      validateEvery: 200,
      schedule: { kind: "cosine", rate: 5e-3, warmUp: 0.01, floor: 2e-3 },
      clipNorm: 1,
      dropout: { out: 0.2 },
    },
    elman: {
      blueprint: {
        inputs,
        layers: [
          { cell: "elman", units: 64 },
          { name: "out", cell: "dense", units: labels.length },
        ],
      },
      batch: 32,
      steps: 2200,
      validateEvery: 200,
      schedule: { kind: "cosine", rate: 5e-3, warmUp: 0.01, floor: 2e-3 },
      clipNorm: 1,
      dropout: { out: 0.2 },
    },
  },
  open: openDigitStrings,
};
