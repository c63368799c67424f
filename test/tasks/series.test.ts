// A series of sequences that are repeated one by one: flags, what is asked, the curriculum, errors.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import type { Runner } from "../../host/tasks/runner.ts";
import { seriesData, seriesQuestion } from "../../host/tasks/sources/series.ts";

const row = (values: ArrayLike<number>, width: number, step: number) =>
  Array.from(values).slice(step * width, (step + 1) * width);

test("each sequence is shown, its first vector flagged, and asked directly after", () => {
  const { frames, targets, asked } = seriesQuestion(2, 3, new Random(1));
  assert.equal([...asked], [0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
  const flags = Array.from({ length: 12 }, (_, step) => row(frames, 9, step).slice(6).join(""));
  assert.equal(flags, ["101", "100", "100", "010", "010", "010", "101", "100", "100", "010", "010", "010"]);
  for (const first of [0, 6])
    for (let vector = 0; vector < 3; vector++) {
      assert.equal(row(targets, 6, first + 3 + vector), row(frames, 9, first + vector).slice(0, 6));
      assert.equal(row(frames, 9, first + 3 + vector).slice(0, 6), new Array(6).fill(0));
      assert.equal(row(targets, 6, first + vector), new Array(6).fill(0));
    }
  const ones = seriesQuestion(20, 50, new Random(2)).targets.reduce((sum, bit) => sum + bit, 0) / 6000;
  assert.ok(Math.abs(ones - 0.5) < 0.03, `${ones}`);
});

/** Keeps `places` vectors, the later ones of a series are all 1 to it; frees a place with each that is asked where it `frees`. */
function memory(places: number, frees: boolean, seen: string[] = []): Runner {
  const answer = (frames: Float32Array): Float32Array => {
    seen.push(frames.join(""));
    const logits = new Float32Array((frames.length / 9) * 6).fill(1);
    const kept: (number[] | undefined)[] = [];
    let used = 0;
    for (let step = 0; step < frames.length / 9; step++) {
      const frame = row(frames, 9, step);
      if (frame[6] === 1) kept.push(used++ < places ? frame.slice(0, 6) : undefined);
      else {
        const vector = kept.shift();
        if (vector)
          logits.set(
            vector.map((bit) => bit - 0.5),
            step * 6,
          );
        if (frees) used--;
      }
    }
    return logits;
  };
  return { name: "a memory", inputs: 9, outputs: 6, run: async (all) => all.map(answer) };
}

test("ten places are enough for four sequences of five where they are freed; where not, half the vectors are lost", async () => {
  assert.equal(await seriesData.evaluate(memory(10, true), "test"), { bitError: 0, right: 100 });
  const { bitError, right } = await seriesData.evaluate(memory(10, false), "test");
  assert.ok(Math.abs(bitError - 25) < 1, `${bitError}`);
  assert.is(right, 0);
});

test("one wrong bit of 120 spoils a series", async () => {
  const keeper = memory(10, true);
  const spoils: Runner = {
    ...keeper,
    run: async (all) => {
      const results = await keeper.run(all);
      for (let i = 0; i < results.length; i += 4) results[i][results[i].length - 1] *= -1;
      return results;
    },
  };
  assert.equal(await seriesData.evaluate(spoils, "test"), { bitError: 100 / 480, right: 75 });
});

test("asked are 1,000 series of 40 steps; validation, test and formats share none", async () => {
  const [val, tests]: string[][] = [[], []];
  await seriesData.evaluate(memory(10, true, val), "val");
  await seriesData.evaluate(memory(10, true, tests), "test");
  assert.is(tests.length, 1000);
  const all = [...val, ...tests, ...seriesData.calibration().map((frames) => frames.join(""))];
  assert.ok(all.every(({ length }) => length === 40 * 9));
  assert.is(new Set(all).size, all.length);
});

test("it begins with two sequences of three and ends with four of five, three of ten batches shorter", () => {
  for (const [progress, sequences, length] of [
    [0, 2, 3],
    [0.15, 2, 4],
    [0.25, 2, 5],
    [0.4, 3, 5],
    [0.5, 4, 5],
    [undefined, 4, 5],
  ] as const) {
    const lengths = Array.from({ length: 1000 }, (_, i) => {
      const { frames } = seriesData.batch(1, new Random(i, "curriculum"), progress);
      assert.is(frames.filter((frame) => frame[8] === 1).length, sequences);
      return frames.length / (2 * sequences);
    });
    assert.is(Math.max(...lengths), length);
    assert.is(new Set(lengths).size, length);
    const shorter = lengths.filter((each) => each < length).length;
    assert.ok(Math.abs(shorter - 300) < 50, `${shorter}`);
  }
});

test.run();
