// How a keyword model learns to serve clips and streams (docs/training.md): each step takes a batch of clips from a zero
// state and a batch of composites whose state comes from another sequence of the last step.
import type { Network } from "../../autodiff/network.ts";
import type { Node } from "../../autodiff/tape.ts";
import { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, oneHot, setLoss, windowMean } from "../../train/loss.ts";
import type { Material, Outcome } from "../../train/train.ts";
import type { Augmentation, Sequences } from "./keyword-sounds.ts";

/** The numbers of the recipe that decide what a step learns. */
export type StepRecipe = {
  /** Precomputed augmented copies; epoch e takes copy e modulo this. */
  copies: number;
  /** Frames whose logits are averaged. */
  window: number;
  labelSmoothing: number;
  /** Greatest offset added to a sequence's features, in the network's units. */
  featureOffset: number;
  /** Probability with which a composite starts from a carried state. */
  carry: number;
  /** Frames by which the end of a word's window is moved at most. */
  jitter: number;
  /** Weights of the losses on composites: silence before the word, any window. */
  silenceWeight: number;
  anyWeight: number;
};

export class KeywordMaterial implements Material {
  readonly stepsPerEpoch: number;
  readonly preparations: number;
  readonly #copies = new Map<number, { clips: Sequences; composites: Sequences }>();
  readonly #silence: number;
  readonly #unknown: number;
  readonly #weights: Float32Array;
  #carried: Float32Array[] | undefined;
  #order: { epoch: number; clips: Int32Array; composites: Int32Array } | undefined;

  constructor(
    readonly augmentation: Augmentation,
    readonly validation: Sequences,
    readonly recipe: StepRecipe,
    readonly batch: number,
    readonly seed: number,
  ) {
    this.preparations = recipe.copies;
    this.stepsPerEpoch = Math.max(1, Math.floor(augmentation.compositeCount / batch));
    this.#silence = augmentation.labels.indexOf("silence");
    this.#unknown = augmentation.labels.indexOf("unknown");
    this.#weights = new Float32Array(batch).fill(1 / batch);
  }

  async prepare(epoch: number, signal: AbortSignal | undefined): Promise<void> {
    const copy = epoch % this.recipe.copies;
    if (this.#copies.has(copy)) return;
    const clips = await this.augmentation.clips(copy, signal);
    const composites = await this.augmentation.composites(copy, signal);
    if (!signal?.aborted) this.#copies.set(copy, { clips, composites });
  }

  accumulate(network: Network, epoch: number, step: number): Outcome {
    const { clips, composites } = this.#copies.get(epoch % this.recipe.copies)!;
    const order = this.#orderOf(epoch);
    const pick = (from: Int32Array) =>
      Int32Array.from({ length: this.batch }, (_, i) => from[(step * this.batch + i) % from.length]);
    const random = new Random(this.seed, "step", epoch, step);
    const composite = this.#learnComposites(network, composites, pick(order.composites), random);
    const clip = this.#learnClips(network, clips, pick(order.clips), random);
    return { ...clip, loss: clip.loss + composite };
  }

  validate(network: Network): number {
    return accuracy(network, this.validation, this.recipe.window);
  }

  save(): Record<string, Float32Array> {
    return Object.fromEntries((this.#carried ?? []).map((state, i) => [String(i), state]));
  }

  load(carried: Record<string, Float32Array>): void {
    const states = Object.keys(carried).map((_, i) => carried[i]);
    this.#carried = states.length > 0 ? states : undefined;
  }

  #orderOf(epoch: number) {
    if (this.#order?.epoch !== epoch) {
      const shuffled = (what: string, count: number) =>
        new Random(this.seed, "order", what, epoch).shuffle(Int32Array.from({ length: count }, (_, i) => i));
      const { clipCount, compositeCount } = this.augmentation;
      this.#order = { epoch, clips: shuffled("clips", clipCount), composites: shuffled("composites", compositeCount) };
    }
    return this.#order;
  }

  #learnClips(network: Network, clips: Sequences, chosen: Int32Array, random: Random): Outcome {
    const { window, labelSmoothing } = this.recipe;
    const classes = chosen.map((i) => clips.classes[i]);
    network.resetStates();
    const frames = this.#forward(network, clips, chosen, random);
    const logits = windowMean(network, frames, new Int32Array(this.batch).fill(clips.frames - 1), window);
    const loss = crossEntropy(network, logits, oneHot(classes, network.outputs, labelSmoothing), this.#weights);
    network.backward();
    return { loss, correct: countCorrect(network, logits, classes), examples: this.batch };
  }

  #learnComposites(network: Network, composites: Sequences, chosen: Int32Array, random: Random): number {
    network.resetStates();
    if (this.#carried) {
      network.writeStates(this.#carried);
      const from = random.shuffle(Int32Array.from({ length: this.batch }, (_, i) => i));
      network.permuteStates(from.map((row) => (random.chance(this.recipe.carry) ? row : -1)));
    }
    const frames = this.#forward(network, composites, chosen, random);
    network.keepStates();
    this.#carried = network.readStates();
    const classes = chosen.map((i) => composites.classes[i]);
    const starts = chosen.map((i) => composites.starts[i]);
    const loss = this.#compositeLoss(network, frames, classes, starts, random);
    network.backward();
    return loss;
  }

  #compositeLoss(network: Network, frames: Node[], classes: Int32Array, starts: Int32Array, random: Random): number {
    const { window, labelSmoothing, jitter, silenceWeight, anyWeight } = this.recipe;
    const { batch } = this;
    const last = frames.length - 1;
    const wordEnd = Math.round(this.augmentation.frontEnd.sampleRate / this.augmentation.frontEnd.hop) - 2;
    // Sound throughout is heard at any time; a word at its end, give or take.
    const ends = starts.map((start) => {
      const end =
        start < 0 ? window - 1 + random.int(last - window + 2) : start + wordEnd + random.int(2 * jitter + 1) - jitter;
      return Math.max(window - 1, Math.min(last, end));
    });
    const targets = oneHot(classes, network.outputs, labelSmoothing);
    let loss = crossEntropy(network, windowMean(network, frames, ends, window), targets, this.#weights);
    if (this.#silence >= 0) {
      const before = starts.map((start) => Math.max(window - 1, Math.min(last, start + random.int(13) - 4)));
      const silence = oneHot(new Int32Array(batch).fill(this.#silence), network.outputs);
      const weights = Float32Array.from(starts, (start) => (start >= window ? silenceWeight / batch : 0));
      loss += crossEntropy(network, windowMean(network, frames, before, window), silence, weights);
    }
    const quiet = [this.#silence, this.#unknown].filter((label) => label >= 0);
    if (quiet.length > 0) {
      const any = Int32Array.from({ length: batch }, () => window - 1 + random.int(last - window + 2));
      const members = new Float32Array(batch * network.outputs);
      for (let i = 0; i < batch; i++)
        for (const label of [classes[i], ...quiet]) members[i * network.outputs + label] = 1;
      const weights = new Float32Array(batch).fill(anyWeight / batch);
      loss += setLoss(network, windowMean(network, frames, any, window), members, weights);
    }
    return loss;
  }

  #forward(network: Network, sequences: Sequences, chosen: Int32Array, random: Random): Node[] {
    const { featureOffset } = this.recipe;
    const offsets = Float32Array.from(chosen, () => random.uniform(-featureOffset, featureOffset));
    return forward(network, sequences, chosen, true, offsets);
  }
}

/** The fraction of sequences whose label is the greatest of the mean logits of the last `window` frames. */
export function accuracy(network: Network, sequences: Sequences, window: number): number {
  const { batch } = network;
  const count = sequences.classes.length;
  const ends = new Int32Array(batch).fill(sequences.frames - 1);
  let correct = 0;
  for (let first = 0; first < count; first += batch) {
    const chosen = Int32Array.from({ length: batch }, (_, i) => Math.min(first + i, count - 1));
    network.resetStates();
    const logits = windowMean(network, forward(network, sequences, chosen, false), ends, window);
    const classes = chosen.map((i) => sequences.classes[i]);
    correct += countCorrect(network, logits, classes, Math.min(batch, count - first));
  }
  return correct / count;
}

// All frames of the chosen sequences, from the states that the network has; the logits of each.
function forward(
  network: Network,
  sequences: Sequences,
  chosen: Int32Array,
  recording: boolean,
  offsets?: Float32Array,
): Node[] {
  const { frames, features, unit } = sequences;
  const { batch, inputs } = network;
  const x = new Float32Array(batch * inputs);
  const logits: Node[] = [];
  network.begin(recording);
  for (let t = 0; t < frames; t++) {
    for (let i = 0; i < batch; i++) {
      const from = (chosen[i] * frames + t) * inputs;
      const offset = offsets ? offsets[i] : 0;
      for (let k = 0; k < inputs; k++) x[i * inputs + k] = features[from + k] * unit + offset;
    }
    logits.push(network.step(x));
  }
  return logits;
}
