// The keyword task: recordings of words to a model that tells them apart in clips and in streams.
import { createHash } from "node:crypto";
import { Network } from "../../autodiff/network.ts";
import { layersOf } from "../../compile/blueprint.ts";
import type { FloatLayer } from "../../compile/cell.ts";
import type { Split } from "../../data/clip.ts";
import { readDataSets, requireClips } from "../../data/data-set.ts";
import type { Notices } from "../../data/notices.ts";
import { SKIPPED } from "../../data/sound.ts";
import type { FloatModel } from "../../model/float-model.ts";
import { type FrontEnd, keywordFrontEnd } from "../../spec/frontend.ts";
import { UserError } from "../../spec/user-error.ts";
import { initialize } from "../../train/initialize.ts";
import { type Progress, train } from "../../train/train.ts";
import { requireTrainable } from "../recipe.ts";
import { KeywordMaterial, type StepRecipe } from "./keyword-material.ts";
import { type Amounts, Augmentation, plainClips, readSplit, type Sounds } from "./keyword-sounds.ts";

/** Every number of the recipe; docs/training.md says where each comes from. */
export type KeywordRecipe = StepRecipe &
  Amounts & {
    epochs: number;
    batch: number;
    rate: number;
    warmUp: number;
    weightDecay: number;
    clipNorm: number;
    /** AdamW unless `sgd`, with momentum 0.9. */
    optimizer?: "adam" | "sgd";
    /** Ends after so many epochs without a better validation; never if absent. */
    patience?: number;
  };

export const keywordRecipe: KeywordRecipe = {
  epochs: 32,
  batch: 64,
  rate: 4e-3,
  warmUp: 0.05,
  weightDecay: 1e-3,
  clipNorm: 2,
  copies: 8,
  window: 30,
  labelSmoothing: 0.1,
  featureOffset: 0.3125,
  carry: 0.6,
  jitter: 5,
  silenceWeight: 0.3,
  anyWeight: 0.5,
  silence: 0.13,
  negatives: 0,
};

export type KeywordOptions = {
  /** Folders of recordings. */
  data: string[];
  /** Labels in the order of the logits; `unknown` takes all other words, `silence` is made of noise. */
  labels: string[];
  /** Name of a cell that ships, with its options, or the path of a cell's source. */
  cell: string;
  units: number;
  seed: number;
  frontEnd?: FrontEnd;
  /** What differs from `keywordRecipe`. */
  recipe?: Partial<KeywordRecipe>;
  /** Where a checkpoint is kept while training. */
  checkpoint?: string;
};

/**
 * Trains a model from recordings.
 * @param onProgress is called after each step
 * @param signal stops within a second; the checkpoint is kept and goes on when called again with the same options
 * @returns the model with the best validation, or undefined if the signal stopped it
 * @throws UserError if the recordings do not suffice, or the training diverged
 */
export async function trainKeywords(
  options: KeywordOptions,
  notices: Notices,
  onProgress?: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<FloatModel | undefined> {
  const { labels, seed, frontEnd = keywordFrontEnd } = options;
  const recipe = { ...scaled(keywordRecipe, frontEnd), ...options.recipe };
  const dataSet = await readDataSets(options.data, notices, labels);
  const recorded = labels.filter((label) => label !== "silence");
  requireClips(dataSet, recorded, "train", leastClips.train);
  requireClips(dataSet, recorded, "val", leastClips.val);
  const layers = await buildLayers(options, frontEnd.bands);
  const network = new Network(layers, recipe.batch);

  const read = (split: Split) => readSplit(dataSet, split, labels, frontEnd.sampleRate, notices, signal);
  const [sounds, validationSounds] = [await read("train"), await read("val")];
  const augmentation = new Augmentation(sounds, labels, frontEnd, recipe, seed);
  const validation = await plainClips(validationSounds, labels, frontEnd, signal);
  if (signal?.aborted) return undefined;
  requireSounds(sounds, labels, "train", notices);
  requireSounds(validationSounds, labels, "val", notices);
  const material = new KeywordMaterial(augmentation, validation, recipe, recipe.batch, seed);

  const facts = { task: "keywords", recipe, seed, data: { name: dataSet.name, hash: dataSet.hash } };
  const cells = layers.map(({ cell, sizes }) => ({ source: cell.source, options: cell.options, sizes }));
  const run = createHash("sha256").update(JSON.stringify({ facts, labels, frontEnd, cells })).digest("hex");
  const result = await train(
    network,
    material,
    {
      epochs: recipe.epochs,
      optimizer: { kind: recipe.optimizer ?? "adam", weightDecay: recipe.weightDecay },
      schedule: { kind: "cosine", rate: recipe.rate, warmUp: recipe.warmUp },
      clipNorm: recipe.clipNorm,
      patience: recipe.patience,
      checkpoint: options.checkpoint === undefined ? undefined : { path: options.checkpoint, run },
    },
    onProgress,
    signal,
  );
  if (result.ended === "aborted") return undefined;
  if (result.ended === "diverged") {
    const kept =
      options.checkpoint && result.history.length > 0 ? `; the last sound epoch is kept in ${options.checkpoint}` : "";
    throw new UserError(
      `training diverged in epoch ${result.epoch + 1}: ${result.reason}${kept}`,
      "lower the learning rate, or look for damaged recordings",
    );
  }
  return {
    layers: layers.map((layer, i) => ({ ...layer, parameters: result.parameters[i] })),
    labels,
    frontEnd,
    window: recipe.window,
    training: { ...facts, accuracy: { val: result.validation! }, history: result.history },
  };
}

// The recipe counts frames of 20 ms; other hops get as many as last as long.
function scaled(recipe: KeywordRecipe, { sampleRate, hop }: FrontEnd): KeywordRecipe {
  const frames = (count: number) => Math.max(1, Math.round((count * 0.02 * sampleRate) / hop));
  return { ...recipe, window: frames(recipe.window), jitter: frames(recipe.jitter) };
}

const leastClips = { train: 10, val: 2 };

// What `requireClips` asks of the files, of those that could be read.
function requireSounds(
  { classes }: Sounds,
  labels: readonly string[],
  split: keyof typeof leastClips,
  notices: Notices,
): void {
  for (const [i, label] of labels.entries()) {
    const count = classes.filter((found) => found === i).length;
    if (label === "silence" || count >= leastClips[split]) continue;
    throw new UserError(
      `label "${label}" has ${count} ${split} clips that can be read, and needs at least ${leastClips[split]}`,
      notices.lines.find((line) => line.startsWith(SKIPPED)) ?? "record more of it",
    );
  }
}

// The chosen cell and a dense read-out.
async function buildLayers({ cell, units, labels, seed }: KeywordOptions, bands: number): Promise<FloatLayer[]> {
  requireTrainable(cell);
  const layers = [
    { cell, units },
    { name: "read-out", cell: "dense", units: labels.length },
  ];
  const shapes = await layersOf({ inputs: bands, layers }, "the network");
  return shapes.map((shape, i) => ({ ...shape, parameters: initialize(shape.cell, shape.sizes, seed, i) }));
}
