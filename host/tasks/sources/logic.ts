// How two statements of propositional logic relate, told from their trees. S. R. Bowman, C. Potts, C. D. Manning 2015, "Recursive neural
// networks can learn logical semantics", CVSC workshop, arXiv:1406.1827, section 4; the seven relations of B. MacCartney's natural logic.
// Trees are binary: (a (and b)) and (not a), in which and, or and not are leaves as variables are.
import { createHash } from "node:crypto";
import type { Split } from "../../data/clip.ts";
import { Random } from "../../data/random.ts";
import { countCorrect, crossEntropy, greatest, oneHot } from "../../train/loss.ts";
import type { Batch, TaskData } from "../task.ts";
import { COMPARE, checked, REDUCE } from "./tree-actions.ts";

const variables = 6;
/** Variables that both statements of a pair choose from. */
const chosen = 4;
/** Leaves of trees, by their number in the stream. */
export const leaves = ["a", "b", "c", "d", "e", "f", "and", "or", "not"];
const [AND, OR, NOT] = [6, 7, 8];
/** What a network reads that knows no trees. */
export const tokens = [...leaves, "(", ")", "/"];
const [OPEN, CLOSE, SEPARATOR] = [9, 10, 11];
/** Equal, forward and reverse entailment, negation, alternation, cover, and none of these. */
export const relations = ["=", "<", ">", "^", "|", "v", "#"];
/** Of the generator: halved at each and, or. */
const budget = 12;
/** Connectives: of what is trained on, and of what is asked. */
const [trained, largest] = [4, 12];

/** In which of the 64 worlds a statement is true, a bit for each: world w of the first word has variable n true where bit n of w is set. */
export type Truth = readonly [number, number];

export type Statement = {
  /** In post-order; words are places in `leaves`. */
  actions: number[];
  /** Connectives: and, or, not. */
  size: number;
  truth: Truth;
};

/** `size` is that of the larger; `relation` a place in `relations`. */
export type Pair = { left: Statement; right: Statement; size: number; relation: number };

/** Variables 0 … 4 differ within a word of 32 worlds, variable 5 between the two. */
const truths: Truth[] = [0xaaaaaaaa, 0xcccccccc, 0xf0f0f0f0, 0xff00ff00, 0xffff0000]
  .map((word): Truth => [word | 0, word | 0])
  .concat([[0, -1]]);

/** Of and : or : a variable 2 : 2 : 5; a third of all is then negated. @param among the variables that it may have */
export function statementOf(among: readonly number[], random: Random, depth = budget): Statement {
  const operator = random.int(9);
  const bare =
    operator > 3 || depth < 2 ? variableOf(random.pick(among)) : joined(operator < 2 ? AND : OR, among, random, depth);
  return random.int(3) > 0 ? bare : negated(bare);
}

const variableOf = (variable: number): Statement => ({ actions: [variable], size: 0, truth: truths[variable] });

function joined(operator: number, among: readonly number[], random: Random, depth: number): Statement {
  const half = Math.floor(depth / 2);
  const [a, b] = [statementOf(among, random, half), statementOf(among, random, half)];
  const truth: Truth =
    operator === AND
      ? [a.truth[0] & b.truth[0], a.truth[1] & b.truth[1]]
      : [a.truth[0] | b.truth[0], a.truth[1] | b.truth[1]];
  return { actions: [...a.actions, operator, ...b.actions, REDUCE, REDUCE], size: a.size + b.size + 1, truth };
}

const negated = ({ actions, size, truth }: Statement): Statement => ({
  actions: [NOT, ...actions, REDUCE],
  size: size + 1,
  truth: [~truth[0], ~truth[1]],
});

/** Of statements that are neither always true nor never. @returns a place in `relations` */
export function relationOf(left: Truth, right: Truth): number {
  const some = (of: (a: number, b: number) => number) => (of(left[0], right[0]) | of(left[1], right[1])) !== 0;
  const both = some((a, b) => a & b);
  const [onlyLeft, onlyRight] = [some((a, b) => a & ~b), some((a, b) => ~a & b)];
  const neither = some((a, b) => ~(a | b));
  if (!onlyLeft) return relations.indexOf(onlyRight ? "<" : "=");
  if (!onlyRight) return relations.indexOf(">");
  if (!both) return relations.indexOf(neither ? "|" : "^");
  return relations.indexOf(neither ? "#" : "v");
}

/** A step for each node of the left tree, of the right, and the comparison, which alone is judged. */
export const actionsOf = ({ left, right }: Pair): number[] => [...left.actions, ...right.actions, COMPARE];

/** With its brackets from left to right: ( a ( and b ) ). */
export function tokensOf({ actions }: Statement): number[] {
  const stack: number[][] = [];
  for (const action of actions) {
    if (action !== REDUCE) {
      stack.push([action]);
      continue;
    }
    const [left, right] = stack.splice(-2);
    stack.push([OPEN, ...left, ...right, CLOSE]);
  }
  return stack[0];
}

/**
 * Pairs, each in one split and once. Up to 4 connectives: `train` to train on, 15 % of all held out, a fifth of them for validation; of each
 * size from 5 to 12, `each` to test and half as many for validation.
 */
export function pairsOf({ train = 60_000, each = 1000 } = {}): Record<Split, Pair[]> {
  const all = Math.round(train / 0.85);
  const wanted = (size: number): number => (size <= trained ? all : each + Math.floor(each / 2));
  const found = Array.from({ length: largest + 1 - trained }, (): Pair[] => []);
  const missing = () => found.some(({ length }, i) => length < wanted(trained + i));
  const random = new Random(1, "propositional logic", "pairs");
  const seen = new Set<string>();
  while (missing()) {
    const pair = drawn(random);
    if (!pair || pair.size > largest) continue;
    const alike = found[Math.max(0, pair.size - trained)];
    // Post-order needs no brackets, and the code of an action is that of one character.
    const key = String.fromCharCode(...actionsOf(pair).map((action) => 65 + action));
    if (alike.length === wanted(pair.size) || seen.has(key)) continue;
    seen.add(key);
    alike.push(pair);
  }
  // Those that are drawn late are the rarer ones: without this, test would have more of them.
  new Random(1, "propositional logic", "splits").shuffle(found[0]);
  const val = Math.round((all - train) / 5);
  const splits = { train: found[0].slice(0, train), val: found[0].slice(train, train + val), test: [] as Pair[] };
  splits.test.push(...found[0].slice(train + val));
  for (const alike of found.slice(1)) {
    splits.test.push(...alike.slice(0, each));
    splits.val.push(...alike.slice(each));
  }
  return splits;
}

function drawn(random: Random): Pair | undefined {
  const among = random.shuffle(Array.from({ length: variables }, (_, i) => i)).slice(0, chosen);
  const [left, right] = [statementOf(among, random), statementOf(among, random)];
  if (![left, right].every(isContingent)) return undefined;
  return { left, right, size: Math.max(left.size, right.size), relation: relationOf(left.truth, right.truth) };
}

const isContingent = ({ truth: [a, b] }: Statement): boolean => (a | b) !== 0 && (a & b) !== -1;

/** In % of the pairs of each size from `from` to `to`. @param results logits of each pair, [steps][7], the last step's counts */
export function scoreRelations(pairs: readonly Pair[], results: readonly Float32Array[], from: number, to = from) {
  let [asked, right] = [0, 0];
  pairs.forEach(({ size, relation }, i) => {
    if (size < from || size > to) return;
    asked++;
    if (greatest(results[i], results[i].length - relations.length, relations.length) === relation) right++;
  });
  return (100 * right) / asked;
}

/** What is equal for pairs whose trees differ in their leaves alone: only such can be in a batch, since the cell branches. */
const shapeOf = (pair: Pair): string =>
  String.fromCharCode(...actionsOf(pair).map((action) => 67 + Math.min(action, 0)));

/** `accuracy` of up to 4 connectives, `longer` of 6: more than any that was trained on. */
export function logicData(counts: { train?: number; each?: number } = {}): TaskData {
  const splits = pairsOf(counts);
  const byShape = groupedBy(splits.train, shapeOf);
  return {
    name: "propositional logic",
    hash: createHash("sha256")
      .update(JSON.stringify({ leaves, relations, budget, trained, largest, ...counts }))
      .digest("hex"),
    batch(size, random) {
      const first = random.pick(splits.train);
      const alike = byShape.get(shapeOf(first))!;
      return batchOf([first, ...Array.from({ length: size - 1 }, () => random.pick(alike))], actionsOf);
    },
    ...shown(splits, (pair) => checked(actionsOf(pair), 2)),
  };
}

/** The same pairs for a network that knows no trees: the tokens of both statements, which SEPARATOR divides. */
export function logicTokens(counts: { train?: number; each?: number } = {}): TaskData {
  const splits = pairsOf(counts);
  return {
    name: "propositional logic as text",
    hash: createHash("sha256")
      .update(JSON.stringify({ tokens, relations, budget, trained, largest, ...counts }))
      .digest("hex"),
    batch: (size, random) =>
      batchOf(
        Array.from({ length: size }, () => random.pick(splits.train)),
        textOf,
      ),
    ...shown(splits, textOf),
  };
}

const textOf = ({ left, right }: Pair): number[] => [...tokensOf(left), SEPARATOR, ...tokensOf(right)];

function shown(
  splits: Record<Split, Pair[]>,
  streamOf: (pair: Pair) => readonly number[],
): Pick<TaskData, "calibration" | "evaluate"> {
  const framesOf = (pair: Pair): Float32Array => Float32Array.from(streamOf(pair));
  return {
    calibration() {
      const random = new Random(1, "propositional logic", "calibration");
      return Array.from({ length: 1000 }, () => framesOf(random.pick(splits.train)));
    },
    async evaluate(runner, split) {
      const pairs = splits[split].filter(({ size }) => size <= trained || size === 6);
      const results = await runner.run(pairs.map(framesOf));
      return { accuracy: scoreRelations(pairs, results, 0, trained), longer: scoreRelations(pairs, results, 6) };
    },
  };
}

function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

// Each is judged at its own last step; behind the end of a shorter one stands its last number again.
function batchOf(pairs: readonly Pair[], streamOf: (pair: Pair) => readonly number[]): Batch {
  const streams = pairs.map(streamOf);
  const steps = Math.max(...streams.map(({ length }) => length));
  const wanted = pairs.map(({ relation }) => relation);
  const size = pairs.length;
  const targets = oneHot(wanted, relations.length);
  return {
    frames: Array.from({ length: steps }, (_, step) =>
      Float32Array.from(streams, (stream) => stream[Math.min(step, stream.length - 1)]),
    ),
    loss(network, results) {
      let [loss, correct] = [0, 0];
      results.forEach((logits, step) => {
        const ends = streams.map(({ length }) => length === step + 1);
        if (!ends.includes(true)) return;
        const weights = Float32Array.from(ends, (is) => (is ? 1 / size : 0));
        loss += crossEntropy(network, logits, targets, weights);
        const classes = wanted.map((relation, row) => (ends[row] ? relation : -1));
        correct += countCorrect(network, logits, classes);
      });
      return { loss, correct, examples: size };
    },
  };
}
