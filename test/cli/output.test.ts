// Words on a terminal: tables that stay readable, and the line that says where long work stands.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { table } from "../../host/cli/output.ts";
import { meant } from "../../host/spec/user-error.ts";
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

test("only a name that is near is what may be meant", () => {
  const near = (name: string) => meant(name, ["gru", "lstm", "microbit", "esn", "gru"]).split("?")[0];
  assert.is(near("grru"), "did you mean gru");
  assert.is(near("rgu"), "did you mean gru");
  assert.is(near("micro"), "did you mean microbit");
  for (const name of ["zz", "seq", "", "x"]) assert.is(near(name), "there are: gru, lstm, microbit, esn", name);
  assert.is(meant("x", []), "leave it out");
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
