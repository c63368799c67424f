// Single spoken digits by a time-delay network: the mean over time of what it says of each frame.
import type { LayerBlueprint } from "../../compile/blueprint.ts";
import type { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatestMean, meanOfFrames, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import { type Digit, digitFrontEnd, digitLabels, readDigits } from "../sources/spoken-digits.ts";
import { taps } from "../sources/taps.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const [frontEnd, labels] = [digitFrontEnd, digitLabels];
const { bands } = frontEnd;

async function open(folder: string | undefined): Promise<TaskData> {
  const { hash, digits } = await readDigits(folder, frontEnd);
  const part = (split: Digit["split"]) => digits.filter((digit) => digit.split === split);
  const training = part("train");

  function batch(size: number, random: Random): Batch {
    const chosen = Array.from({ length: size }, () => random.pick(training));
    const cuts = chosen.map(({ frames }) => (frames.length > 8 * bands ? random.int(3) : 0)); // frames lost at the start
    const lengths = chosen.map(({ frames }, row) => frames.length / bands - cuts[row]);
    const levels = chosen.map(() => 0.25 * random.normal());
    const frames = Array.from({ length: Math.max(...lengths) }, (_, t) => {
      const frame = new Float32Array(size * bands);
      chosen.forEach((digit, row) => {
        if (t >= lengths[row]) return;
        const from = (t + cuts[row]) * bands;
        for (let band = 0; band < bands; band++)
          frame[row * bands + band] = digit.frames[from + band] + levels[row] + 0.1 * random.normal();
      });
      return frame;
    });
    const classes = chosen.map(({ digit }) => digit);
    return {
      frames,
      lengths,
      loss(network, results) {
        const mean = meanOfFrames(network, results, lengths);
        const each = new Float32Array(size).fill(1 / size);
        const loss = crossEntropy(network, mean, oneHot(classes, labels.length, 0.05), each);
        return { loss, correct: countCorrect(network, mean, classes), examples: size };
      },
    };
  }

  async function evaluate(runner: Runner, split: "val" | "test") {
    const clips = part(split);
    const results = await runner.run(clips.map(({ frames }) => frames));
    const right = results.filter((logits, i) => greatestMean(logits, labels.length) === clips[i].digit);
    return { accuracy: (100 * right.length) / clips.length };
  }

  return {
    name: "fsdd",
    hash,
    batch,
    calibration: () => training.filter((_, i) => i % 8 === 0).map(({ frames }) => frames),
    evaluate,
  };
}

const recipe = (layers: LayerBlueprint[]): Recipe => ({
  blueprint: { inputs: bands, layers: [...layers, { name: "out", cell: "dense", units: labels.length }] },
  batch: 64,
  steps: 4000,
  validateEvery: 200,
  schedule: { kind: "cosine", rate: 3e-3, warmUp: 0.02, floor: 0.01 },
  clipNorm: 1,
  dropout: { out: 0.2 },
});

export const task: Task = {
  summary: "which digit is spoken, by a network that sees 15 frames at a time",
  source:
    "A. Waibel, T. Hanazawa, G. Hinton, K. Shikano, K. Lang, Phoneme recognition using time-delay neural networks, IEEE Trans. ASSP 37(3):328-339, 1989; data: FSDD",
  inputs: bands,
  outputs: labels.length,
  labels,
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 99 } },
  budgetSeconds: 180,
  recipes: {
    fir: recipe([
      { name: "first", cell: "fir", units: 32, from: taps("input", 1) },
      { name: "second", cell: "fir", units: 32, from: taps("first", 2) },
      { name: "third", cell: "fir", units: 32, from: taps("second", 4) },
    ]),
  },
  open,
};
