// Keywords in clips of a second, by a GRU that does all its work in every step and by one that only does what changed: the mean over
// time of what they say of each frame.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Blueprint } from "../../compile/blueprint.ts";
import { readDataSets } from "../../data/data-set.ts";
import { Notices } from "../../data/notices.ts";
import type { Random } from "../../data/random.ts";
import { readSounds } from "../../data/sound.ts";
import { features } from "../../features/frontend.ts";
import { keywordFrontEnd } from "../../spec/frontend.ts";
import { UserError } from "../../spec/user-error.ts";
import { countCorrect, crossEntropy, greatestMean, meanOfFrames, oneHot } from "../../train/loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const frontEnd = { ...keywordFrontEnd, bands: 24 };
const { bands, sampleRate, window, hop } = frontEnd;
const steps = Math.floor((sampleRate - window) / hop) + 1;
/** The data set has no clips of silence to train on. */
const labels = ["unknown", "yes", "no", "up", "down"];

/** [steps][bands]. */
type Clip = { label: number; split: "train" | "val" | "test"; frames: Float32Array };

async function open(folder: string | undefined): Promise<TaskData> {
  const { hash, clips } = await readClips(folder);
  const part = (split: Clip["split"]) => clips.filter((clip) => clip.split === split);
  const training = part("train");

  function batch(size: number, random: Random): Batch {
    const chosen = Array.from({ length: size }, () => random.pick(training));
    const shifts = chosen.map(() => random.int(9) - 4);
    const levels = chosen.map(() => 0.25 * random.normal());
    const frames = Array.from({ length: steps }, (_, t) => {
      const frame = new Float32Array(size * bands);
      chosen.forEach((clip, row) => {
        const from = Math.max(0, Math.min(steps - 1, t + shifts[row])) * bands;
        for (let band = 0; band < bands; band++)
          frame[row * bands + band] = clip.frames[from + band] + levels[row] + 0.1 * random.normal();
      });
      return frame;
    });
    const classes = chosen.map(({ label }) => label);
    return {
      frames,
      loss(network, results) {
        const mean = meanOfFrames(
          network,
          results,
          chosen.map(() => steps),
        );
        const each = new Float32Array(size).fill(1 / size);
        const loss = crossEntropy(network, mean, oneHot(classes, labels.length, 0.05), each);
        return { loss, correct: countCorrect(network, mean, classes), examples: size };
      },
    };
  }

  async function evaluate(runner: Runner, split: "val" | "test") {
    const asked = part(split);
    const results = await runner.run(asked.map(({ frames }) => frames));
    const right = results.filter((logits, i) => greatestMean(logits, labels.length) === asked[i].label);
    return { accuracy: (100 * right.length) / asked.length };
  }

  return {
    name: "speech-commands",
    hash,
    batch,
    calibration: () => training.filter((_, i) => i % 16 === 0).map(({ frames }) => frames),
    evaluate,
  };
}

async function readClips(folder: string | undefined): Promise<{ hash: string; clips: Clip[] }> {
  if (folder === undefined)
    throw new UserError("the task reads recordings of keywords", "give their folder: --data FOLDER");
  const place = [join(folder, "speech-commands"), folder].find((path) => existsSync(path)) ?? folder;
  const notices = new Notices();
  const set = await readDataSets([place], notices, labels);
  const scale = 2 ** -frontEnd.format;
  const clips: Clip[] = [];
  const paths = set.clips.map(({ path }) => path);
  for (const { index, sound } of readSounds(paths, notices, sampleRate)) {
    const { label, split } = set.clips[index];
    const second = new Int16Array(sampleRate);
    const samples = sound.samples.subarray(0, sampleRate);
    second.set(samples, (sampleRate - samples.length) >> 1);
    const frames = Float32Array.from(features(second, frontEnd), (value) => value * scale);
    clips.push({ label: labels.indexOf(label), split, frames });
  }
  for (const split of ["train", "val", "test"] as const)
    if (!clips.some((clip) => clip.split === split))
      throw new UserError(
        `${place} has no clips to ${split === "train" ? "train on" : split}`,
        "give the whole data set",
      );
  return { hash: set.hash, clips };
}

const blueprint = (cell: string, units: number): Blueprint => ({
  inputs: bands,
  layers: [
    { name: "hear", cell, units },
    { name: "out", cell: "dense", units: labels.length },
  ],
});

const recipe = (cell: string, units = 64): Recipe => ({
  blueprint: blueprint(cell, units),
  batch: 64,
  steps: 8000,
  validateEvery: 400,
  schedule: { kind: "cosine", rate: 3e-3, warmUp: 0.02, floor: 0.01 },
  clipNorm: 1,
  dropout: { out: 0.2 },
});

/** What changes less does not count: of a feature, whose deviation is about 1.3, and of a unit. */
const thresholds: Record<string, number> = { thetaX: 0.5, thetaH: 0.15 };

export const task: Task = {
  summary:
    "which of four words is in a second of sound, by a GRU that works in every step or only where something changed, or by a network of 6 KB",
  source:
    "D. Neil, J. H. Lee, T. Delbruck, S.-C. Liu, Delta networks for optimized recurrent network computation, ICML 2017, PMLR 70:2584-2593; data: Speech Commands",
  inputs: bands,
  outputs: labels.length,
  labels,
  // Half a point below what the GRU that does all the work reached (float, docs/architectures.md).
  metrics: { accuracy: { unit: "%", better: "higher", threshold: 91.16 } },
  budgetSeconds: 1200,
  recipes: {
    gru: recipe("gru"),
    // As many units as 6 KB of weights hold.
    fastgrnn: {
      ...recipe("fastgrnn", 56),
      seeds: 2,
      schedule: { kind: "cosine", rate: 6e-3, warmUp: 0.02, floor: 0.01 },
    },
    delta: {
      ...recipe("delta"),
      seeds: 2,
      initialize(_, parameter, values) {
        if (parameter in thresholds) values.fill(thresholds[parameter]);
      },
      // The thresholds rise from nothing; the model and what is validated have them whole.
      prepare(network, progress) {
        const part = Math.min(1, Math.max(0, (progress - 0.2) / 0.4));
        for (const layer of network.layers) {
          const names = layer.cell.parameters.map(({ name }) => name);
          if (!names.includes("thetaX")) continue;
          layer.roundedBy((parameter, values) => {
            if (names[parameter] in thresholds) for (let i = 0; i < values.length; i++) values[i] *= part;
          });
        }
      },
    },
  },
  open,
};
