import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../../host/data/random.ts";
import { measureNormalization, normalize } from "../../../host/data/sequences/normalization.ts";
import type { Sequence, SequenceSet } from "../../../host/data/sequences/sequence-set.ts";

function setOf(...sequences: [Sequence["split"], number[]][]): SequenceSet {
  const made = sequences.map(([split, x]) => ({ x: Float32Array.from(x), steps: x.length / 2, split, origin: "a" }));
  return { name: "a", hash: "", inputs: 2, sequences: made };
}

test("training inputs get mean 0 and deviation 1, whatever the other splits hold", () => {
  const random = new Random(3);
  const rows = (count: number) =>
    Array.from({ length: count }, () => [1000 + random.normal(), 1e-3 * random.normal()]).flat();
  const set = setOf(["train", rows(300)], ["train", rows(700)], ["test", [1e9, 1e9]]);
  const normalization = measureNormalization(set);
  const again = measureNormalization({
    ...set,
    sequences: set.sequences.map((one) => ({ ...one, x: normalize(one.x, normalization) })),
  });
  for (const n of [0, 1]) {
    assert.ok(Math.abs(again.mean[n]) < 1e-4, `mean ${again.mean[n]}`);
    assert.ok(Math.abs(again.deviation[n] - 1) < 1e-4, `deviation ${again.deviation[n]}`);
  }
  assert.equal(JSON.parse(JSON.stringify(normalization)), normalization);
});

test("a constant input keeps deviation 1, and becomes 0", () => {
  const set = setOf(["train", [0.1, 1, 0.1, 3, 0.1, 2]], ["train", [0.1, 7]]);
  const normalization = measureNormalization(set);
  assert.is(normalization.deviation[0], 1);
  assert.ok(Math.abs(normalize(set.sequences[0].x, normalization)[2]) < 1e-15);
});

test("without training sequences there is nothing to measure", () => {
  assert.throws(() => measureNormalization(setOf(["test", [1, 2]])), /a has no training sequences/);
});

test.run();
