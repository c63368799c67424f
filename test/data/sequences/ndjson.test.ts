import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Files, read, refuses, WHOLE } from "./files.ts";

const lines = (...rows: unknown[]) =>
  rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n");

test("a line is a sequence with label, group and split", async () => {
  const text = lines(
    {
      x: [
        [1, 2],
        [3, 4],
      ],
      label: "up",
      person: "ann",
      split: "train",
    },
    { x: [[5, 6]], label: "down", writer: 7, split: "validation", n: 3 },
  );
  const both: Files[] = [{ "a.ndjson": text }, { "a.jsonl.gz": gzipSync(`${text}\r\n\n`) }];
  for (const files of both) {
    const set = await read(files);
    assert.equal(set.labels, ["down", "up"]);
    assert.is(set.inputs, 2);
    const rows = set.sequences.map(({ x, steps, split, label, group }) => [[...x], steps, split, label, group]);
    assert.equal(rows, [
      [[1, 2, 3, 4], 2, "train", 1, "ann"],
      [[5, 6], 1, "val", 0, "7"],
    ]);
  }
});

test("plain numbers are steps of one input, y holds targets of each step", async () => {
  const { sequences, inputs } = await read({
    "a.ndjson": lines({
      x: [1, 2, 3],
      y: [
        [1, 0],
        [2, 0],
        [3, 0],
      ],
    }),
  });
  assert.is(inputs, 1);
  assert.equal([...sequences[0].x], [1, 2, 3]);
  assert.equal([...sequences[0].targets!], [1, 0, 2, 0, 3, 0]);
});

test("targets can have another key; inputs are x, so none can be named", async () => {
  const naming = { targets: ["next"] };
  const { sequences } = await read({ "a.ndjson": lines({ x: [1, 2], next: [3, 4] }) }, { ...WHOLE, naming });
  assert.equal([...sequences[0].targets!], [3, 4]);
  const refuse = (what: string, of: { targets?: string[]; inputs?: string[] }) =>
    refuses({ "a.ndjson": lines({ x: [1, 2] }) }, what, { ...WHOLE, naming: of });
  await refuse('a.ndjson:1 has no key "next"', naming);
  await refuse("a.ndjson has no columns to name as targets", { targets: ["a", "b"] });
  await refuse("a.ndjson has no columns to name as inputs", { inputs: ["x"] });
});

test("labels that are integers are ordered as numbers, others by code units", async () => {
  const label = (...names: (string | number)[]) => ({
    "a.ndjson": lines(...names.map((name) => ({ x: [1], label: name }))),
  });
  assert.equal((await read(label("10", 9, "-1"))).labels, ["-1", "9", "10"]);
  assert.equal((await read(label("b", "B", "10", "9"))).labels, ["10", "9", "B", "b"]);
});

test("label and group can be named", async () => {
  const naming = { label: "kind", group: "who" };
  const set = await read({ "a.ndjson": lines({ x: [1], kind: "p", who: "ann", label: "q" }) }, { ...WHOLE, naming });
  assert.equal([set.labels, set.sequences[0].group], [["p"], "ann"]);
  await refuses({ "a.ndjson": lines({ x: [1] }) }, 'a.ndjson:1 has no key "kind"', { ...WHOLE, naming });
});

test("a line longer than a piece of the file, and one without an end, are read whole", async () => {
  const x = Array.from({ length: 250_000 }, (_, n) => n % 1000);
  const { sequences } = await read({ "a.ndjson": `${lines({ x: [1] }, { x }, { x: [2] })}` });
  assert.equal(
    sequences.map(({ steps }) => steps),
    [1, 250_000, 1],
  );
  assert.equal([...sequences[1].x], x);
});

test("ragged width is refused within a sequence and between sequences", async () => {
  const within = lines({ x: [[1, 2]] }, { x: [[1, 2], [3]] });
  await refuses({ "a.ndjson": within }, "a.ndjson:2: step 2 of x has 1 values, expected 2");
  const between = lines({ x: [[1, 2]] }, { x: [[1, 2, 3]] });
  await refuses({ "a.ndjson": between }, "a.ndjson:2 has 3 inputs a step, expected 2 as in a.ndjson:1");
  await refuses({ "a.ndjson": lines({ x: [[]] }) }, "a.ndjson:1: step 1 of x has 0 values, expected at least 1");
});

test("what is no finite number is refused with line, step and value", async () => {
  const at = "a.ndjson:2: step 2 of x, value 1, holds";
  for (const [json, found] of [
    ["null", "null"],
    ['"no"', '"no"'],
    ["1e999", '"Infinity"'],
    ["1e39", '"1e+39"'],
    ["true", "true"],
  ])
    await refuses({ "a.ndjson": lines({ x: [1] }, `{"x":[1,${json}]}`) }, `${at} ${found}, not a finite number`);
  for (const word of ["NaN", "Infinity", "-Infinity"])
    await refuses({ "a.ndjson": `{"x":[1, ${word}]}` }, `a.ndjson:1 holds ${word}, not a finite number`);
});

test("a line that is no JSON object, or has no steps, is refused", async () => {
  await refuses({ "a.ndjson": '{"x":[1]}\n{"x":[1' }, /^a.ndjson:2 is not JSON: /);
  await refuses({ "a.ndjson": "[1,2]" }, "a.ndjson:1 is not a JSON object");
  await refuses({ "a.ndjson": "{}" }, "a.ndjson:1: x is missing");
  await refuses({ "a.ndjson": '{"x":[]}' }, "a.ndjson:1: x is empty");
  await refuses({ "a.ndjson": '{"x":7}' }, "a.ndjson:1: x is no list of steps");
  await refuses({ "a.ndjson": '{"x":[1],"label":["a"]}' }, 'a.ndjson:1: label is ["a"], expected a name or a number');
  await refuses({ "a.ndjson": "\n" }, / holds no sequences$/);
});

test("targets for other steps, or of only some sequences, are refused", async () => {
  await refuses({ "a.ndjson": lines({ x: [1, 2], y: [1] }) }, "a.ndjson:1: y has 1 steps, expected 2 as in x");
  await refuses({ "a.ndjson": lines({ x: [1], y: 3 }) }, "a.ndjson:1: y is no list of steps");
  const some = lines({ x: [1], y: [1] }, { x: [1] });
  await refuses({ "a.ndjson": some }, "a.ndjson:2 has no targets a step, expected 1 as in a.ndjson:1");
});

test.run();
