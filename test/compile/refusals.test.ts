// What a cell's source may not contain: each is refused in one sentence that names file and line.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadCell } from "../../host/compile/load.ts";
import { UserError } from "../../host/spec/user-error.ts";

const folder = mkdtempSync(join(tmpdir(), "engram-cells-"));
const head = `import { State, Vector, add, affine, exceeds, inputs, matrix, option, recurrent, set, sigmoid, state, tanh, units, vector } from "#ops";
const W = matrix(units, inputs);
const U = matrix(units, units);
const b = vector(units);
const h = state(units);
`;
const step = (body: string) => `${head}export function step(x: Vector): Vector {\n${body}\n}\n`;
const good = "return set(h, tanh(recurrent(W, x, U, h, b)));";

/** Compiles a text as my-cell.ts. */
async function compile(text: string) {
  const path = join(folder, "my-cell.ts");
  writeFileSync(path, text);
  return loadCell(path);
}

const refused: [name: string, text: string, line: number | undefined, says: string][] = [
  [
    "an operator on handles",
    step("const a = recurrent(W, x, U, h, b);\nreturn set(h, a + a);"),
    8,
    "computes with handles",
  ],
  ["a loop", step(`for (let i = 0; i < 3; i++) set(h, x);\n${good}`), 7, "statement that a cell may not have"],
  ["a number as handle", step("return set(h, tanh(3));"), 7, "expression that a cell may not have"],
  ["a function that is no op", step("return set(h, load(x));"), 7, "calls load"],
  ["another import", `import { readFileSync } from "node:fs";\n${step(good)}`, 1, 'imports "node:fs"'],
  ["a class", `${step(good)}class Cell {}\n`, 9, "no import, declaration or function"],
  ["a let at the top", `${step(good)}let memory = 0;\n`, 9, "declares memory"],
  [
    "a matrix as vector",
    step("recurrent(W, x, U, h, b);\nreturn set(h, tanh(add(W, x)));"),
    8,
    "gives add a matrix as a",
  ],
  ["a vector as matrix", step(`set(h, affine(b, x, b));\n${good}`), 7, "gives affine a vector as W"],
  ["an input as state", step(`set(x as State, h);\n${good}`), 7, "expression that a cell may not have"],
  ["a parameter as state", step(`set(b, h);\n${good}`), 7, "gives set a vector as s"],
  ["too few arguments", step("return set(h, tanh(recurrent(W, x, U, h)));"), 7, "gives recurrent 4 arguments"],
  ["a parameter that is not used", step("return set(h, tanh(affine(W, x, b)));"), 3, "declares U and never uses it"],
  [
    "a size that is not declared",
    `${head.replace("matrix(units, inputs)", "matrix(units, rank)")}export function step(x: Vector): Vector { ${good} }`,
    2,
    "gives a size",
  ],
  ["no step", `${head}export function forward(x: Vector): Vector { ${good} }`, undefined, "exports no function step"],
  [
    "recursion",
    `${head}function again(v: Vector): Vector { return again(tanh(v)); }\n${step("").slice(head.length).replace("\n\n", `\nset(h, again(x)); ${good}\n`)}`,
    6,
    "calls itself",
  ],
  [
    "a set used after another set",
    step("const first = set(h, tanh(recurrent(W, x, U, h, b)));\nset(h, sigmoid(h));\nreturn first;"),
    undefined,
    "after the state was set again",
  ],
  ["a text that is no program", `${head}const = ;`, head.split("\n").length, "does not compile"],
];

for (const [name, text, line, says] of refused) {
  test(`${name} is refused${line ? " with its line" : ""}`, async () => {
    try {
      await compile(text);
    } catch (error) {
      assert.instance(error, UserError);
      const { message } = error as UserError;
      assert.match(message, says);
      assert.match(message, line ? `my-cell.ts:${line} ` : "my-cell");
      assert.not.match(message, "\n");
      return;
    }
    assert.unreachable("was accepted");
  });
}

test("a user's own cell compiles from any folder, with the same bytes each time", async () => {
  const first = await compile(step(good));
  const second = await compile(step(good));
  assert.is(first.name, "my-cell");
  assert.equal(first.wasm, second.wasm);
  assert.ok(first.wasm.length < 200, `${first.wasm.length} bytes`);
});

test("an option that is off leaves no trace", async () => {
  const plain = await loadCell("lstm");
  const peepholes = await loadCell("lstm", { peepholes: true });
  assert.is(plain.parameters.length, 12);
  assert.is(peepholes.parameters.length, 15);
  assert.is(peepholes.sites.length, plain.sites.length + 3);
});

test("the GRU and its read-out take at most 350 bytes of wasm", async () => {
  const bytes = (await loadCell("gru")).wasm.length + (await loadCell("dense")).wasm.length;
  assert.ok(bytes <= 350, `${bytes} bytes`);
});

test("a name that does not ship lists those that do", async () => {
  try {
    await loadCell("gnu");
    assert.unreachable();
  } catch (error) {
    assert.match((error as UserError).hint, /elman.*gru.*lstm/);
  }
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
