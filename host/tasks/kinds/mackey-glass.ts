// The Mackey-Glass series, continued from its own predictions: 84 steps after the last value that was given, how far off is it?
import { mackeyGlassFacts, metricOf, openMackeyGlass, reservoir } from "../sources/mackey-glass-series.ts";
import type { Task } from "../task.ts";

export const task: Task = {
  ...mackeyGlassFacts,
  summary: "the Mackey-Glass series 84 steps on, from the network's own predictions",
  metrics: metricOf(-3.5),
  recipes: {
    esn: reservoir({
      input: "int32",
      states: { h: "int32" },
      sites: { sums: "int32", answer: "int32", mixed: "int32", y: "int32" },
    }),
    // The plain network that the paper's claim is held against.
    elman: {
      blueprint: {
        inputs: 2,
        layers: [
          { name: "elman", cell: "elman", units: 100, from: ["input", { previous: "out" }] },
          { name: "out", cell: "dense", units: 1 },
        ],
      },
      seeds: 3,
      batch: 32,
      steps: 6000,
      validateEvery: 500,
      schedule: { kind: "cosine", rate: 2e-3, warmUp: 0.02, floor: 0.01 },
      clipNorm: 1,
    },
  },
  open: () => openMackeyGlass([1e-13, 3e-13, 1e-12, 3e-12, 1e-11, 3e-11, 1e-10]),
};
