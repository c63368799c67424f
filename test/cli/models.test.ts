// inspect, evaluate and export: their figures, and what they refuse.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { readContainer, writeContainer } from "../../host/model/container.ts";
import { encodeFloatModel } from "../../host/model/float-model.ts";
import type { SectionTag } from "../../host/spec/container.ts";
import { engram, temporaryFolder } from "./engram.ts";
import { labels, tinyFloatModel, tinyModel } from "./tiny-model.ts";

const folder = temporaryFolder();
const file = join(folder, "tiny.engram");
const floatFile = join(folder, "tiny.model");
const data = join(folder, "data");
const model = await tinyModel();
writeFileSync(file, model);
writeFileSync(floatFile, encodeFloatModel(await tinyFloatModel()));

const clipsOfLabel = 6;
for (const label of ["yes", "no", "silence", "_background_noise_"]) {
  mkdirSync(join(data, "test", label), { recursive: true });
  for (let i = 0; i < clipsOfLabel; i++) {
    const random = new Random(i, label);
    const samples = Int16Array.from(
      { length: 16000 },
      (_, t) => 3000 * Math.sin(t * 0.02 * (i + 1)) + random.normal() * 300,
    );
    writeFileSync(join(data, "test", label, `${label}-${i}.wav`), encodeWav(samples, 16000));
  }
}

const json = (args: string[]) => {
  const ran = engram([...args, "--json"]);
  assert.is(ran.code, 0, ran.error);
  return JSON.parse(ran.out);
};

test("inspect tells the file's figures in the names that programs rely on", () => {
  const said = json(["inspect", file]);
  assert.is(said.cell, "gru");
  assert.equal(said.labels, labels);
  assert.is(said.macsPerStep, 3 * 8 * 40 + 3 * 8 * 8 + 4 * 8);
  assert.is(said.ramBytes, said.ram.states + said.ram.arena + said.ram.frontEnd + said.ram.decoder);
  assert.ok(said.weightBytes > said.macsPerStep && said.wasmBytes > 0);
  assert.ok(said.ops.includes("recurrent") && said.ops.includes("affine"));
  assert.is(said.sha256, createHash("sha256").update(model).digest("hex"));
});

test("inspect tells what a float model is", () => {
  const said = json(["inspect", floatFile]);
  assert.is(said.cell, "gru");
  assert.equal(said.labels, labels);
  assert.is(said.training.seed, 1);
  assert.ok(said.parameters > 1000);
});

test("people read a float model's facts line by line, without JSON and what is not there", async () => {
  const bare = { ...(await tinyFloatModel()), frontEnd: undefined };
  const epoch = { epoch: 1, loss: 1, accuracy: 0.5, rate: 0.004 };
  const recipe = {
    batch: 32,
    blueprint: {
      inputs: 40,
      layers: [
        { cell: "gru", units: 8 },
        { cell: "dense", units: 4 },
      ],
    },
  };
  Object.assign(bare.training, {
    recipe,
    history: [epoch],
    test: {
      confusion: [
        [2, 1],
        [0, 3],
      ],
    },
  });
  const path = join(folder, "bare.model");
  writeFileSync(path, encodeFloatModel(bare));
  const { out } = engram(["inspect", path]);
  assert.not.match(out, /undefined|[{}[\]"]/);
  for (const line of [
    "  labels      yes, no, unknown, silence",
    "  front end   none",
    "  history     1 epoch; `engram report` draws them",
    "  layer gru: 8 units, 40 inputs",
    "    recipe",
    "        layers: cell gru, units 8; cell dense, units 4",
    "      confusion: 2, 1; 0, 3",
  ])
    assert.ok(out.includes(`${line}\n`), `${line} in ${out}`);
});

test("inspect names what is wrong with a file", () => {
  const cut = join(folder, "cut.engram");
  writeFileSync(cut, model.subarray(0, 1000));
  const flipped = join(folder, "flipped.engram");
  writeFileSync(
    flipped,
    model.map((byte, i) => (i === 3000 ? byte ^ 1 : byte)),
  );
  const empty = join(folder, "empty.engram");
  writeFileSync(empty, "");
  for (const [path, words] of [
    [cut, /cut\.engram .*1000 bytes/],
    [flipped, /flipped\.engram is damaged/],
    [empty, /empty\.engram/],
    [join(folder, "absent"), /absent does not exist/],
    [folder, /is a folder/],
  ] as const) {
    const { code, out, error } = engram(["inspect", path]);
    assert.is(code, 1, `${path}`);
    assert.is(out, "");
    assert.match(error, words);
    assert.is(error.trimEnd().split("\n").length, 2, error);
  }
});

test("a description that is for people only, and damaged, does not hinder", () => {
  const odd = join(folder, "odd.engram");
  const { header, sections } = readContainer(model, "tiny");
  const parts = [...sections].map(([tag, { bytes }]): [SectionTag, Uint8Array] => [
    tag,
    tag === "mETA" ? Uint8Array.from(Buffer.from('{"engram":3}'.padEnd(bytes.length))) : bytes,
  ]);
  writeFileSync(odd, writeContainer(parts, header));
  assert.equal(json(["inspect", odd]).labels, labels);
});

test("evaluate counts each clip once, in the order of the labels", () => {
  const score = json(["evaluate", file, "--data", data]);
  assert.is(score.on, "v8");
  assert.is(score.clips, 3 * clipsOfLabel);
  assert.equal(score.labels, labels);
  assert.is(score.sha256, createHash("sha256").update(model).digest("hex"));
  const sums = score.confusion.map((row: number[]) => row.reduce((a, b) => a + b, 0));
  assert.equal(sums, [clipsOfLabel, clipsOfLabel, 0, clipsOfLabel]);
  assert.is(score.perClass.yes, score.confusion[0][0] / clipsOfLabel);
  assert.is(score.perClass.unknown, null);
  const right = score.confusion.reduce((sum: number, row: number[], i: number) => sum + row[i], 0);
  assert.is(score.accuracy, right / score.clips);
});

test("the float model and its integers decide nearly the same", () => {
  const float = json(["evaluate", floatFile, "--data", data]);
  assert.is(float.on, "float");
  const integer = json(["evaluate", file, "--data", data]);
  const apart = float.confusion
    .flat()
    .reduce((sum: number, count: number, i: number) => sum + Math.abs(count - integer.confusion.flat()[i]), 0);
  assert.ok(apart <= 4, `${apart}`);
});

test("evaluate --stream scores the model's own threshold and others", () => {
  const score = json(["evaluate", file, "--data", data, "--stream", "--hours", "0.02", "--seed", "3"]);
  assert.is(score.seed, 3);
  assert.equal(
    score.thresholds.map((result: { threshold: number }) => result.threshold),
    [0.5, 0.6, 0.7, 0.8],
  );
  for (const name of ["hits", "wrongWords", "unknownFiring"]) assert.ok(score[name] >= 0 && score[name] <= 1, name);
  assert.ok("falseAcceptsPerHour" in score && "medianLatency" in score);
  assert.is(score.unheard.length, 4);
});

test("clips that cannot be read are left out of a stream, named and counted once", () => {
  const damaged = join(folder, "damaged");
  cpSync(data, damaged, { recursive: true });
  for (const name of ["yes-0", "yes-1"]) {
    const path = join(damaged, "test", "yes", `${name}.wav`);
    writeFileSync(path, readFileSync(path).subarray(0, 1000));
  }
  const score = json(["evaluate", file, "--data", damaged, "--stream", "--hours", "0.02"]);
  assert.is(score.notices.filter((line: string) => line.startsWith("skipped: ")).length, 1, `${score.notices}`);
});

test("a file that is no model of the kind a verb wants is named for what it is", () => {
  const csv = join(folder, "numbers.csv");
  writeFileSync(csv, "label,x\na,1\n".repeat(20));
  const wav = join(data, "test", "yes", "yes-0.wav");
  const boards: string[][] = [["flash"], ["bench", "--model"], ["export", "--c"], ["stream", wav, "--model"]];
  for (const verb of boards) {
    for (const [path, words] of [
      [floatFile, /tiny\.model is a float model.*\n {2}quantize it first/],
      [csv, /numbers\.csv is no engram model file\n {2}give a file that/],
      [wav, /yes-0\.wav is no engram model file\n {2}give a file that/],
      [folder, /is a folder\n/],
      [join(folder, "NOPE"), /NOPE does not exist\n/],
    ] as const) {
      const { code, error } = engram([...verb, path]);
      assert.is(code, 1, `${verb} ${path}`);
      assert.match(error, words);
    }
  }
  for (const [args, words] of [
    [["quantize", file], /tiny\.engram is quantized already\n {2}give the \.model file/],
    [["quantize", join(folder, "NOPE")], /NOPE does not exist\n/],
    [["quantize", folder], /is a folder\n/],
  ] as const)
    assert.match(engram([...args, "--data", data, "--out", join(folder, "again.engram")]).error, words);
  for (const verb of ["inspect", "evaluate", "report"])
    assert.match(engram([verb, folder]).error, new RegExp(`^engram: ${folder} is a folder\n`));
});

test("evaluate refuses what it cannot judge, in one sentence", () => {
  const empty = join(folder, "nothing");
  mkdirSync(empty);
  for (const [args, words] of [
    [["evaluate", file, "--data", join(folder, "absent")], /absent/],
    [["evaluate", file, "--data", empty], /nothing/],
    [["evaluate", file, "--data", data, "--split", "val"], /no val clips/],
    [["evaluate", file, "--data", data, "--on", "float"], /float/],
    [["evaluate", floatFile, "--data", data, "--on", "v8"], /quantize/],
    [["evaluate", file, "--data", data, "--on", "toaster"], /toaster/],
  ] as const) {
    const { error, code } = engram([...args]);
    assert.ok(code === 1 || code === 2, `${args}: ${error}`);
    assert.match(error, words);
    assert.is(error.trimEnd().split("\n").length, 2, error);
  }
  assert.is(engram(["evaluate", file]).code, 2);
  assert.is(engram(["evaluate", file, "--data", data, "--split", "exam"]).code, 2);
  assert.is(engram(["evaluate", file, "--data", data, "--hours", "-1"]).code, 2);
});

test("export writes C that a compiler takes, with the file's bytes", () => {
  const compiler = spawnSync("cc", ["--version"]).status === 0;
  if (!compiler && process.env.ENGRAM_STRICT === "1") throw new Error("no C compiler");
  const out = join(folder, "kws.c");
  assert.is(json(["export", file, "--c", "--out", out, "--name", "kws"]).bytes, model.length);
  if (!compiler) return console.log("no C compiler: the source is not compiled");
  const main = join(folder, "main.c");
  writeFileSync(
    main,
    '#include <stdio.h>\n#include "kws.h"\nint main(void) { return fwrite(kws, 1, kws_bytes, stdout) != kws_bytes; }\n',
  );
  const program = join(folder, "main");
  execFileSync("cc", ["-std=c11", "-Wall", "-Wextra", "-Werror", "-o", program, main, out]);
  assert.ok(execFileSync(program).equals(model));
});

test("export --bin is the file, and one form must be chosen", () => {
  const out = join(folder, "kws.bin");
  assert.is(engram(["export", file, "--bin", "--out", out]).code, 0);
  assert.ok(readFileSync(out).equals(model));
  assert.is(engram(["export", file]).code, 2);
  assert.is(engram(["export", file, "--bin", "--c"]).code, 2);
  const { code, error } = engram(["export", file, "--bin", "--out", join(folder, "absent", "kws.bin")]);
  assert.is(code, 1);
  assert.match(error, /absent does not exist/);
});

test("what stands in the place of a verb's file and is of another kind stays, as does what the verb reads", () => {
  const place = join(folder, "replacing");
  mkdirSync(place);
  const sources = {
    "mix.csv": "label,x\na,1\n",
    "m.model": readFileSync(floatFile),
    "m.engram": model,
    "notes.txt": "mine",
  };
  for (const [name, content] of Object.entries(sources)) writeFileSync(join(place, name), content);
  const [csv, float, integers, notes] = Object.keys(sources).map((name) => join(place, name));
  symlinkSync(float, join(place, "link.engram"));
  for (const [args, words] of [
    [["train", "classify", "--data", csv, "--out", csv], /mix\.csv is there already and is no float model/],
    [["train", "keywords", "--data", data, "--out", integers], /m\.engram is there already and is no float model/],
    [["quantize", float, "--data", data, "--out", float], /m\.model is there already and is no engram model file/],
    [["quantize", float, "--data", data, "--out", join(place, "link.engram")], /link\.engram is there already/],
    [["quantize", float, "--data", data, "--out", csv], /mix\.csv is there already/],
    [["export", integers, "--bin", "--out", notes], /notes\.txt is there already/],
    [["export", integers, "--bin", "--out", integers], /m\.engram is what is read/],
    [["export", integers, "--c", "--out", notes], /notes\.txt is there already and is no source that engram exported/],
    [
      ["state", "save", notes, "--flash", join(place, "new.flash")],
      /notes\.txt is there already and is no file of states/,
    ],
  ] as const) {
    const { code, error } = engram([...args]);
    assert.is(code, 1, error);
    assert.match(error, words);
  }
  for (const [name, content] of Object.entries(sources))
    assert.ok(readFileSync(join(place, name)).equals(Buffer.from(content)), name);
  assert.not.ok(existsSync(join(place, "new.flash")));
});

test("an output without a name is wrong usage, before any work", () => {
  for (const args of [
    ["train", "keywords", "--data", data, "--out"],
    ["quantize", floatFile, "--data", data, "--out"],
    ["export", file, "--c", "--out"],
    ["report", file, "--out"],
  ])
    for (const out of ["", `${folder}/new/`]) {
      const { code, error } = engram([...args, out]);
      assert.is(code, 2, error);
      assert.match(error, /^engram: ".*" names no file to write/);
    }
});

test.run();
