// Sentiment of all phrases of a sentence: the trees of the treebank as actions, and the three figures of the paper. R. Socher et al. 2013,
// "Recursive deep models for semantic compositionality over a sentiment treebank", EMNLP.
import { Random } from "../../data/random.ts";
import { DEEPEST, SENTIMENTS, type Tree, type Treebank } from "../../data/sequences/sst-trees.ts";
import { UserError } from "../../spec/user-error.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Batch, TaskData } from "../task.ts";
import { checked, REDUCE, requireOne } from "./tree-actions.ts";

const classes = SENTIMENTS.length;
/** Rows of vectors that a board's flash has room for. */
const mostRows = 4096;
/** The row of all words that are not in the vocabulary. */
export const UNKNOWN = 0;

export type Vocabulary = {
  /** By frequency; the word of row n stands at n − 1. */
  words: string[];
  /** Row 0 and one for each word. */
  rows: number;
  /** Of a word in whatever case. */
  rowOf(word: string): number;
};

/**
 * The most frequent words in lower case, of equally frequent ones those that come first.
 * @param rows at most, the unknown's among them
 * @param least times that a word must occur
 * @throws UserError for more rows than 4,096
 */
export function vocabularyOf(trees: readonly Tree[], { rows = mostRows, least = 1 } = {}): Vocabulary {
  if (rows < 1 || rows > mostRows)
    throw new UserError(`a vocabulary of ${rows} rows, expected 1 to ${mostRows}`, "keep the more frequent words only");
  const counts = new Map<string, number>();
  for (const { words } of trees)
    for (const word of words) {
      if (word === undefined) continue;
      const lower = word.toLowerCase();
      counts.set(lower, (counts.get(lower) ?? 0) + 1);
    }
  const words = [...counts]
    .filter(([, count]) => count >= least)
    .sort(([, a], [, b]) => b - a)
    .slice(0, rows - 1)
    .map(([word]) => word);
  const places = new Map(words.map((word, place) => [word, place + 1]));
  return { words, rows: words.length + 1, rowOf: (word) => places.get(word.toLowerCase()) ?? UNKNOWN };
}

/** A step for each node, which is judged against the node's label. */
export const actionsOf = ({ words }: Tree, { rowOf }: Vocabulary): number[] =>
  words.map((word) => (word === undefined ? REDUCE : rowOf(word)));

/** The words alone, from left to right: what a network reads that knows no trees. */
export const sentenceOf = (tree: Tree, vocabulary: Vocabulary): number[] =>
  actionsOf(tree, vocabulary).filter((action) => action !== REDUCE);

/** In %. The first chooses among checkpoints, as in the paper. */
export type SentimentScores = { binaryRoot: number; fineAll: number; fineRoot: number };

/**
 * Binary: whether 3 and 4 have more of the probability than 0 and 1, of sentences that are not neutral; fine: which of five.
 * @param results logits of each tree, [nodes][5]
 */
export function scoreSentiment(trees: readonly Tree[], results: readonly Float32Array[]): SentimentScores {
  let [nodes, rightNodes, rightRoots, polar, rightPolar] = [0, 0, 0, 0, 0];
  trees.forEach(({ labels }, i) => {
    const root = labels.length - 1;
    const told = labels.map((_, node) => greatest(results[i], node * classes, classes));
    nodes += labels.length;
    rightNodes += labels.filter((label, node) => told[node] === label).length;
    if (told[root] === labels[root]) rightRoots++;
    if (labels[root] === 2) return;
    polar++;
    if (isPositive(results[i].subarray(root * classes)) === labels[root] > 2) rightPolar++;
  });
  return {
    binaryRoot: (100 * rightPolar) / polar,
    fineAll: (100 * rightNodes) / nodes,
    fineRoot: (100 * rightRoots) / trees.length,
  };
}

// The softmax's denominator is common to both sides.
function isPositive(logits: Float32Array): boolean {
  const most = logits.reduce((so, logit) => Math.max(so, logit), -Infinity);
  const [a, b, , c, d] = logits.map((logit) => Math.exp(logit - most));
  return d + c > a + b;
}

// Words that stand in for the one row that all unknown ones have.
const unknownIn = (trees: readonly Tree[], vocabulary: Vocabulary): number =>
  trees.reduce((count, tree) => count + sentenceOf(tree, vocabulary).filter((row) => row === UNKNOWN).length, 0);

/** Trees one by one; the loss is the sum over a tree's nodes. */
export function sentimentData({ name, hash, splits }: Treebank, vocabulary: Vocabulary): TaskData {
  const framesOf = (tree: Tree): Float32Array => Float32Array.from(checked(actionsOf(tree, vocabulary), 1, DEEPEST));
  return {
    name,
    hash,
    batch(size, random) {
      requireOne(size);
      const tree = random.pick(splits.train);
      return batchOf(framesOf(tree), tree.labels);
    },
    calibration() {
      const random = new Random(1, "sentiment", "calibration");
      return Array.from({ length: 300 }, () => framesOf(random.pick(splits.train)));
    },
    async evaluate(runner, split) {
      const trees = splits[split];
      const scores = scoreSentiment(trees, await runner.run(trees.map(framesOf)));
      return { ...scores, unknownWords: unknownIn(trees, vocabulary) };
    },
  };
}

/** The words of each sentence alone, whose label is judged at its last word. */
export function sentenceData({ name, hash, splits }: Treebank, vocabulary: Vocabulary): TaskData {
  const framesOf = (tree: Tree): Float32Array => Float32Array.from(sentenceOf(tree, vocabulary));
  return {
    name: `${name} as sentences`,
    hash,
    batch: (size, random) =>
      sentenceBatch(
        Array.from({ length: size }, () => random.pick(splits.train)),
        framesOf,
      ),
    calibration() {
      const random = new Random(1, "sentiment", "calibration");
      return Array.from({ length: 300 }, () => framesOf(random.pick(splits.train)));
    },
    async evaluate(runner, split) {
      const trees = splits[split];
      const results = await runner.run(trees.map(framesOf));
      const roots = trees.map(({ words, labels }) => ({ words: words.slice(-1), labels: labels.slice(-1) }));
      const last = results.map((logits) => logits.subarray(-classes));
      const { binaryRoot, fineRoot } = scoreSentiment(roots, last);
      return { binaryRoot, fineRoot, unknownWords: unknownIn(trees, vocabulary) };
    },
  };
}

// Behind the end of a shorter sentence stands its last word again.
function sentenceBatch(trees: readonly Tree[], framesOf: (tree: Tree) => Float32Array): Batch {
  const sentences = trees.map(framesOf);
  const wanted = trees.map(({ labels }) => labels[labels.length - 1]);
  const targets = oneHot(wanted, classes);
  const steps = Math.max(...sentences.map(({ length }) => length));
  return {
    frames: Array.from({ length: steps }, (_, t) =>
      Float32Array.from(sentences, (words) => words[Math.min(t, words.length - 1)]),
    ),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, t) => {
        const ends = sentences.map(({ length }) => length === t + 1);
        if (!ends.includes(true)) return;
        const weights = Float32Array.from(ends, (is) => (is ? 1 / trees.length : 0));
        loss += crossEntropy(network, logits, targets, weights);
        const labels = wanted.map((label, row) => (ends[row] ? label : -1));
        correct += countCorrect(network, logits, labels);
      });
      return { loss, correct, examples: trees.length };
    },
  };
}

function batchOf(actions: Float32Array, labels: readonly number[]): Batch {
  return {
    frames: Array.from(actions, (action) => Float32Array.of(action)),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, node) => {
        const label = [labels[node]];
        loss += crossEntropy(network, logits, oneHot(label, classes), Float32Array.of(1));
        correct += countCorrect(network, logits, label);
      });
      return { loss, correct, examples: labels.length };
    },
  };
}
