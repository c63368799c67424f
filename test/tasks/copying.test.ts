// Copying: what is shown, when it is asked, and how errors count.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import type { Runner } from "../../host/tasks/runner.ts";
import { bitErrors } from "../../host/tasks/sources/asked-bits.ts";
import { copyingData, copyQuestion } from "../../host/tasks/sources/copying.ts";
import { binarySurprisal, firstPass } from "./first-pass.ts";

const row = (values: Float32Array, width: number, step: number) => [
  ...values.subarray(step * width, (step + 1) * width),
];

test("vectors, the delimiter alone, then nothing while they are asked in their order", () => {
  const { frames, targets, asked } = copyQuestion(3, new Random(1));
  assert.equal([...asked], [0, 0, 0, 0, 1, 1, 1]);
  assert.equal(row(frames, 9, 3), [0, 0, 0, 0, 0, 0, 0, 0, 1]);
  for (let vector = 0; vector < 3; vector++) {
    const shown = row(frames, 9, vector);
    assert.equal([shown.slice(0, 8), shown[8]], [row(targets, 8, 4 + vector), 0]);
    assert.equal(row(frames, 9, 4 + vector), new Array(9).fill(0));
  }
  assert.not.ok(targets.subarray(0, 4 * 8).some(Boolean));
});

test("bits are 0 or 1 alike", () => {
  const { targets } = copyQuestion(1000, new Random(2));
  const ones = targets.reduce((sum, bit) => sum + bit, 0) / 8000;
  assert.ok(Math.abs(ones - 0.5) < 0.03, `${ones}`);
});

test("bits count where they are asked, and there alone", () => {
  const question = copyQuestion(2, new Random(3));
  const logits = question.targets.map((bit) => (bit > 0 ? 1 : -1));
  logits.fill(7, 0, 3 * 8);
  assert.equal(bitErrors(question, logits), { bits: 16, wrong: 0 });
  logits[3 * 8] *= -1;
  logits[5 * 8 - 1] *= -1;
  assert.equal(bitErrors(question, logits), { bits: 16, wrong: 2 });
});

/** Repeats what it has kept, but for the last bit of sequences that it `spoils`. */
function copier(spoils: (n: number) => boolean, seen: string[] = []): Runner {
  return {
    name: "a copier",
    inputs: 9,
    outputs: 8,
    run: async (all) =>
      all.map((frames, n) => {
        const length = (frames.length / 9 - 1) / 2;
        seen.push(frames.join(""));
        const logits = new Float32Array((frames.length / 9) * 8);
        for (let vector = 0; vector < length; vector++)
          logits.set(
            row(frames, 9, vector)
              .slice(0, 8)
              .map((bit) => bit - 0.5),
            (length + 1 + vector) * 8,
          );
        if (spoils(n)) logits[logits.length - 1] *= -1;
        return logits;
      }),
  };
}

const tenth = (n: number): boolean => n % 10 === 0;

test("a bit of a tenth of the sequences wrong is an error of a tenth of them, and of 1 / 1,600 of the bits", async () => {
  assert.equal(await copyingData.evaluate(copier(tenth), "test"), { bitError: 100 / 1600, sequenceError: 10 });
  assert.equal(
    await copyingData.evaluate(
      copier(() => false),
      "val",
    ),
    { bitError: 0, sequenceError: 0 },
  );
});

test("asked are 1,000 sequences of 20 vectors; validation, test and formats share none", async () => {
  const [val, tests]: string[][] = [[], []];
  await copyingData.evaluate(copier(tenth, val), "val");
  await copyingData.evaluate(copier(tenth, tests), "test");
  assert.is(tests.length, 1000);
  const seen = [...val, ...tests, ...copyingData.calibration().map((frames) => frames.join(""))].filter(
    ({ length }) => length === 41 * 9,
  );
  assert.ok(seen.length >= 1100);
  assert.is(new Set(seen).size, seen.length);
});

test("batches have every length from 1 to 20 from the start on", () => {
  const steps = Array.from({ length: 400 }, (_, i) => copyingData.batch(1, new Random(i), 0).frames.length);
  assert.equal(
    [...new Set(steps)].sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => 2 * i + 3),
  );
});

test("the loss is the mean over the bits asked", async () => {
  const [size, length] = [3, 4];
  const found = Array.from({ length: 100 }, (_, i) => copyingData.batch(size, new Random(i)));
  const batch = found.find(({ frames }) => frames.length === 2 * length + 1)!;
  const { loss, correct, examples, logits, gradients } = await firstPass(batch, size, 8);
  let [sum, right] = [0, 0];
  for (let vector = 0; vector < length; vector++)
    for (let each = 0; each < size; each++)
      row(batch.frames[vector], 9, each)
        .slice(0, 8)
        .forEach((bit, i) => {
          const logit = logits[length + 1 + vector][each * 8 + i];
          sum += binarySurprisal(logit, bit);
          if (logit > 0 === bit > 0) right++;
        });
  assert.equal([correct, examples], [right, size * length * 8]);
  assert.ok(Math.abs(loss - sum / examples) < 1e-5, `${loss}, not ${sum / examples}`);
  assert.ok(gradients > 0);
});

test.run();
