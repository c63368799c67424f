// The sentences of `sentiment` word by word, for a network that knows no trees: what its rows have to be better than.
import { readTreebank, SENTIMENTS } from "../../data/sequences/sst-trees.ts";
import { dataSetIn } from "../sources/classes.ts";
import { sentenceData, vocabularyOf } from "../sources/sentiment.ts";
import type { Task } from "../task.ts";
import { rows, task as trees } from "./sentiment.ts";

const width = 25;

export const task: Task = {
  summary: "how positive sentences of film reviews are, word by word without their trees",
  source: trees.source,
  inputs: 1,
  outputs: SENTIMENTS.length,
  labels: SENTIMENTS,
  metrics: { binaryRoot: trees.metrics.binaryRoot },
  budgetSeconds: 900,
  recipes: {
    elman: {
      blueprint: {
        inputs: 1,
        layers: [
          { cell: "embedding", units: width, sizes: { words: rows } },
          { cell: "elman", units: width },
          { name: "out", cell: "dense", units: SENTIMENTS.length },
        ],
      },
      seeds: 3,
      batch: 32,
      steps: 267 * 10,
      validateEvery: 267,
      schedule: { kind: "cosine", rate: 2e-3, floor: 0.02 },
      clipNorm: 1,
      weightDecay: 1e-4,
      dropout: { out: 0.3 },
    },
  },
  async open(folder) {
    const bank = await readTreebank(dataSetIn(folder, "sst-trees"));
    return sentenceData(bank, vocabularyOf(bank.splits.train, { rows }));
  },
};
