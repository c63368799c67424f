// The sentiment treebank: lines that are trees and lines that are none, vocabulary, the paper's three figures; counts of the real set, where it is there.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { readTreebank, type Tree, treeOf } from "../../host/data/sequences/sst-trees.ts";
import type { UserError } from "../../host/spec/user-error.ts";
import {
  actionsOf,
  scoreSentiment,
  sentenceOf,
  sentimentData,
  UNKNOWN,
  vocabularyOf,
} from "../../host/tasks/sources/sentiment.ts";
import { REDUCE, stackOf } from "../../host/tasks/sources/tree-actions.ts";
import { firstPass, surprisal } from "./first-pass.ts";

const folder = process.env.ENGRAM_DATA ?? join(fileURLToPath(new URL("../../..", import.meta.url)), "shared", "data");

/** What stands for the tree in its file, built from its stream as a board would: by a stack. */
function written({ words, labels }: Tree): string {
  const stack: string[] = [];
  words.forEach((word, node) => {
    const inside = word ?? stack.splice(-2).join(" ");
    stack.push(`(${labels[node]} ${inside})`);
  });
  assert.is(stack.length, 1);
  return stack[0];
}

const lovely = "(3 (2 It) (4 (4 (2 's) (4 lovely)) (2 .)))";

test("a tree stands in post-order, each node with its label", () => {
  const tree = treeOf(lovely, "here:1");
  assert.equal(tree.words, ["It", "'s", "lovely", undefined, ".", undefined, undefined]);
  assert.equal(tree.labels, [2, 2, 4, 4, 2, 4, 3]);
  assert.is(written(tree), lovely);
});

test("a word may hold a space that is not ASCII's", () => {
  assert.equal(treeOf("(2 (2 8\u00a01\\/2) (2 x))", "here:1").words, ["8\u00a01\\/2", "x", undefined]);
});

for (const [what, line, message] of [
  ["a node of one child", "(3 (2 a))", /^here:7, column 1: a node has 1 children, expected a word or 2/],
  ["a node of three children", "(1 (3 (2 a) (2 b) (2 c)) (2 d))", /column 4: a node has 3 children/],
  ["a node of nothing", "(3 (2 a) (2 ))", /column 10: a node has 0 children/],
  ["a node of two words", "(3 a b)", /column 6: the word "b" follows the word "a" in one node/],
  ["a word beside children", "(3 a (2 b) (2 c))", /column 1: a node has the word "a" and children/],
  ["a label of 5", "(3 (5 a) (2 b))", /column 5: the label is "5", expected 0 to 4/],
  ["a word for a label", "(good (2 a) (2 b))", /column 2: the label is "good"/],
  ["no label before children", "((2 a) (2 b))", /column 1: a node has no label/],
  ["no label at all", "(3 (2 a) ())", /column 10: a node has no label/],
  ["a node left open", "(3 (2 a) (2 b)", /column 1: a node is not closed/],
  ["a bracket too many", "(3 (2 a) (2 b)))", /column 16: "\)" follows the tree's end/],
  ["a second tree", "(2 a) (2 b)", /column 7: "\(" follows the tree's end/],
  ["no tree", "good", /column 1: "good" stands where a tree begins/],
  ["nothing but spaces", "  ", /there is no tree/],
] as const)
  test(`${what} is refused, with file, line and column`, () => {
    assert.throws(
      () => treeOf(line, "here:7"),
      (error: UserError) =>
        error.name === "UserError" && message.test(error.message) && error.message.includes("here:7"),
    );
  });

test("a tree that takes a deeper stack than is possible is refused with the bound; one that leans left takes 2", () => {
  const leaning = (right: boolean, words: number): string => {
    let tree = "(2 w)";
    for (let i = 1; i < words; i++) tree = right ? `(2 (2 w) ${tree})` : `(2 ${tree} (2 w))`;
    return tree;
  };
  assert.is(treeOf(leaning(true, 32), "here:1").words.length, 63);
  assert.throws(() => treeOf(leaning(true, 33), "here:1"), /here:1: the tree takes a stack of 33, at most 32/);
  assert.is(treeOf(leaning(false, 5000), "here:1", 2).words.length, 9999);
});

async function withFiles<T>(lines: Record<string, string[]>, use: (place: string) => Promise<T>): Promise<T> {
  const place = mkdtempSync(join(tmpdir(), "engram-trees-"));
  try {
    for (const [name, text] of Object.entries(lines))
      writeFileSync(join(place, `${name}.txt.gz`), gzipSync(`${text.join("\n")}\n`));
    return await use(place);
  } finally {
    rmSync(place, { recursive: true });
  }
}

const small = { train: [lovely, "(1 (0 bad) (2 .))"], dev: ["(2 .)"], test: ["(0 (2 so) (0 bad))"] };
const counts = { train: 2, val: 1, test: 1 };
const refusal = (lines: Record<string, string[]>): Promise<UserError> =>
  withFiles(lines, (place) => readTreebank(place, counts)).then(
    () => assert.unreachable() as never,
    (error) => error,
  );

test("lines of train beyond the published ones are left out, though they be wrong; fewer are refused", async () => {
  const bank = await withFiles(small, (place) => readTreebank(place, counts));
  const more = await withFiles({ ...small, train: [...small.train, "(wrong"] }, (place) => readTreebank(place, counts));
  assert.equal(more, bank);
  assert.match((await refusal({ ...small, train: [lovely] })).message, /train\.txt\.gz has 1 trees, expected 2$/);
  assert.match(
    (await refusal({ ...small, test: [lovely, lovely, lovely] })).message,
    /test\.txt\.gz has 3 trees, expected 1$/,
  );
  assert.match((await refusal({ train: small.train, dev: small.dev })).message, /test\.txt\.gz cannot be read/);
  assert.match((await refusal({ ...small, dev: ["(2 a"] })).message, /dev\.txt\.gz:1, column 1: a node is not closed$/);
});

test("the hash knows labels, words and splits", async () => {
  const hash = async (lines: Record<string, string[]>, expected = counts) =>
    (await withFiles(lines, (place) => readTreebank(place, expected))).hash;
  const changed = [
    small,
    { ...small, dev: ["(3 .)"] },
    { ...small, dev: small.test, test: small.dev },
    { ...small, train: [...small.train].reverse() },
  ];
  assert.is(new Set(await Promise.all(changed.map((lines) => hash(lines)))).size, 4);
  const moved = { ...small, train: [small.train[0]], dev: [small.train[1], ...small.dev] };
  assert.is.not(await hash(moved, { train: 1, val: 2, test: 1 }), await hash(small));
  assert.is(await hash(small), await hash(small));
});

const trees = ["(2 (2 The) (2 (2 b) (2 a)))", "(2 (2 the) (2 (2 c) (2 a)))"].map((line) => treeOf(line, "here:1"));

test("words are numbered by frequency in lower case, of equals the first; row 0 is the unknown's", () => {
  const all = vocabularyOf(trees);
  assert.equal(all.words, ["the", "a", "b", "c"]);
  assert.is(all.rows, 5);
  const three = vocabularyOf(trees, { rows: 4 });
  assert.equal(three.words, ["the", "a", "b"]);
  assert.equal(vocabularyOf(trees, { least: 2 }).words, ["the", "a"]);
  assert.equal(actionsOf(trees[1], three), [1, UNKNOWN, 2, REDUCE, REDUCE]);
  assert.equal(sentenceOf(trees[1], three), [1, UNKNOWN, 2]);
  assert.is(three.rowOf("THE"), 1);
  for (const rows of [0, 4097])
    assert.throws(() => vocabularyOf(trees, { rows }), /a vocabulary of \d+ rows, expected 1 to 4096/);
});

test("fine counts nodes and sentences; binary is mass against mass, without neutral sentences", () => {
  const asked = ["(4 (2 so) (4 good))", "(0 (2 so) (0 bad))", "(2 so)"].map((line) => treeOf(line, "here:1"));
  const logits = (...rows: number[][]) => Float32Array.from(rows.flat());
  const neutral = [0, 0, 9, 0, 0];
  // The greatest of the first root's is class 0, but 3 and 4 together have more; the second's is right.
  const found = [
    logits(neutral, [0, 0, 0, 0, 9], [2, -9, -9, 1.5, 1.5]),
    logits(neutral, neutral, [3, 0, 0, 2, 0]),
    logits([9, 0, 0, 0, 0]),
  ];
  assert.equal(scoreSentiment(asked, found), { binaryRoot: 100, fineAll: (100 * 4) / 7, fineRoot: 100 / 3 });
  found[0].set([2.3, -9, -9, 1.5, 1.5], 10);
  assert.is(scoreSentiment(asked, found).binaryRoot, 50);
});

test("a batch is one tree, its loss the sum of its nodes' cross-entropy", async () => {
  const bank = await withFiles(small, (place) => readTreebank(place, counts));
  const data = sentimentData(
    { ...bank, splits: { ...bank.splits, train: [treeOf(lovely, "here:1")] } },
    vocabularyOf(bank.splits.train),
  );
  const batch = data.batch(1, new Random(1));
  assert.equal(
    batch.frames.flatMap((frame) => [...frame]),
    [2, 3, 4, REDUCE, 1, REDUCE, REDUCE],
  );
  const { loss, examples, logits, gradients } = await firstPass(batch, 1, 5);
  const wanted = [2, 2, 4, 4, 2, 4, 3].reduce((sum, label, node) => sum + surprisal(logits[node], label), 0);
  assert.ok(Math.abs(loss - wanted) < 1e-4, `${loss}, not ${wanted}`);
  assert.is(examples, 7);
  assert.ok(gradients > 0);
  assert.throws(() => data.batch(2, new Random(1)), /a batch of 2 trees, expected 1/);
});

if (!existsSync(join(folder, "sst-trees")))
  console.log(`  (no data set sst-trees in ${folder}: its counts are not tested)`);
else {
  const bank = await readTreebank(join(folder, "sst-trees"));
  const vocabulary = vocabularyOf(bank.splits.train);

  test("the treebank: every line is written again from its stream, and takes the stack that is known", () => {
    for (const [split, file, most] of [
      ["train", "train", 29],
      ["val", "dev", 23],
      ["test", "test", 28],
    ] as const) {
      const lines = gunzipSync(readFileSync(join(folder, "sst-trees", `${file}.txt.gz`))).toString("utf8");
      assert.is(`${bank.splits[split].map(written).join("\n")}\n`, lines);
      const stacks = bank.splits[split].map((tree) => stackOf(actionsOf(tree, vocabulary)));
      assert.ok(stacks.every(({ left }) => left === 1));
      assert.is(Math.max(...stacks.map((stack) => stack.most)), most);
    }
  });

  test("the treebank: 56 leaves at most, 16,581 words of which 4,095 are known, the last that came four times", () => {
    const leaves = Object.values(bank.splits).flatMap((all) => all.map((tree) => sentenceOf(tree, vocabulary)));
    assert.is(Math.max(...leaves.map(({ length }) => length)), 56);
    assert.is(vocabularyOf(bank.splits.train, { least: 1 }).rows, 4096);
    const distinct = new Set(bank.splits.train.flatMap(({ words }) => words.map((word) => word?.toLowerCase())));
    assert.is(distinct.size - 1, 16581);
    assert.is(vocabulary.words[4094], "artsy");
  });

  test("the treebank: 1,821 sentences of test and 872 of dev are not neutral, and what says one class has its share", async () => {
    const always = (label: number) => ({
      name: "always",
      inputs: 1,
      outputs: 5,
      run: async (all: readonly Float32Array[]) =>
        all.map(({ length }) => Float32Array.from({ length: length * 5 }, (_, i) => (i % 5 === label ? 1 : 0))),
    });
    const data = sentimentData(bank, vocabulary);
    assert.equal(await data.evaluate(always(4), "test"), {
      binaryRoot: (100 * (510 + 399)) / 1821,
      fineAll: (100 * 3791) / 82600,
      fineRoot: (100 * 399) / 2210,
      unknownWords: 5666,
    });
    assert.equal(await data.evaluate(always(0), "val"), {
      binaryRoot: (100 * (139 + 289)) / 872,
      fineAll: (100 * 1070) / 41447,
      fineRoot: (100 * 139) / 1101,
      unknownWords: 2786,
    });
  });
}

test.run();
