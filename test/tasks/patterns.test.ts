// Patterns, pairs, damage of so many values exactly, recall.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import type { UserError } from "../../host/spec/user-error.ts";
import {
  damaged,
  flipsOf,
  isExact,
  nearestOf,
  overlap,
  type Pattern,
  pairsOf,
  patternsOf,
  probesOf,
  scoreRecalls,
} from "../../host/tasks/sources/patterns.ts";

const differing = (a: Pattern, b: Pattern): number => a.filter((value, i) => value !== b[i]).length;

test("values are −1 and +1 alike; the same seed gives the same patterns", () => {
  const patterns = patternsOf(50, 128, new Random(1, "patterns"));
  assert.equal(patterns, patternsOf(50, 128, new Random(1, "patterns")));
  assert.not.equal(patterns, patternsOf(50, 128, new Random(2, "patterns")));
  const values = patterns.flatMap((pattern) => [...pattern]);
  assert.is(values.length, 50 * 128);
  assert.ok(values.every((value) => value === 1 || value === -1));
  assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0)) < 320);
});

test("none is another or its complement: of four units there are eight, and no more", () => {
  const eight = patternsOf(8, 4, new Random(3));
  const keys = eight.flatMap((pattern) => [pattern.join(), pattern.map((value) => -value).join()]);
  assert.is(new Set(keys).size, 16);
  assert.throws(
    () => patternsOf(9, 4, new Random(3)),
    (error: UserError) => /9 patterns of 4 units, of which there are 8/.test(error.message) && error.hint.length > 0,
  );
});

test("pairs are of their lengths, and neither side comes twice", () => {
  const pairs = pairsOf(6, 140, 108, new Random(4));
  assert.ok(pairs.every(({ x, y }) => x.length === 140 && y.length === 108));
  for (const side of ["x", "y"] as const) assert.is(new Set(pairs.map((pair) => pair[side].join())).size, 6);
});

test("damage flips round(f N) values, each place as often, and leaves the pattern alone", () => {
  const [pattern] = patternsOf(1, 128, new Random(5));
  const before = pattern.slice();
  const random = new Random(6);
  const flipped = new Float64Array(128);
  for (const [fraction, flips] of [
    [0, 0],
    [0.1, 13],
    [0.2, 26],
    [0.4, 51],
    [1, 128],
  ] as const) {
    assert.is(flipsOf(128, fraction), flips);
    for (let i = 0; i < 200; i++) {
      const copy = damaged(pattern, fraction, random);
      assert.is(differing(pattern, copy), flips);
      if (fraction === 0.4)
        copy.forEach((value, place) => {
          if (value !== pattern[place]) flipped[place]++;
        });
    }
  }
  assert.equal(pattern, before);
  assert.ok(
    flipped.every((times) => times > 45 && times < 120),
    `${flipped}`,
  );
});

test("probes are of each pattern in turn, damaged anew each time", () => {
  const patterns = patternsOf(4, 100, new Random(7));
  const probes = probesOf(patterns, 0.2, 5, new Random(8));
  assert.equal(
    probes.map(({ stored }) => stored),
    [0, 1, 2, 3].flatMap((stored) => new Array(5).fill(stored)),
  );
  assert.ok(probes.every(({ stored, start }) => differing(patterns[stored], start) === 20));
  assert.is(new Set(probes.map(({ start }) => start.join())).size, 20);
});

test("overlap is 1 of equals, −1 of complements, 1 − 2 f of damage", () => {
  const [pattern] = patternsOf(1, 100, new Random(9));
  assert.is(overlap(pattern, pattern), 1);
  assert.is(
    overlap(
      pattern.map((value) => -value),
      pattern,
    ),
    -1,
  );
  assert.ok(Math.abs(overlap(damaged(pattern, 0.2, new Random(10)), pattern) - 0.6) < 1e-12);
  assert.ok(isExact(pattern, pattern));
  assert.not.ok(isExact(damaged(pattern, 0.01, new Random(11)), pattern));
});

test("recalls: parts that are exact, that overlap by 0.9, and the mean overlap", () => {
  const [wanted] = patternsOf(1, 100, new Random(12));
  const found = [0, 0.05, 0.06, 0.2].map((fraction) => damaged(wanted, fraction, new Random(13)));
  const { exact, near, overlap: mean } = scoreRecalls(found.map((each) => ({ found: each, wanted })));
  assert.equal([exact, near], [0.25, 0.5]);
  assert.ok(Math.abs(mean - (1 + 0.9 + 0.88 + 0.6) / 4) < 1e-12, `${mean}`);
});

test("the nearest stored pattern is the one that was damaged", () => {
  const patterns = patternsOf(26, 128, new Random(14));
  for (const { stored, start } of probesOf(patterns, 0.1, 3, new Random(15)))
    assert.is(nearestOf(patterns, start), stored);
});

/** What a Hopfield network makes of a start: outer products without a diagonal, one unit after the other until none changes. */
function settle(patterns: readonly Pattern[], start: Pattern): Pattern {
  const state = start.slice();
  for (let sweep = 0; sweep < 50; sweep++) {
    let changes = 0;
    for (let i = 0; i < state.length; i++) {
      let field = -patterns.length * state[i];
      for (const pattern of patterns)
        field += pattern[i] * pattern.reduce((sum, value, j) => sum + value * state[j], 0);
      if (field !== 0 && field > 0 !== state[i] > 0) {
        state[i] *= -1;
        changes++;
      }
    }
    if (changes === 0) break;
  }
  return state;
}

test("6 patterns of 128 units are recalled from a fifth of flips, 26 are not from a tenth: as is known of such patterns", () => {
  const recall = (count: number, fraction: number) => {
    const random = new Random(16, count);
    const recalls = Array.from({ length: 20 }, () => {
      const patterns = patternsOf(count, 128, random);
      const { stored, start } = probesOf(patterns, fraction, 1, random)[random.int(count)];
      return { found: settle(patterns, start), wanted: patterns[stored] };
    });
    return scoreRecalls(recalls);
  };
  assert.ok(recall(6, 0.2).exact >= 0.95);
  const { exact, overlap: mean } = recall(26, 0.1);
  assert.ok(exact < 0.6 && mean < 0.9, `${exact}, ${mean}`);
});

test.run();
