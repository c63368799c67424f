// Words on a terminal: tables that stay readable, and the line that says where long work stands.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { table } from "../../host/cli/output.ts";
import { engram } from "./engram.ts";

test("a table aligns numbers right and text left, and its last text goes on below", () => {
  const rows = [
    ["cell", "weights", "ops"],
    ["gru", "14,464", "affine blend multiplyAdd recurrent"],
    ["dense", 704, "affine"],
  ];
  assert.equal(table(rows, 40), [
    "cell   weights  ops",
    "gru     14,464  affine blend multiplyAdd",
    "                recurrent",
    "dense      704  affine",
  ]);
});

test("tables of tasks and cells keep to a hundred columns without a terminal", () => {
  for (const verb of ["tasks", "cells"]) {
    const { out } = engram([verb]);
    const lines = (verb === "tasks" ? out : out.split("\n\n")[0]).trimEnd().split("\n");
    assert.ok(lines.length > 10);
    for (const line of lines) assert.ok(line.length <= 100, line);
  }
});

test.run();
