// The Stanford Sentiment Treebank: sentences as binary trees, every phrase with its sentiment, 0 (very negative) to 4 (very positive).
// R. Socher, A. Perelygin, J. Wu, J. Chuang, C. Manning, A. Ng, C. Potts 2013, "Recursive deep models for semantic compositionality over a
// sentiment treebank", EMNLP. The split is the published one, in which 3 sentences of test and 1 of dev stand in train as well.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../../spec/user-error.ts";
import type { Split } from "../clip.ts";
import { linesOf } from "./bytes.ts";

/** A sentence, its nodes in post-order: children before their parent, the left one first. */
export type Tree = {
  /** A leaf's word; undefined where a node joins the two uppermost before it. */
  words: (string | undefined)[];
  /** 0 … 4 of each node; the last is the sentence's. */
  labels: number[];
};

export type Treebank = {
  name: string;
  /** SHA-256 of the lines that are read. */
  hash: string;
  splits: Record<Split, Tree[]>;
};

export const SENTIMENTS = ["very negative", "negative", "neutral", "positive", "very positive"];
export const PUBLISHED: Record<Split, number> = { train: 8544, val: 1101, test: 2210 };
/** Entries of a stack that builds a tree. The treebank's deepest takes 29. */
export const DEEPEST = 32;

const FILES: Record<Split, string> = { train: "train.txt.gz", val: "dev.txt.gz", test: "test.txt.gz" };

/**
 * Reads train.txt.gz, dev.txt.gz and test.txt.gz: a tree a line, `(3 (2 so) (4 lovely))`. Of train only the first `counts.train` lines: in
 * a copy that goes about, dev stands below them.
 * @throws UserError for a file that is missing or holds another number of trees, and for a line that is no binary tree or too deep
 */
export async function readTreebank(folder: string, counts = PUBLISHED, deepest = DEEPEST): Promise<Treebank> {
  const hash = createHash("sha256");
  const read = async (split: Split): Promise<Tree[]> => {
    const path = join(folder, FILES[split]);
    const trees: Tree[] = [];
    for await (const { text, line } of linesOf(path)) {
      if (split === "train" && trees.length === counts.train) break;
      trees.push(treeOf(text, `${path}:${line}`, deepest));
      hash.update(`${text}\n`);
    }
    if (trees.length !== counts[split])
      throw new UserError(
        `${path} has ${trees.length} trees, expected ${counts[split]}`,
        "Give the treebank as it was published: docs/data.md.",
      );
    hash.update(`${split}\n`);
    return trees;
  };
  const splits = { train: await read("train"), val: await read("val"), test: await read("test") };
  return { name: "sst-trees", hash: hash.digest("hex"), splits };
}

type Open = { column: number; label?: number; word?: string; children: number };

/**
 * The tree of a line. Only the ASCII space separates: words hold others, U+00A0 in "8 1\/2".
 * @param origin `file:line`
 * @throws UserError for anything but one tree of labels 0 … 4 whose nodes have a word or two children, and for one that is too deep
 */
export function treeOf(line: string, origin: string, deepest = DEEPEST): Tree {
  const refuse: Refuse = (column, what) => {
    throw new UserError(`${origin}, column ${column + 1}: ${what}`, "A tree should look like (3 (2 so) (4 lovely)).");
  };
  const tree: Tree = { words: [], labels: [] };
  const open: Open[] = [];
  for (const { 0: token, index } of line.matchAll(/[()]|[^ ()]+/g)) {
    if (open.length === 0 && tree.labels.length > 0) refuse(index, `"${token}" follows the tree's end`);
    const node = open.at(-1);
    if (token === "(") {
      if (node && node.label === undefined) refuse(node.column, "a node has no label");
      if (node) node.children++;
      open.push({ column: index, children: 0 });
    } else if (!node) refuse(index, `"${token}" stands where a tree begins`);
    else if (token === ")") {
      const { word, label } = closed(node, refuse);
      tree.words.push(word);
      tree.labels.push(label);
      open.pop();
    } else if (node.label === undefined) {
      if (!/^[0-4]$/.test(token)) refuse(index, `the label is "${token}", expected 0 to 4`);
      node.label = Number(token);
    } else if (node.word === undefined) node.word = token;
    else refuse(index, `the word "${token}" follows the word "${node.word}" in one node`);
  }
  if (open.length > 0) refuse(open[open.length - 1].column, "a node is not closed");
  if (tree.labels.length === 0) refuse(0, "there is no tree");
  requireStack(tree, origin, deepest);
  return tree;
}

type Refuse = (column: number, what: string) => never;

function closed({ column, label, word, children }: Open, refuse: Refuse): { word?: string; label: number } {
  if (label === undefined) return refuse(column, "a node has no label");
  if (word !== undefined && children > 0) refuse(column, `a node has the word "${word}" and children`);
  if (word === undefined && children !== 2) refuse(column, `a node has ${children} children, expected a word or 2`);
  return { word, label };
}

function requireStack({ words }: Tree, origin: string, deepest: number): void {
  let [height, most] = [0, 0];
  for (const word of words) {
    height += word === undefined ? -1 : 1;
    most = Math.max(most, height);
  }
  if (most > deepest)
    throw new UserError(
      `${origin}: the tree takes a stack of ${most}, at most ${deepest} is possible`,
      "Leave the sentence out.",
    );
}
