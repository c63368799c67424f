// Users' own sequences as a task: who is held out, what is normalised by what, what a model keeps, and what is refused.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Notices } from "../../host/data/notices.ts";
import { Random } from "../../host/data/random.ts";
import type { Training } from "../../host/model/float-model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import type { Opened, OwnTask, Reading, SequenceFacts } from "../../host/tasks/own-data/own-data.ts";
import { openOwn, reopenOwn } from "../../host/tasks/own-data/own-data-open.ts";
import { quantizeJudged } from "../../host/tasks/quantize-task.ts";
import { recipeFor } from "../../host/tasks/recipe.ts";
import { floatRunner, type Runner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import { type Files, inFolder } from "../data/sequences/files.ts";

const reading: Reading = { naming: {}, splitSeed: 1, window: 20 };

type Made = { persons?: number; each?: number; offset?: (person: number) => number; labels?: readonly string[] };

/** Ramps up and down by persons, who each begin elsewhere. */
function ramps({ persons = 10, each = 3, offset = () => 0, labels = ["up", "down"] }: Made = {}): string {
  const random = new Random(1, "own ramps");
  const lines = ["sequence,label,group,a,b"];
  for (let person = 0; person < persons; person++)
    for (const [l, label] of labels.entries())
      for (let i = 0; i < each; i++) {
        const steps = 6 + random.int(6);
        for (let t = 0; t < steps; t++) {
          const value = offset(person) + (l ? -1 : 1) * (t / steps - 0.5) + random.uniform(-0.1, 0.1);
          lines.push(`${person}-${label}-${i},${label},p${person},${value},${random.uniform(-1, 1)}`);
        }
      }
  return `${lines.join("\n")}\n`;
}

const opens = (kind: OwnTask, files: Files, of: Partial<Reading> = {}, notices = new Notices()): Promise<Opened> =>
  inFolder(files, (folder) => openOwn(kind, [folder], { ...reading, ...of }, notices));

/** Expects a sentence, folders left out, and a hint. */
async function refused(opening: (folder: string) => Promise<unknown>, files: Files, what: RegExp): Promise<void> {
  await inFolder(files, async (folder) => {
    const error = await opening(folder).then(
      () => assert.unreachable("it was taken"),
      (reason: Error) => reason,
    );
    assert.instance(error, UserError, String(error));
    assert.match((error as UserError).message.replaceAll(`${folder}/`, ""), what);
    assert.ok((error as UserError).hint.length > 10);
  });
}

const refuses = (kind: OwnTask, files: Files, what: RegExp, of: Partial<Reading> = {}) =>
  refused((folder) => openOwn(kind, [folder], { ...reading, ...of }, new Notices()), files, what);

const factsOf = ({ data }: Opened) => data.facts as SequenceFacts;

/** A runner that answers by a function of a step's frame. */
const answering = (inputs: number, outputs: number, answer: (frame: Float32Array) => number[]): Runner => ({
  name: "none",
  inputs,
  outputs,
  run: async (sequences) =>
    sequences.map((x) =>
      Float32Array.from(
        Array.from({ length: x.length / inputs }, (_, t) => answer(x.subarray(t * inputs, (t + 1) * inputs))).flat(),
      ),
    ),
});

const trainingOf = ({ data }: Opened, task: OwnTask): Training => ({
  task,
  recipe: {},
  seed: 1,
  data: { name: data.name, hash: data.hash },
  sequences: data.facts,
  accuracy: {},
});

test("whole groups are held out, each class in every part", async () => {
  const { parts } = factsOf(await opens("classify", { "own.csv": ramps() }));
  assert.equal(
    [parts.train, parts.val, parts.test].map(({ groups }) => groups),
    [8, 1, 1],
  );
  assert.equal(
    [parts.train, parts.val, parts.test].map(({ sequences }) => sequences),
    [48, 6, 6],
  );
});

test("without groups each class gives its share", async () => {
  const opened = await opens("classify", {
    "own.csv": ramps()
      .replace("group", "ignored")
      .replaceAll(/,p\d+,/g, ",0,"),
  });
  const { test: found } = factsOf(opened).parts;
  assert.equal([found.sequences, found.groups], [6, undefined]);
  const { confusion } = await opened.data.examine!(
    answering(3, 2, () => [1, 0]),
    "test",
  );
  assert.equal(confusion, [
    [3, 0],
    [3, 0],
  ]);
});

test("the seed of the split decides who tests, the same one alike", async () => {
  const hold = async (splitSeed: number) => {
    const opened = await opens("classify", { "own.csv": ramps({ offset: (person) => person }) }, { splitSeed });
    return factsOf(opened).normalization.mean[0];
  };
  const means = [await hold(1), await hold(1), await hold(2), await hold(3)];
  assert.is(means[0], means[1]);
  assert.ok(new Set(means).size > 2, `${means}`);
});

test("normalisation is of training alone, and is applied to the frames", async () => {
  const split = (part: string, value: number) =>
    Array.from({ length: 6 }, (_, i) => `${part}${i},${i % 2 ? "x" : "y"},${part},${value + (i % 3) - 1}\n`).join("");
  const rows = `sequence,label,split,a\n${split("train", 5)}${split("val", 50)}${split("test", 500)}`;
  const opened = await opens("classify", { "own.csv": rows });
  assert.equal(factsOf(opened).normalization.mean, [5]);
  const frames = opened.data.calibration().map((x) => x[0]);
  const deviation = Math.sqrt(2 / 3);
  assert.equal(new Set(frames), new Set([Math.fround(-1 / deviation), 0, Math.fround(1 / deviation)]));
});

test("a model keeps neither paths nor numbers of the data", async () => {
  await inFolder({ "own.csv": ramps() }, async (folder) => {
    const opened = await openOwn("classify", [join(folder, "own.csv")], reading, new Notices());
    assert.is(opened.data.name, "own");
    assert.match(opened.data.hash, /^[0-9a-f]{64}$/);
    assert.not.match(JSON.stringify(trainingOf(opened, "classify")), /\/|p\d/);
  });
});

test("the baseline of classes is the class most frequent in training", async () => {
  const rare = ramps({ labels: ["up", "up2", "down"] }).replaceAll(",up2,", ",up,");
  const opened = await opens("classify", { "own.csv": rare });
  const { baseline, scores } = await opened.data.examine!(
    answering(2, 2, () => [1, 0]),
    "test",
  );
  assert.equal(opened.task.labels, ["down", "up"]);
  assert.ok(Math.abs(baseline! - 200 / 3) < 1e-9 && Math.abs(scores.accuracy - 100 / 3) < 1e-9);
});

test("a short training tells classes apart; a model's file keeps what its integers made of the test", async () => {
  const opened = await opens("classify", { "own.csv": ramps() });
  const { task, data } = opened;
  const recipe = recipeFor(task, { cell: "fastgrnn", units: 8, steps: 120 });
  const model = await trainTask("classify", task, data, recipe, { seed: 1 });
  assert.equal(model!.training.sequences, data.facts);
  const float = await data.examine!(floatRunner(model!.layers), "test");
  assert.ok(float.scores.accuracy > 90, `${float.scores.accuracy} %`);
  let integer = 0;
  const { file } = await quantizeJudged(model!, data.calibration(), async (runner) => {
    integer = (await data.evaluate(runner, "test")).accuracy;
    return { kept: "in the file" };
  });
  assert.is(integer, float.scores.accuracy);
  assert.match(Buffer.from(file).toString("latin1"), /"kept":"in the file"/);
});

const series = (steps: number, more = "") =>
  `a,b${more && ",c"}\n${Array.from({ length: steps }, (_, t) => `${t % 7},${(t % 5) - 2}${more && `,${(t % 7) * 10}`}\n`).join("")}`;

test("the next step's values are what is predicted; repeating the last step is what it is held against", async () => {
  const opened = await opens("predict", { "own.csv": series(200) });
  assert.equal([opened.task.inputs, opened.task.outputs], [2, 2]);
  const same = await opened.data.examine!(
    answering(2, 2, (frame) => [...frame]),
    "test",
  );
  assert.is(same.scores.error, same.baseline);
  const { mean, deviation } = factsOf(opened).normalization;
  const next = await opened.data.examine!(
    answering(2, 2, (frame) => {
      const [a, b] = [0, 1].map((i) => Math.round(frame[i] * deviation[i] + mean[i]));
      return [((a + 1) % 7) - mean[0], ((b + 3) % 5) - 2 - mean[1]].map((value, i) => value / deviation[i]);
    }),
    "test",
  );
  assert.ok(next.scores.error < 1e-10, `${next.scores.error}`);
  assert.equal(
    next.values!.map(({ name }) => name),
    ["a", "b"],
  );
});

test("named targets are predicted at their own step, errors are in their unit", async () => {
  const opened = await opens("predict", { "own.csv": series(200, "c") }, { naming: { targets: ["c"] } });
  assert.equal([opened.task.inputs, opened.task.outputs], [2, 1]);
  const { targets, normalization } = factsOf(opened);
  const found = await opened.data.examine!(
    answering(2, 1, (frame) => {
      const a = frame[0] * normalization.deviation[0] + normalization.mean[0];
      return [(10 * a + 3 - targets!.normalization.mean[0]) / targets!.normalization.deviation[0]];
    }),
    "test",
  );
  assert.ok(Math.abs(found.values![0].error - 3) < 1e-4, `${found.values![0].error}`);
  assert.ok(Math.abs(found.values![0].baseline - 20) < 3, `${found.values![0].baseline}`);
});

test("training reads stretches of the window's length, of which each has its frames and targets", async () => {
  const { data } = await opens("predict", { "own.csv": series(300) });
  const { frames } = data.batch(4, new Random(1));
  assert.equal([frames.length, frames[0].length], [20, 8]);
  const [first, second] = frames.map((frame) => Math.round((frame[0] - frames[0][0]) * 2));
  assert.is(first, 0);
  assert.ok(second !== 0);
  assert.ok(data.calibration().every((x) => x.length === 40));
});

test("the same data is divided again as it was", async () => {
  const files = { "own.csv": ramps({ offset: (person) => person }) };
  await inFolder(files, async (folder) => {
    const first = await openOwn("classify", [folder], { ...reading, splitSeed: 3 }, new Notices());
    const again = await reopenOwn(trainingOf(first, "classify"), ["down", "up"], [folder], new Notices());
    const all = (opened: Opened) => opened.data.calibration().map((x) => [...x]);
    assert.equal(all(again), all(first));
  });
});

test("data that changed does not quantize, and tests only what it calls test itself", async () => {
  const files = { "own.csv": ramps() };
  await inFolder(files, async (folder) => {
    const file = join(folder, "own.csv");
    const training = trainingOf(await openOwn("classify", [file], reading, new Notices()), "classify");
    const again = (split?: "val" | "test") => (paths: string[]) =>
      reopenOwn(training, ["down", "up"], paths, new Notices(), split);
    writeFileSync(file, ramps({ persons: 11 }));
    await refused(
      () => again()([file]),
      {},
      /own has changed since the model was trained on it \(SHA-256 [0-9a-f]{12}…, then [0-9a-f]{12}…\)$/,
    );
    await refused(() => again("test")([file]), {}, /and no sequence of it says that it is for test$/);
    writeFileSync(join(folder, "test.csv"), ramps({ persons: 2, each: 1 }));
    const { data } = await again("test")([join(folder, "test.csv")]);
    const { confusion } = await data.examine!(
      answering(2, 2, () => [1, 0]),
      "test",
    );
    assert.equal(confusion, [
      [2, 0],
      [2, 0],
    ]);
    writeFileSync(join(folder, "test.csv"), ramps({ persons: 2, each: 1 }).replace(",a,b", ",b,a"));
    await refused(
      () => again("test")([join(folder, "test.csv")]),
      {},
      /has the inputs b, a, the model was trained on a, b$/,
    );
    writeFileSync(join(folder, "test.csv"), ramps({ persons: 2, each: 1 }).replaceAll("down", "dwn"));
    await refused(() => again("test")([join(folder, "test.csv")]), {}, /label "dwn" is unknown; did you mean "down"$/);
  });
});

test("a model that does not say how its sequences are read is refused", () =>
  refused(
    (folder) =>
      reopenOwn(
        { task: "classify", recipe: {}, seed: 1, data: { name: "own", hash: "" }, accuracy: {} },
        ["down", "up"],
        [folder],
        new Notices(),
      ),
    { "own.csv": ramps() },
    /^the model does not say how its sequences are read for classify$/,
  ));

const whole = ramps();
const first = whole.split("\n").slice(0, 3).join("\n");
for (const [what, kind, files, sentence, naming] of [
  ["ragged rows", "classify", { "own.csv": `${first}\n1,up,p1,3\n` }, /^own\.csv:4: 4 values, expected 5$/],
  [
    "NaN",
    "classify",
    { "own.csv": whole.replace(/,[-.\d]+\n/, ",NaN\n") },
    /^own\.csv:2: column "b" holds "NaN", not a finite/,
  ],
  [
    "infinity",
    "predict",
    { "own.csv": `${series(50)}1e99,2\n` },
    /^own\.csv:52: column "a" holds "1e99", not a finite number$/,
  ],
  ["one class", "classify", { "own.csv": ramps({ labels: ["up"] }) }, /has the one class "up"$/],
  [
    "a class of two sequences",
    "classify",
    { "own.csv": `${whole}x,odd,p0,1,1\ny,odd,p1,1,2\n` },
    /^class "odd" has 2 sequences in .*, too few to train, validate and test$/,
  ],
  ["a class of one sequence", "classify", { "own.csv": `${whole}x,odd,p0,1,1\n` }, /^class "odd" has one sequence in /],
  [
    "no labels",
    "classify",
    { "own.csv": whole.replace("label", "kind").replaceAll(/,(up|down),/g, ",1,") },
    /has no labels$/,
  ],
  ["an unknown label column", "classify", { "own.csv": whole }, /^own\.csv has no column "lable"$/, { label: "lable" }],
  ["an unknown target", "predict", { "own.csv": series(50) }, /^own\.csv has no column "c"$/, { targets: ["c"] }],
  [
    "an input that is a target",
    "predict",
    { "own.csv": series(50) },
    /^column "b" is both/,
    { inputs: ["a", "b"], targets: ["b"] },
  ],
  [
    "one group",
    "classify",
    { "own.csv": ramps({ persons: 1, each: 9 }) },
    /has 1 group to divide into train, test and val$/,
  ],
  ["an empty file", "classify", { "own.csv": "" }, /^own\.csv holds no sequences$/],
  ["an empty file beside others", "classify", { "a.csv": whole, "own.csv": "x\n" }, /^own\.csv holds no sequences$/],
  [
    "files of other widths",
    "predict",
    { "a.csv": series(50), "b.csv": series(50, "c") },
    /^b\.csv:2 has 3 inputs a step, expected 2/,
  ],
  ["no steps", "predict", { "own.ndjson": `${JSON.stringify({ x: [] })}\n` }, /^own\.ndjson:1: x is empty$/],
  [
    "one step to predict from",
    "predict",
    {
      "own.csv": `sequence,a\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 3}\n${i === 9 ? "" : `${i},${i % 5}\n`}`).join("")}`,
    },
    /^own\.csv:20 has one step, expected at least 2 to predict the next one from$/,
  ],
  [
    "a short series",
    "predict",
    { "own.csv": series(30) },
    /a single sequence of 30 steps leaves 3 for test, expected at least 10$/,
  ],
  [
    "a very long sequence with one label",
    "classify",
    {
      "own.ndjson": ["x", "y"]
        .flatMap((label) => [1, 2, 3].map((i) => JSON.stringify({ label, x: Array(5000).fill(i) })))
        .join("\n"),
    },
    /^own\.ndjson:1 has 5000 steps, expected at most 4096/,
  ],
] as [string, OwnTask, Files, RegExp, Reading["naming"]?][])
  test(`${kind} refuses ${what}`, () => refuses(kind, files, sentence, naming && { naming }));

test("a file that is not there is refused by its name", () =>
  refused(
    (folder) => openOwn("classify", [join(folder, "gone.csv")], reading, new Notices()),
    {},
    /gone\.csv does not exist$/,
  ));

test("where a class that one person alone has is tested nowhere, the figures are said to say little", async () => {
  const alone = Array.from({ length: 4 }, (_, i) => `odd${i},odd,p0,${i},1\n`).join("");
  const notices = new Notices();
  await opens("classify", { "own.csv": ramps() + alone }, {}, notices);
  assert.equal(
    notices.lines.filter((line) => line.endsWith(": odd")),
    ["val", "test"].map((split) => `${split} has no sequences of a class, so its figure says little: odd`),
  );
});

test.run();
