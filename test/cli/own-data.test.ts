// engram train classify and predict: users' own sequences from a file to a board and a page, and what is refused on the way.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { missingTools } from "../../host/boards/build.ts";
import { Random } from "../../host/data/random.ts";
import { engram, replaced, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const place = (name: string) => join(folder, name);
const missing = await missingTools();
if (missing) console.log(`${missing.what}: the native board is not tried (${missing.hint})`);

/** Movements of persons, in a unit with an offset: from side to side, up and down, none. */
function movements(persons = 10): string {
  const random = new Random(1, "movements");
  const lines = ["take,move,who,x,y"];
  for (let person = 0; person < persons; person++)
    for (const move of ["side", "lift", "rest"])
      for (let take = 0; take < 2; take++)
        for (let t = 0; t < 12; t++) {
          const swing = (wanted: string) => (move === wanted ? 40 * Math.sin(t) : 0) + random.uniform(-5, 5);
          lines.push(`${person}-${move}-${take},${move},p${person},${100 + swing("side")},${981 + swing("lift")}`);
        }
  return `${lines.join("\n")}\n`;
}
writeFileSync(place("moves.csv"), movements());
const named = ["--label", "move", "--group", "who", "--sequence", "take"];
const json = (args: string[]) => {
  const ran = engram([...args, "--json"], { cwd: folder });
  assert.is(ran.code, 0, ran.error);
  return JSON.parse(ran.out);
};
const train = ["train", "classify", "--data", "moves.csv", ...named, "--cell", "gru", "--units", "8", "--steps", "120"];

test("classes: train, quantize, evaluate, on a board too, and a page of it all", () => {
  const trained = json([...train, "--out", "moves.model"]);
  assert.equal(trained.labels, ["lift", "rest", "side"]);
  assert.equal(trained.parts.test, { sequences: 6, steps: 72, groups: 1 });
  assert.ok(trained.test.accuracy > 80, `${trained.test.accuracy} %`);
  assert.match(readFileSync(place("moves.svg"), "utf8"), /^<!-- learning curves/);
  const quantized = json(["quantize", "moves.model", "--data", "moves.csv", "--out", "moves.engram"]);
  assert.is(quantized.float, trained.test.accuracy);
  const v8 = json(["evaluate", "moves.engram", "--data", "moves.csv"]);
  assert.is(v8.value, quantized.integer);
  assert.equal(v8.confusion, quantized.test.confusion);
  assert.is(json(["evaluate", "moves.model", "--data", "moves.csv"]).value, trained.test.accuracy);
  if (!missing) {
    const on = ["--on", "native", "--flash", place("native.flash")];
    const native = json(["evaluate", "moves.engram", "--data", "moves.csv", ...on]);
    assert.equal([native.on, native.confusion], ["native", v8.confusion]);
  }
  const report = json(["report", "moves.engram"]);
  assert.equal(report.confusion, v8.confusion);
  assert.equal(
    report.classes.map(({ label }: { label: string }) => label),
    trained.labels,
  );
  const page = readFileSync(place("moves.html"), "utf8");
  for (const part of ["On sequences it did not learn from", "<bdi>lift</bdi>", "What the integers cost", "; best "])
    assert.ok(page.includes(part), part);
  assert.match(page, /6 sequences of 1 group, 72 steps/);
  for (const file of ["moves.model", "moves.engram", "moves.html"])
    assert.not.ok(readFileSync(place(file)).includes(folder), `${file} tells where it was made`);
});

test("a report measures again where data is given", () => {
  const { split, confusion } = json([
    "report",
    "moves.engram",
    "--data",
    "moves.csv",
    "--split",
    "val",
    "--out",
    "val.html",
  ]);
  assert.is(split, "val");
  assert.is(
    confusion.flat().reduce((a: number, b: number) => a + b),
    6,
  );
  assert.match(readFileSync(place("val.html"), "utf8"), /of \d+ \w+, held out \d+ for test and \d+ for val: /);
});

test("people read the confusion, and what takes no learning reaches", () => {
  const { out } = engram(["evaluate", "moves.engram", "--data", "moves.csv"], { cwd: folder });
  assert.match(out, /^accuracy \S+ % on v8 \(always the most frequent class: 33\.33 %\)\n {2}is {4}% right {2}→ lift/);
});

test("values: predicted, in integers as in float, and told by column", () => {
  const lines = Array.from({ length: 400 }, (_, t) => `${t},${Math.sin(t / 5)},${20 + 5 * Math.cos(t / 5)}`);
  writeFileSync(place("plant.csv"), `time,load,warmth\n${lines.join("\n")}\n`);
  const data = ["--data", "plant.csv"];
  const trained = json([
    "train",
    "predict",
    ...data,
    "--cell",
    "elman",
    "--units",
    "8",
    "--steps",
    "150",
    "--out",
    "p.model",
  ]);
  assert.ok(trained.test.error < trained.test.baseline, JSON.stringify(trained.test));
  const { float, integer } = json(["quantize", "p.model", ...data, "--out", "p.engram"]);
  assert.ok(Math.abs(integer - float) < 0.05 * float + 1e-4, `${float}, ${integer}`);
  const { values } = json(["evaluate", "p.engram", ...data]);
  assert.equal(
    values.map(({ name }: { name: string }) => name),
    ["load", "warmth"],
  );
  json(["report", "p.model"]);
  assert.match(readFileSync(place("p.html"), "utf8"), /warmth<\/bdi>, of the next step/);
  const named = json([
    "train",
    "predict",
    ...data,
    "--targets",
    "warmth",
    "--inputs",
    "load",
    "--steps",
    "20",
    "--out",
    "w.model",
  ]);
  assert.equal(
    named.test.values.map(({ name }: { name: string }) => name),
    ["warmth"],
  );
});

test("a training that diverges stops, says why, and leaves no model", () => {
  const cell = ["--cell", "mingru", "--units", "64", "--learning-rate", "1", "--steps", "200"];
  const { code, error } = engram(["train", "predict", "--data", "plant.csv", ...cell, "--out", "d.model"], {
    cwd: folder,
  });
  assert.is(code, 1, error);
  assert.match(error, /engram: training diverged after \d+ steps: the loss is .*\n {2}lower the learning rate\n$/);
  assert.not.ok(existsSync(place("d.model")));
});

test("data that changed after the training is refused by quantize, and by evaluate unless it says that it is for the test", () => {
  writeFileSync(place("test.csv"), movements(3));
  writeFileSync(place("other.csv"), movements(3));
  const quantized = engram(["quantize", "moves.model", "--data", "other.csv", "--out", "o.engram"], { cwd: folder });
  assert.is(quantized.code, 1);
  assert.match(
    quantized.error,
    /other is not the data that the model was trained on, moves \(SHA-256 .*\n {2}Give that data/,
  );
  assert.not.ok(existsSync(place("o.engram")));
  const evaluated = engram(["evaluate", "moves.engram", "--data", "other.csv"], { cwd: folder });
  assert.is(evaluated.code, 1);
  assert.match(evaluated.error, /no sequence of it says that it is for test\n {2}.*call the file test\.csv/);
  const { confusion } = json(["evaluate", "moves.engram", "--data", "test.csv"]);
  assert.is(
    confusion.flat().reduce((a: number, b: number) => a + b),
    18,
  );
});

test("a column of words that no option names is asked for, and so is a row of names", () => {
  const tried = (text: string) => {
    writeFileSync(place("words.csv"), text);
    const { code, error } = engram(["train", "classify", "--data", "words.csv", "--out", "bad.model"], { cwd: folder });
    assert.is(code, 1);
    return error;
  };
  assert.match(
    tried("id,kind,x\n1,slow,2\n"),
    /column "kind" holds "slow".*\n {2}Is it the class\? Then --label kind; /,
  );
  assert.match(tried("1,slow,0.1\n1,slow,0.2\n"), /begins with values: 1, slow, 0\.1\n.*name the columns/);
});

for (const [what, args, code, sentence] of [
  ["a column that is not there", ["--label", "mvoe"], 1, /moves\.csv has no column "mvoe"\n {2}Did you mean "move"\?/],
  ["a cell that is not there", ["--cell", "grru"], 2, /no architecture or cell grru\n {2}did you mean gru\?/],
  ["an option that the cell has not", ["--cell", "lstm+peephole"], 2, /option peephole\n {2}did you mean peepholes\?/],
  [
    "a cell that is like none",
    ["--cell", "zz"],
    2,
    /no architecture or cell zz\n {2}there are: gru, bam, chunker, delta, dense/,
  ],
  [
    "a column that is like none",
    ["--sequence", "seq"],
    1,
    /no column "seq"\n {2}Its columns are take, move, who, x, y/,
  ],
  ["a reservoir", ["--cell", "esn"], 1, /esn is a reservoir/],
  ["no units", ["--units", "0"], 2, /--units must be a whole number from 1 to 512, not "0"/],
  ["a file that is not there", ["--data", "gone.csv"], 1, /gone\.csv does not exist/],
  ["targets of classes", ["--targets", "x"], 2, /--targets is for predict, not for classify/],
  ["options of sound", ["--bands", "8"], 2, /--bands is for keywords, not for classify/],
] as [string, string[], number, RegExp][])
  test(`train classify refuses ${what}`, () => {
    const ran = engram(replaced([...train, "--out", "bad.model"], args), { cwd: folder });
    assert.is(ran.code, code, ran.error);
    assert.match(ran.error, sentence);
    assert.not.ok(existsSync(place("bad.model")));
  });

test("train classify asks for data", () => {
  const { code, error } = engram(["train", "classify", "--out", "bad.model"], { cwd: folder });
  assert.is(code, 2);
  assert.match(error, /classify learns from sequences of your own\n {2}.*--data FILE/);
});

test("options of sequences are refused for a task that has its own data", () => {
  const { code, error } = engram(["train", "reber", "--group", "who", "--out", "bad.model"], { cwd: folder });
  assert.is(code, 2);
  assert.match(error, /--group is for classify and predict, not for reber/);
});

test.run();
