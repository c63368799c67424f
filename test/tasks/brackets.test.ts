// Dyck-2: strings that balance, what may close, and when a string is right.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import type { Runner } from "../../host/tasks/runner.ts";
import {
  batch,
  bracketString,
  bracketsData,
  closersOf,
  framesOf,
  isRight,
  symbols,
} from "../../host/tasks/sources/brackets.ts";
import { binarySurprisal, firstPass } from "./first-pass.ts";

const written = (string: readonly number[]): string => string.map((symbol) => symbols[symbol]).join("");
const read = (text: string): number[] => [...text].map((symbol) => symbols.indexOf(symbol));
const stringOf = (frames: Float32Array): string =>
  written(Array.from({ length: frames.length / 4 }, (_, step) => frames.subarray(step * 4, step * 4 + 4).indexOf(1)));

function isBalanced(text: string): boolean {
  const shorter = text.replace("()", "").replace("[]", "");
  return shorter === "" || (shorter.length < text.length && isBalanced(shorter));
}

test("strings are of the length that is asked, and balance", () => {
  assert.not.ok(isBalanced("(]") || isBalanced("(()"));
  const random = new Random(1, "balance");
  for (let pairs = 1; pairs <= 100; pairs++) {
    const text = written(bracketString(pairs, random));
    assert.is(text.length, 2 * pairs);
    assert.ok(isBalanced(text), text);
  }
});

test("where a string may open or close it opens half the time, of either kind", () => {
  const random = new Random(2, "halves");
  let [free, opened, kinds] = [0, 0, [0, 0]];
  for (let i = 0; i < 2000; i++) {
    const string = bracketString(20, random);
    let depth = 0;
    string.forEach((symbol, step) => {
      const both = depth > 0 && depth < string.length - step;
      if (both) free++;
      if (both && symbol < 2) opened++;
      if (symbol < 2) kinds[symbol]++;
      depth += symbol < 2 ? 1 : -1;
    });
  }
  assert.ok(Math.abs(opened / free - 0.5) < 0.01, `${opened} of ${free}`);
  assert.ok(Math.abs(kinds[0] / (kinds[0] + kinds[1]) - 0.5) < 0.01, `${kinds}`);
});

test("what may close is what was opened last, nothing at depth 0", () => {
  const closers = closersOf(read("([]())[]"));
  const names = Array.from({ length: 8 }, (_, step) => [...closers.subarray(step * 2, step * 2 + 2)].join(""));
  assert.equal(names, ["10", "01", "10", "10", "10", "00", "01", "00"]);
});

test("a string is right when every step is", () => {
  const string = read("([])");
  const logits = closersOf(string).map((closes) => (closes > 0 ? 0.1 : -0.1));
  assert.ok(isRight(string, logits));
  for (let i = 0; i < logits.length; i++) {
    const other = logits.slice();
    other[i] *= -1;
    assert.not.ok(isRight(string, other), `${i}`);
  }
  assert.not.ok(isRight(string, new Float32Array(8)));
});

/** Knows all strings up to a length. */
function stack(longest: number, seen: string[] = []): Runner {
  return {
    name: "a stack",
    inputs: 4,
    outputs: 2,
    run: async (all) =>
      all.map((frames) => {
        const string = read(stringOf(frames));
        seen.push(written(string));
        return closersOf(string).map((closes) => (closes > 0 && string.length <= longest ? 1 : -1));
      }),
  };
}

test("the test asks a thousand strings of 52 to 100, and as many of 200", async () => {
  const seen: string[] = [];
  assert.equal(await bracketsData.evaluate(stack(200, seen), "test"), { strings: 100, long: 100 });
  const lengths = seen.map(({ length }) => length);
  assert.is(lengths.filter((length) => length === 200).length, 1000);
  assert.is(lengths.filter((length) => length >= 52 && length <= 100).length, 1000);
  assert.equal([Math.min(...lengths), Math.max(...lengths)], [52, 200]);
  assert.equal(await bracketsData.evaluate(stack(100), "test"), { strings: 100, long: 0 });
  const known = seen.filter(({ length }) => length <= 70).length / 10;
  assert.equal(await bracketsData.evaluate(stack(70), "test"), { strings: known, long: 0 });
});

test("validation chooses by strings of 100 and 200 alike, none of which is in the test or decides formats", async () => {
  const [val, tests]: string[][] = [[], []];
  assert.equal(await bracketsData.evaluate(stack(200, val), "val"), { strings: 100, long: 100 });
  assert.equal(await bracketsData.evaluate(stack(100), "val"), { strings: 50, long: 0 });
  assert.equal([...new Set(val.map(({ length }) => length))], [100, 200]);
  await bracketsData.evaluate(stack(200, tests), "test");
  const asked = new Set([...tests, ...bracketsData.calibration().map(stringOf)]);
  assert.is(val.filter((string) => asked.has(string)).length, 0);
});

test("training begins with strings of 8 at most and ends with 50", () => {
  const longest = (progress: number | undefined): number =>
    Math.max(...Array.from({ length: 40 }, (_, i) => batch(8, new Random(i), progress).frames.length));
  assert.equal([0, 0.07, 0.08, 0.49, 0.5, 1, undefined].map(longest), [8, 8, 14, 44, 50, 50, 50]);
});

test("a batch's loss is the mean over the steps of its strings, beyond which it is blank", async () => {
  const size = 5;
  const made = batch(size, new Random(4, "batch"), 0.3);
  const { loss, correct, examples, logits, gradients } = await firstPass(made, size, 2);
  let [sum, steps, right] = [0, 0, 0];
  for (let row = 0; row < size; row++) {
    const length = made.lengths![row];
    const string = made.frames.slice(0, length).map((frame) => frame.subarray(row * 4, row * 4 + 4).indexOf(1));
    assert.ok(isBalanced(written(string)));
    assert.ok(made.frames.slice(length).every((frame) => !frame.subarray(row * 4, row * 4 + 4).some(Boolean)));
    closersOf(string).forEach((closes, i) => {
      const logit = logits[i >> 1][row * 2 + (i & 1)];
      sum += binarySurprisal(logit, closes);
      if (logit > 0 === closes > 0) right++;
    });
    steps += length;
  }
  assert.ok(new Set(Array.from(made.lengths!)).size > 1);
  assert.equal([correct, examples], [right, 2 * steps]);
  assert.ok(Math.abs(loss - sum / (2 * steps)) < 1e-5, `${loss}, not ${sum / (2 * steps)}`);
  assert.ok(gradients > 0);
});

test("formats are learnt from strings as long as those asked", () => {
  const lengths = bracketsData.calibration().map((frames) => stringOf(frames).length);
  assert.is(Math.max(...lengths), 200);
  assert.equal(framesOf(read("(]")), Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1));
});

test.run();
