// docs/write-a-cell.md, followed literally: its cell saved, its commands typed.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadCell } from "../../host/compile/load.ts";
import { canBuild } from "../engine/harness.ts";
import { engram, temporaryFolder } from "./engram.ts";

const page = readFileSync(new URL("../../docs/write-a-cell.md", import.meta.url), "utf8");
const blockAfter = (opening: string) => page.split(`${opening}\n`)[1].split("```")[0];

if (canBuild())
  test("the page's cell is trained on the page's task, quantized, and runs on the native board", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "my-cell.ts"), blockAfter("```ts"));
    const commands = page
      .split("\n")
      .filter((line) => /^engram (train|quantize|evaluate) .*my\./.test(line))
      .map((line) => line.split(" ").slice(1));
    assert.is(commands.length, 3);
    let output = "";
    for (const words of commands) {
      const { code, out, error } = engram(words, { cwd: folder });
      assert.is(code, 0, `${words.join(" ")}: ${error}`);
      output = out;
    }
    assert.match(output, /^right \d+(\.\d+)? % on native/);
    assert.ok(Number(/^right (\S+)/.exec(output)![1]) > 90, output);
  });

const place = (name: string) => join(folder, name);
const folder = temporaryFolder();
const train = (name: string, cell: string, options: string[] = []) => {
  const words = ["train", "reber", "--cell", cell, "--units", "4", "--steps", "5", "--out", place(`${name}.model`)];
  return engram([...words, ...options], { cwd: folder });
};
const sha256 = (name: string) =>
  createHash("sha256")
    .update(readFileSync(place(name)))
    .digest("hex");

test("where a cell's source lies is not in the model: the same cell in two folders makes the same bytes", () => {
  for (const at of ["here", "there"]) {
    mkdirSync(place(at));
    writeFileSync(place(`${at}/my-cell.ts`), blockAfter("```ts"));
    assert.is(train(at, place(`${at}/my-cell.ts`)).code, 0);
    const { code, error } = engram(["quantize", place(`${at}.model`), "--out", place(`${at}.engram`)]);
    assert.is(code, 0, error);
  }
  for (const kind of ["model", "engram"]) {
    assert.is(sha256(`here.${kind}`), sha256(`there.${kind}`));
    const bytes = readFileSync(place(`here.${kind}`), "latin1");
    assert.match(bytes, "my-cell.ts");
    assert.not.match(bytes, folder);
  }
});

test("options of a cell of one's own are chosen by name, and an unknown one is refused", async () => {
  const source = blockAfter("```ts")
    .replace("inputs,", "inputs, option,")
    .replace("export", 'const plain = option("plain");\nexport')
    .replace(
      "return set(h, tanh(recurrent(W, x, U, h, b)));",
      "const a = recurrent(W, x, U, h, b);\n  return set(h, plain ? a : tanh(a));",
    );
  writeFileSync(place("opt.ts"), source);
  for (const cell of ["./opt.ts", "./opt.ts+plain", "opt.ts+plain"]) {
    const { code, error } = train("opt", cell);
    assert.is(code, 0, error);
    const { layers } = JSON.parse(engram(["inspect", place("opt.model"), "--json"]).out);
    assert.is(layers[0].cell, "opt");
  }
  const inspected = readFileSync(place("opt.model"), "latin1");
  assert.match(inspected, "opt.ts+plain");
  const ops = async (cell: string) => (await loadCell(place(cell))).sites.map(({ op }) => op);
  assert.ok((await ops("opt.ts")).includes("tanh"));
  assert.not.ok((await ops("opt.ts+plain")).includes("tanh"));
  const { code, error } = train("opt", "./opt.ts+plian");
  assert.is(code, 2);
  assert.match(error, /opt\.ts declares no option plian\n {2}did you mean plain\?/);
});

test.run();
