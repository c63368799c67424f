// Sentiment over trees: both networks learn a treebank of four words from a short training; the models that ship give their rows' figures in
// V8 and the same bits on a board, where the real treebank is there.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { Random } from "../../host/data/random.ts";
import { type Tree, type Treebank, treeOf } from "../../host/data/sequences/sst-trees.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/sentiment.ts";
import { task as bySentence } from "../../host/tasks/kinds/sentiment-words.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { sentenceData, sentimentData, vocabularyOf } from "../../host/tasks/sources/sentiment.ts";
import type { Recipe } from "../../host/tasks/task.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { readRows } from "../../tools/zoo/rows.ts";
import { boardTest, startBoard } from "../native/program.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = process.env.ENGRAM_DATA ?? join(root, "..", "shared", "data");

/** Of each word what it adds to 2, neutral. */
const worth: Record<string, number> = { good: 1, bad: -1, film: 0, so: 0 };
const random = new Random(1, "made trees");

/** A phrase is as good as its words together. */
function made(words: number): { text: string; sum: number } {
  const label = (sum: number): number => Math.max(0, Math.min(4, 2 + sum));
  if (words === 1) {
    const word = random.pick(Object.keys(worth));
    return { text: `(${label(worth[word])} ${word})`, sum: worth[word] };
  }
  const first = 1 + random.int(words - 1);
  const [left, right] = [made(first), made(words - first)];
  const sum = left.sum + right.sum;
  return { text: `(${label(sum)} ${left.text} ${right.text})`, sum };
}

const some = (count: number): Tree[] =>
  Array.from({ length: count }, () => treeOf(made(1 + random.int(6)).text, "made"));
const bank: Treebank = { name: "made", hash: "made", splits: { train: some(300), val: some(100), test: some(10) } };
const vocabulary = vocabularyOf(bank.splits.train);
const data = sentimentData(bank, vocabulary);

const hurry: Partial<Recipe> = { steps: 60, validateEvery: 30, schedule: { kind: "constant", rate: 1e-2 } };

/** The recipe as it is, but for a table of the made words alone, and in a hurry. */
function small(recipe: Recipe): Recipe {
  const [first, ...others] = recipe.blueprint.layers;
  const layers = [{ ...first, sizes: { ...first.sizes, words: vocabulary.rows } }, ...others];
  return { ...recipe, blueprint: { ...recipe.blueprint, layers }, ...hurry };
}

for (const name of ["recursive", "rntn"])
  test(`${name}: a short training learns, and its integers follow`, async () => {
    const model = (await trainTask("sentiment", task, data, small(task.recipes[name]), { seed: 1 }))!;
    const [{ loss: first }, { loss: last }] = model.training.history as { loss: number }[];
    assert.ok(last < 0.8 * first, `${first} to ${last}`);
    const { file } = quantizeTask(model, data.calibration());
    const float = await data.evaluate(floatRunner(model.layers), "val");
    const integer = await data.evaluate(integerRunner(file, "it"), "val");
    assert.ok(float.fineAll > 60, JSON.stringify(float));
    assert.ok(Math.abs(float.fineAll - integer.fineAll) <= 3, JSON.stringify([float, integer]));
  });

test("the network that knows no trees learns as shortly; of each sentence its last word's result counts", async () => {
  const sentences = sentenceData(bank, vocabulary);
  const model = (await trainTask("sentiment-words", bySentence, sentences, small(bySentence.recipes.elman), {
    seed: 1,
  }))!;
  const [{ loss: first }, { loss: last }] = model.training.history as { loss: number }[];
  assert.ok(last < first, `${first} to ${last}`);
  const says = (label: number) => ({
    name: "says",
    inputs: 1,
    outputs: 5,
    run: async (all: readonly Float32Array[]) =>
      all.map(({ length }) => {
        const logits = new Float32Array(5 * length);
        for (let t = 0; t < length; t++) logits[5 * t + (t === length - 1 ? label : 2)] = 1;
        return logits;
      }),
  });
  const roots = bank.splits.val.map(({ labels }) => labels[labels.length - 1]);
  const { fineRoot } = await sentences.evaluate(says(3), "val");
  assert.is(fineRoot, roots.filter((label) => label === 3).length);
});

test("unknown words share a row, and are counted", async () => {
  const few = sentimentData(bank, vocabularyOf(bank.splits.train, { rows: 3 }));
  const seen: number[] = [];
  const runner = {
    name: "sees",
    inputs: 1,
    outputs: 5,
    run: async (all: readonly Float32Array[]) =>
      all.map((stream) => {
        seen.push(...stream);
        return new Float32Array(5 * stream.length);
      }),
  };
  const { unknownWords } = await few.evaluate(runner, "val");
  assert.is(unknownWords, seen.filter((action) => action === 0).length);
  assert.ok(unknownWords > 50 && Math.max(...seen) === 2);
});

test("a tree that takes more than the stack has is refused before anything is sent", async () => {
  const deep = treeOf(`${"(2 (2 so) ".repeat(32)}(2 film)${")".repeat(32)}`, "here:1", 40);
  const wrong = sentimentData({ ...bank, splits: { ...bank.splits, val: [bank.splits.val[0], deep] } }, vocabulary);
  const runner = { name: "none", inputs: 1, outputs: 5, run: async () => assert.unreachable() as never };
  const error = await wrong.evaluate(runner, "val").catch((reason) => reason);
  assert.instance(error, UserError);
  assert.match(error.message, /65 actions take a stack of 33, the model's has 32/);
});

const real = existsSync(join(folder, "sst-trees"));
if (!real) console.log(`  (no data set sst-trees in ${folder}: the shipped models are not tried)`);
const rows = readRows(root).filter((row) => row.task === "sentiment" && row.metric === "binaryRoot");
for (const row of real ? rows : [])
  boardTest(
    `${row.architecture}: the shipped model gives its row's figures, and the same bits on a board`,
    async () => {
      const treebank = await task.open(folder);
      const file = new Uint8Array(readFileSync(join(root, row.model)));
      const v8 = integerRunner(file, row.model);
      assert.is((await treebank.evaluate(v8, "test")).binaryRoot, row.integer);
      const { link } = startBoard();
      const session = await connect(link);
      await session.flashModel(file);
      const some = treebank.calibration().slice(0, 30);
      assert.equal(await boardRunner(session, readModel(file, row.model)).run(some), await v8.run(some));
    },
  );

test.run();
