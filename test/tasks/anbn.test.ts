// a^n b^n: strings and successors, and how far is counted.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { task } from "../../host/tasks/kinds/anbn.ts";
import type { Runner } from "../../host/tasks/runner.ts";
import { Counting } from "../../host/tasks/sources/counting.ts";

const data = await task.open(undefined);
const rows = (values: Float32Array): string[] =>
  Array.from({ length: values.length / 3 }, (_, step) => values.slice(step * 3, step * 3 + 3).join(""));

// Knows the language up to n = `reach`; beyond, it hears a b as the last one.
function counter(reach: number): Runner {
  const answer = (sequence: Float32Array): Float32Array => {
    const n = (sequence.length / 3 - 1) / 2;
    const logits = new Float32Array(sequence.length).fill(-1);
    for (let step = 0; step <= 2 * n; step++) {
      const end = step === 2 * n || (n > reach && step > n);
      if (step <= n) logits[step * 3] = 1;
      if (step >= 1 && step < 2 * n && !end) logits[step * 3 + 1] = 1;
      if (end) logits[step * 3 + 2] = 1;
    }
    return logits;
  };
  return { name: "a counter", inputs: 3, outputs: 3, run: async (sequences) => sequences.map(answer) };
}

test("a string begins with its mark; a's may go on or turn to b's, whose number is known", () => {
  const language = new Counting(["a", "b", "|"]);
  assert.equal(rows(language.frameOf(2)), ["001", "100", "100", "010", "010"]);
  assert.equal(rows(language.successors(2)), ["100", "110", "110", "010", "001"]);
  assert.equal(rows(language.successors(1)), ["100", "110", "001"]);
});

test("the greatest n is counted up to which all strings are right, at most 60, in validation and test", async () => {
  for (const [reach, counted] of [
    [1, 1],
    [8, 8],
    [59, 59],
    [1000, 60],
  ])
    for (const split of ["val", "test"] as const)
      assert.equal(await data.evaluate(counter(reach), split), { counted }, `${reach}`);
});

test("training knows no string beyond n = 10; formats are those of the longest", () => {
  assert.is(data.batch(10, new Random(1, "batch")).frames.length, 21);
  assert.equal(
    data.calibration().map(({ length }) => length),
    [121 * 3],
  );
});

test.run();
