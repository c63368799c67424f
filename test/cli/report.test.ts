// engram report and the learning curves of engram train: what stands in them, that they are sound, and what they refuse.
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { curvesFile } from "../../host/cli/report/curves.ts";
import { markup } from "../../host/cli/report/markup.ts";
import { quantizationSection } from "../../host/cli/report/sections.ts";
import { Random } from "../../host/data/random.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { type Epoch, encodeFloatModel } from "../../host/model/float-model.ts";
import { engram, replaced, temporaryFolder } from "./engram.ts";
import { tinyFloatModel, tinyModel } from "./tiny-model.ts";

const folder = temporaryFolder();
const place = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(place(name), "utf8");
const json = (args: string[]) => {
  const ran = engram([...args, "--json"]);
  assert.is(ran.code, 0, ran.error);
  return JSON.parse(ran.out);
};

/** Tones of a label's own pitch, in as many clips as each split is to have. */
function record(data: string, labels: readonly string[], splits: Record<string, number>): string {
  for (const [split, count] of Object.entries(splits)) {
    for (const [l, label] of labels.entries()) {
      mkdirSync(join(place(data), split, label), { recursive: true });
      for (let i = 0; i < count; i++) {
        const random = new Random(i, split, label);
        const samples = Int16Array.from(
          { length: 16000 },
          (_, t) => 3000 * Math.sin(t * 0.1 * (l + 1)) + 300 * random.normal(),
        );
        writeFileSync(join(place(data), split, label, `${i}.wav`), encodeWav(samples, 16000));
      }
    }
  }
  return place(data);
}

const history = (epochs: number): Epoch[] =>
  Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    loss: 2 / (i + 1),
    accuracy: i / epochs,
    validation: i === 3 ? 0.875 : i / epochs / 2,
    rate: 0.004,
  }));

const data = record("data", ["yes", "no"], { test: 3 });
const float = await tinyFloatModel();
float.training.history = history(6);
writeFileSync(place("tiny.model"), encodeFloatModel(float));
writeFileSync(place("tiny.engram"), await tinyModel());

/** Every element is closed in its turn: browsers repair in silence what is not. */
function assertNested(page: string): void {
  const open: string[] = [];
  for (const [, closing, name, rest] of page.matchAll(/<(\/?)([a-zA-Z][a-z0-9]*)([^>]*)>/g)) {
    if (["meta", "!DOCTYPE"].includes(name) || rest.endsWith("/")) continue;
    if (closing) assert.is(open.pop(), name);
    else open.push(name);
  }
  assert.equal(open, []);
}

function assertSelfContained(page: string): void {
  assert.ok(page.startsWith("<!DOCTYPE html>\n<html lang="));
  assert.not.match(page, /<script|<link|<iframe|\bsrc=|\bhref=|url\(|@import|https?:|\son\w+=/i);
  assertNested(page);
}

test("a float model's page has its curves, layers, and what it takes for what", () => {
  const said = json(["report", place("tiny.model"), "--data", data]);
  assert.is(said.out, place("tiny.html"));
  assert.is(said.epochs, 6);
  assert.is(said.on, "float");
  const page = text("tiny.html");
  assert.is(said.bytes, Buffer.byteLength(page));
  assertSelfContained(page);
  assert.is(page.match(/<svg /g)?.length, 2);
  assert.match(page, /parameters of epoch 4, the best of 6 on validation: 87\.50 %/);
  assert.match(page, /<bdi>gru<\/bdi><\/th><td class="text">8 units, 40 inputs/);
  const score = json(["evaluate", place("tiny.model"), "--data", data]);
  assert.equal(said.confusion, score.confusion);
  for (const { label, recall, clips } of said.classes) {
    assert.is(recall, score.perClass[label]);
    const shown = recall === null ? "–" : `${(100 * recall).toFixed(2)} %`;
    assert.match(page, new RegExp(`<bdi>${label}</bdi></th><td>${shown}</td><td>[^<]*</td><td>${clips}</td>`));
  }
  const decided = score.confusion.reduce((sum: number, row: number[]) => sum + row[1], 0);
  const precision = decided > 0 ? score.confusion[1][1] / decided : null;
  assert.is(said.classes[1].precision, precision);
});

test("a board's file has its sizes on the page, as inspect tells them", () => {
  const { weightBytes, ramBytes, ram, macsPerStep, name } = json(["inspect", place("tiny.engram")]);
  json(["report", place("tiny.engram"), "--out", place("board.html")]);
  const page = text("board.html");
  assertSelfContained(page);
  for (const figure of [weightBytes, ramBytes, ...Object.values(ram), macsPerStep])
    assert.ok(page.includes(figure.toLocaleString("en")), `${figure}`);
  assert.ok(page.includes(name));
  assert.not.match(page, /<svg/, "the model beside it is of another training");
});

test("the same file gives the same bytes", () => {
  for (const out of ["one.html", "two.html"]) json(["report", place("tiny.model"), "--out", place(out)]);
  assert.is(text("one.html"), text("two.html"));
});

test("train draws curves, quantize leaves them out, and the board's report finds them beside", () => {
  const tones = record("tones", ["yes", "no"], { train: 12, val: 4 });
  const model = place("drawn.model");
  const trained = json(["train", "keywords", "--data", tones, "--units", "4", "--epochs", "3", "--out", model]);
  assert.is(trained.curves, place("drawn.svg"));
  const svg = text("drawn.svg");
  assert.ok(svg.length < 30_000);
  assertNested(svg);
  assert.not.match(svg, /<script|href|url\(/);
  assert.match(svg, /epoch 1 to .* in epoch 3/);
  assert.equal(
    json(["inspect", model]).training.history.map(({ epoch }: Epoch) => epoch),
    [1, 2, 3],
  );
  json(["quantize", model, "--data", tones, "--threshold", "0.5", "--out", place("drawn.engram")]);
  assert.not.ok("history" in json(["inspect", place("drawn.engram")]).training);
  assert.is(json(["report", place("drawn.engram")]).epochs, 3);
  assert.match(text("drawn.html"), /From <bdi>drawn\.model<\/bdi>[\s\S]*<svg[\s\S]*decisions equal[\s\S]* dB</);
  copyFileSync(place("drawn.engram"), place("tiny.engram"));
  assert.is(json(["report", place("tiny.engram"), "--out", place("other.html")]).epochs, 0);
});

test("somebody else's drawing beside the model stays, and training does not fail for it", () => {
  writeFileSync(place("logo.svg"), "<svg/>");
  const args = ["train", "keywords", "--data", place("tones"), "--units", "4", "--epochs", "1"];
  const ran = engram([...args, "--out", place("logo.model"), "--json"]);
  assert.is(ran.code, 0, ran.error);
  assert.not.ok("curves" in JSON.parse(ran.out));
  assert.match(ran.error, /curves are not drawn: .*logo\.svg is there already/);
  assert.is(text("logo.svg"), "<svg/>");
});

test("labels, names and facts of a file say nothing but themselves", async () => {
  const label = '<script>alert("1")&';
  const model = await tinyFloatModel();
  model.labels = [label, "no", "unknown", "silence"];
  model.training.task = "</style><script>";
  model.training.recipe = { "<img src=x onerror=alert(1)>": { "'": ["<b>"] } };
  writeFileSync(place("<b>.model"), encodeFloatModel(model));
  const hostile = record("hostile", [label, "no"], { test: 2 });
  json(["report", place("<b>.model"), "--data", hostile, "--out", place("hostile.html")]);
  const page = text("hostile.html");
  assertNested(page);
  assert.not.match(page, /<script|<img|<b>/);
  assert.is(page.match(/<\/style>/g)?.length, 1);
  assert.ok(page.includes("&lt;script&gt;alert(&quot;1&quot;)&amp;"));
  assert.ok(page.includes("&lt;img src=x onerror=alert(1)&gt;"));
});

test("what is no text in HTML or XML is replaced", () => {
  assert.is(markup`${"a\0b\u001bc\ud800d\uffffe\u{1f600}"}`.text, "a\ufffdb\ufffdc\ufffdd\ufffde\u{1f600}");
});

test("an older file without a history still has a report", async () => {
  writeFileSync(place("old.model"), encodeFloatModel(await tinyFloatModel()));
  assert.is(json(["report", place("old.model")]).epochs, 0);
  assert.match(text("old.html"), /trained by an older version/);
});

test("curves of one epoch, of equal values and of ten thousand epochs are drawn, small and within their axes", () => {
  const flat = history(5).map((entry) => ({ ...entry, loss: 0, accuracy: 1, validation: undefined }));
  for (const epochs of [history(1), flat, history(10_000), history(3).map((entry) => ({ ...entry, loss: 1e-9 }))]) {
    const svg = curvesFile(epochs, "curves");
    assert.ok(svg.length < 30_000, `${svg.length}`);
    assert.not.match(svg, /NaN|Infinity|undefined/);
    for (const [, x, y] of svg.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g))
      assert.ok(+x >= 52 && +x <= 456 && +y >= 36 && +y <= 214, `${x} ${y}`);
  }
  const peak = history(10_000).map((entry) => ({ ...entry, loss: entry.epoch === 7777 ? 5 : 1 }));
  assert.match(curvesFile(peak, "peak"), /<path class="line training" d="[^"]*L[\d.]+ 52L/);
});

test("a task's own measure stands where others have what came out right", async () => {
  const model = await tinyFloatModel();
  const metric = { name: "error", unit: "MSE", better: "lower" };
  const entry = (epoch: number, error: number): Epoch => ({ ...history(1)[0], epoch, validation: -error });
  const entries = [entry(1, 2.5), entry(2, 0.125), entry(3, 0.75)];
  Object.assign(model, { frontEnd: undefined });
  Object.assign(model.training, { metric, accuracy: { val: 0.125 }, history: entries });
  writeFileSync(place("task.model"), encodeFloatModel(model));
  json(["report", place("task.model")]);
  const page = text("task.html");
  assertSelfContained(page);
  assert.match(page, /<dt>error on validation<\/dt><dd>0\.125 MSE<\/dd>/);
  assert.match(page, /parameters of epoch 2, the best of 3 on validation: 0\.125 MSE/);
  assert.match(page, /error, MSE by epoch: validation from 2\.5\d* in epoch 1 to 0\.75\d* in epoch 3/);
  assert.not.match(page, /right on|right, %|\d %</);
  const { code, error } = engram(["report", place("task.model"), "--data", data]);
  assert.is(code, 1);
  assert.match(error, /takes no sound/);
});

test("what decides between no classes has labels but does not tell them apart, and no empty row", () => {
  const training = { ...float.training, metric: { name: "counted", unit: "a's", better: "higher" } as const };
  writeFileSync(place("counted.model"), encodeFloatModel({ ...float, training }));
  json(["report", place("counted.model")]);
  const page = text("counted.html");
  assert.match(page, / with results for 4 labels, as trained/);
  assert.not.match(page, /inputs, made/);
  const quantization = { decisionsEqual: 1, signalToNoise: [40] };
  const costs = (facts: object) => quantizationSection({ quantization, layers: [], training: facts } as never)!.text;
  assert.not.match(costs(training), /decisions equal/);
  assert.match(costs(float.training), /decisions equal<\/th><td>100\.00 %/);
  assert.match(costs(training), /<td class="figure">40\.0 dB/);
});

test("a report replaces a report, but neither the model nor anything else", () => {
  json(["report", place("tiny.model"), "--out", place("again.html")]);
  json(["report", place("tiny.model"), "--out", place("again.html")]);
  writeFileSync(place("notes.html"), "<p>mine</p>");
  symlinkSync(place("tiny.model"), place("link.html"));
  const before = readFileSync(place("tiny.model"));
  for (const name of ["notes.html", "tiny.model", "link.html"]) {
    const { code, error } = engram(["report", place("tiny.model"), "--out", place(name)]);
    assert.is(code, 1);
    assert.match(error, /is there already and is no report/);
  }
  assert.is(text("notes.html"), "<p>mine</p>");
  assert.equal(readFileSync(place("tiny.model")), before);
});

test("what has no report is named in one sentence, and nothing is written", () => {
  const model = readFileSync(place("tiny.model"));
  writeFileSync(place("cut.model"), model.subarray(0, 2000));
  writeFileSync(
    place("flipped.model"),
    model.map((byte, i) => (i === model.length - 9 ? byte ^ 1 : byte)),
  );
  writeFileSync(place("words.txt"), "no model, but words enough to be taken for one");
  const spoilt = structuredClone(float.training);
  spoilt.history = [{ epoch: 1, loss: null as never, accuracy: 1, rate: 1 }];
  writeFileSync(place("spoilt.model"), encodeFloatModel({ ...float, training: spoilt }));
  const out = place("none.html");
  const tiny = place("tiny.model");
  for (const [args, code, words] of [
    [[place("absent.model")], 1, /absent\.model does not exist/],
    [[folder], 1, /is a folder/],
    [[place("cut.model")], 1, /cut\.model/],
    [[place("flipped.model")], 1, /flipped\.model.*damaged/],
    [[place("words.txt")], 1, /words\.txt/],
    [[place("spoilt.model")], 1, /spoilt\.model: its description is damaged/],
    [[tiny, "--split", "val"], 2, /--split is of --data/],
    [[tiny, "--data", data, "--split", "all"], 2, /--split must be/],
    [[tiny, "--data", data, "--split", "val"], 1, /no val clips/],
    [[tiny, "--data", place("nowhere")], 1, /nowhere/],
    [[tiny, "--out", join(folder, "absent", "x.html")], 1, /absent does not exist/],
    [[tiny, "--out", join(tiny, "x.html")], 1, /tiny\.model/],
    [[tiny, "--out", folder], 1, /no file that can be replaced/],
  ] as const) {
    const ran = engram(["report", ...replaced(["--out", out], args)]);
    assert.is(ran.code, code, ran.error);
    assert.match(ran.error, words);
    assert.is(ran.error.trimEnd().split("\n").length, 2, ran.error);
    assert.not.ok(existsSync(out));
  }
});

test.run();
