// Sentiment of sentences and all their phrases, over trees that come as a stream: the Stanford Sentiment Treebank.
import type { Random } from "../../data/random.ts";
import { DEEPEST, readTreebank, SENTIMENTS } from "../../data/sequences/sst-trees.ts";
import { dataSetIn } from "../sources/classes.ts";
import { sentimentData, vocabularyOf } from "../sources/sentiment.ts";
import type { Recipe, Task } from "../task.ts";

/** Of the vocabulary, the unknown word among them. */
export const rows = 4096;
const batch = 27;
/** Of so many steps the optimizer sees every tree once. */
const epoch = Math.ceil(8544 / batch);

function recipe(cell: string, width: number, epochs: number, more: Partial<Recipe> = {}): Recipe {
  return {
    blueprint: {
      inputs: 1,
      layers: [
        {
          cell,
          units: SENTIMENTS.length,
          sizes: { words: rows, width, squared: width * width, depth: DEEPEST },
        },
      ],
    },
    // Of a batch all must have one shape: trees come one by one, and their gradients are added up.
    batch: 1,
    accumulate: batch,
    steps: epochs * epoch,
    validateEvery: epoch,
    schedule: { kind: "cosine", rate: 2e-3, floor: 0.02 },
    clipNorm: 20 * batch,
    weightDecay: 1e-4,
    initialize: (_, parameter, values, random) => initialize(parameter, values, width, random),
    ...more,
  };
}

// A node begins as the mean of its children, and V as next to nothing beside W.
function initialize(parameter: string, values: Float32Array, width: number, random: Random): void {
  const within = (most: number) => {
    for (let i = 0; i < values.length; i++) values[i] = random.uniform(-most, most);
  };
  if (parameter === "E") within(0.1);
  if (parameter.startsWith("V")) within(1 / (16 * width));
  if (!["Wl", "Wr", "wl", "wr"].includes(parameter)) return;
  within(1 / Math.sqrt(2 * width));
  for (let i = 0; i < width; i++) values[i * (width + 1)] += 0.5;
}

export const task: Task = {
  summary: "how positive sentences of film reviews and all phrases in them are, by their trees",
  source:
    "R. Socher, A. Perelygin, J. Wu, J. Chuang, C. Manning, A. Ng, C. Potts, Recursive deep models for semantic compositionality over a sentiment treebank, EMNLP 2013",
  inputs: 1,
  outputs: SENTIMENTS.length,
  labels: SENTIMENTS,
  metrics: {
    binaryRoot: {
      unit: "%",
      better: "higher",
      published: { recursive: 82.4, rntn: 85.4 },
      recalled: true,
      threshold: 80.5,
      budget: 1,
    },
    fineAll: {
      unit: "%",
      better: "higher",
      published: { recursive: 79, rntn: 80.7 },
      recalled: true,
      threshold: 77.5,
      budget: 1,
    },
  },
  budgetSeconds: 900,
  recipes: {
    recursive: recipe("recursive", 25, 6, { seeds: 2 }),
    rntn: recipe("recursive+tensor", 20, 7, { rates: { Vll: 0.1, Vlr: 0.1, Vrr: 0.1 } }),
  },
  async open(folder) {
    const bank = await readTreebank(dataSetIn(folder, "sst-trees"));
    return sentimentData(bank, vocabularyOf(bank.splits.train, { rows }));
  },
};
