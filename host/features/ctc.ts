// Logits over labels and a blank to strings of labels: the best path (that of a stream, which boards follow too, is
// decoder.ts), and a search over prefixes, which the host alone does. What they decode was trained by host/train/ctc.ts.
import { exp2, ln } from "../data/reproducible-math.ts";

/** The position of the greatest logit, the first of equals. */
function greatest(logits: ArrayLike<number>): number {
  let best = 0;
  for (let label = 1; label < logits.length; label++) if (logits[label] > logits[best]) best = label;
  return best;
}

/** The labels of the most probable path: repeats collapsed, then blanks dropped. @param frames logits of each */
export function bestPath(frames: Iterable<ArrayLike<number>>, blank: number): number[] {
  const symbols = Array.from(frames, greatest);
  return symbols.filter((symbol, t) => symbol !== symbols[t - 1] && symbol !== blank);
}

export type BeamOptions = {
  blank: number;
  /** Prefixes that each frame keeps. */
  width: number;
  /** What one unit of the logits is worth, such as 2^−11 for Q4.11; 1 unless told. */
  unit?: number;
};

/** A string of labels and the logarithm of its probability: that of the paths that the beam saw. */
export type Hypothesis = { labels: number[]; logProbability: number };

// A string of labels, and the logarithms of what the paths that spell it have come to: until the frame before, and until
// this one; those that end in a blank apart from those that end in its last label.
type Prefix = {
  labels: readonly number[];
  children: Map<number, Prefix>;
  now: Ending;
  next: Ending;
};
type Ending = { blank: number; label: number };

const none = (): Ending => ({ blank: -Infinity, label: -Infinity });
const total = ({ blank, label }: Ending): number => logSum(blank, label);

/**
 * Prefix beam search: paths that spell the same are summed. A. Graves 2012, "Supervised Sequence Labelling with Recurrent
 * Neural Networks", section 7.5; as a beam A. Hannun et al. 2014, "First-Pass Large Vocabulary Continuous Speech
 * Recognition using Bi-Directional Recurrent DNNs", arXiv:1408.2873.
 * What a narrow beam drops early may be what would have won: where logits are flat it can even end below the best path.
 * @param frames logits of each frame
 * @returns at most `width` strings, the best first, of equals the one found first
 */
export function prefixBeam(frames: Iterable<ArrayLike<number>>, options: BeamOptions): Hypothesis[] {
  const { blank, width, unit = 1 } = options;
  if (!(Number.isInteger(width) && width > 0)) throw new Error(`a beam of ${width} prefixes`);
  let beam: Prefix[] = [{ labels: [], children: new Map(), now: { blank: 0, label: -Infinity }, next: none() }];
  for (const logits of frames) {
    const logs = logSoftmax(logits, unit);
    const reached = new Set(beam);
    for (const prefix of beam) {
      const { labels, now } = prefix;
      const last = labels[labels.length - 1];
      const any = total(now);
      prefix.next.blank = logSum(prefix.next.blank, any + logs[blank]);
      if (labels.length > 0) prefix.next.label = logSum(prefix.next.label, now.label + logs[last]);
      for (let label = 0; label < logs.length; label++) {
        if (label === blank) continue;
        const child = childOf(prefix, label);
        const from = label === last ? now.blank : any; // a label twice needs a blank between
        child.next.label = logSum(child.next.label, from + logs[label]);
        reached.add(child);
      }
    }
    beam = best([...reached], width);
  }
  return beam.map(({ labels, now }) => ({ labels: [...labels], logProbability: total(now) }));
}

function childOf(prefix: Prefix, label: number): Prefix {
  let child = prefix.children.get(label);
  if (!child) {
    child = { labels: [...prefix.labels, label], children: new Map(), now: none(), next: none() };
    prefix.children.set(label, child);
  }
  return child;
}

// Ends a frame: the most probable prefixes. Those left out lose what they had, should they be reached again.
function best(reached: readonly Prefix[], width: number): Prefix[] {
  for (const prefix of reached) {
    prefix.now = prefix.next;
    prefix.next = none();
  }
  const scored = reached.map((prefix) => ({ prefix, score: total(prefix.now) }));
  const kept = scored
    .filter(({ score }) => score > -Infinity)
    .sort((a, b) => b.score - a.score)
    .slice(0, width);
  return kept.map(({ prefix }) => prefix);
}

function logSoftmax(logits: ArrayLike<number>, unit: number): number[] {
  const scaled = Array.from(logits, (logit) => logit * unit);
  const sum = scaled.reduce(logSum, -Infinity);
  return scaled.map((logit) => logit - sum);
}

// log(exp a + exp b), −∞ where both are; the same on every machine, since error rates choose a checkpoint.
function logSum(a: number, b: number): number {
  const [most, least] = a > b ? [a, b] : [b, a];
  const below = (least - most) / Math.LN2;
  return below > -60 ? most + ln(1 + exp2(below)) : most;
}
