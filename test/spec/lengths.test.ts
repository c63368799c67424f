// How long results are, and what is said where arguments do not fit.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { resultLength } from "../../host/spec/lengths.ts";
import type { OpName } from "../../host/spec/ops.ts";

const shape = { rows: 4, columns: 3 };

const fitting: [name: OpName, lengths: number[], result: number][] = [
  ["add", [5, 5], 5],
  ["affine", [4, 3, 4], 4],
  ["accumulate", [4, 4, 3], 4],
  ["affineSums", [4, 4, 4], 4],
  ["embed", [4, 1], 3],
  ["rowsDot", [30, 6], 5],
  ["weightedRows", [30, 5], 6],
  ["outer", [30, 5, 6], 30],
  ["link", [25, 5, 5], 25],
  ["softmax", [7, 2], 7],
  ["shift", [3, 3], 3],
  ["spread", [2, 9], 9],
  ["sweep", [3, 9, 3], 3],
];
for (const [name, lengths, result] of fitting)
  test(`${name} of ${lengths} gives ${result}`, () => assert.is(resultLength(name, lengths, shape), result));

const unfit: [name: OpName, lengths: number[], reason: RegExp][] = [
  ["add", [5, 6], /sizes of its arguments must agree/],
  ["affine", [4, 4, 4], /agree/],
  ["affine", [4, 3, 3], /agree/],
  ["accumulate", [3, 4, 3], /agree/],
  ["rowsDot", [30, 7], /the length of M must be a multiple of that of k/],
  ["erase", [30, 6, 6], /M must have as many elements as w times those of e/],
  ["link", [30, 5, 6], /w and p must be of one length/],
  ["shift", [8, 4], /odd/],
  ["shift", [3, 5], /at most that of w/],
  ["sweep", [3, 6, 3], /W must have/],
  ["sweep", [3, 9, 4], /W must have/],
  ["embed", [4, 0], /empty/],
];
for (const [name, lengths, reason] of unfit)
  test(`${name} of ${lengths} is refused`, () => assert.match(resultLength(name, lengths, shape) as string, reason));

test("of two matrices each is followed by its own columns", () => {
  const other = { rows: 4, columns: 9 };
  assert.is(resultLength("recurrent", [4, 3, 4, 9, 4], shape, other), 4);
  assert.type(resultLength("recurrent", [4, 3, 4, 3, 4], shape, other), "string");
  assert.type(resultLength("recurrent", [4, 3, 5, 9, 4], shape, { rows: 5, columns: 9 }), "string");
  assert.is(resultLength("recurrent", [4, 3, 4, 8, 4], shape), 4, "the second is not given");
});

test.run();
