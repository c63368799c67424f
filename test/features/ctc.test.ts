// Decoding of logits with a blank: best path, as a stream and at once, and the search over prefixes; and how it is scored.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { bestPath, prefixBeam } from "../../host/features/ctc.ts";
import { editDistance, labelErrorRate } from "../../host/features/edit-distance.ts";
import { UserError } from "../../host/spec/user-error.ts";

const oneHot = (symbols: string, labels: number): number[][] =>
  [...symbols].map((symbol) => Array.from({ length: labels }, (_, i) => (i === Number(symbol) ? 1 : 0)));

const randomFrames = (random: Random, frames: number, labels: number, spread: number): Float32Array[] =>
  Array.from({ length: frames }, () => Float32Array.from({ length: labels }, () => random.normal() * spread));

test("the best path loses its repeats, then its blanks", () => {
  assert.equal(bestPath(oneHot("0110122002220", 3), 0), [1, 1, 2, 2]);
  assert.equal(bestPath(oneHot("112", 3), 0), [1, 2]);
  assert.equal(bestPath(oneHot("0000", 3), 0), []);
  assert.equal(bestPath(oneHot("0122", 3), 2), [0, 1]);
  assert.equal(bestPath([], 0), []);
});

test("of equal logits the first counts, also before the blank", () => {
  assert.equal(bestPath([[3, 5, 5]], 2), [1]);
  assert.equal(bestPath([[5, 5, 5]], 0), []);
});

test("a beam that leaves nothing out finds every string with its probability, the best first", () => {
  const random = new Random(2, "beam");
  for (let round = 0; round < 60; round++) {
    const labels = 2 + random.int(3);
    const blank = random.int(labels);
    const frames = randomFrames(random, 1 + random.int(5), labels, 1.5);
    const wanted = spelled(frames, blank);
    const found = prefixBeam(frames, { blank, width: 10_000 });
    assert.is(found.length, wanted.size, `round ${round}`);
    found.forEach(({ labels, logProbability }, i) => {
      const difference = logProbability - Math.log(wanted.get(labels.join())!);
      assert.ok(Math.abs(difference) < 1e-10, `round ${round}, [${labels}] differs by ${difference}`);
      assert.ok(i === 0 || logProbability <= found[i - 1].logProbability, `round ${round}: [${labels}] is too late`);
    });
    assert.is(wanted.get(found[0].labels.join()), Math.max(...wanted.values()), `round ${round}`);
  }
});

/** In how many of 50 random passes a beam's string is more, and less, probable than the best path's. */
function compared(spread: number, width: number): { more: number; less: number } {
  const random = new Random(3, "beam against best path");
  const outcome = { more: 0, less: 0 };
  for (let round = 0; round < 50; round++) {
    const frames = randomFrames(random, 6, 4, spread);
    const probabilities = spelled(frames, 0);
    const probability = (labels: readonly number[]) => probabilities.get(labels.join())!;
    const difference =
      probability(prefixBeam(frames, { blank: 0, width })[0].labels) - probability(bestPath(frames, 0));
    if (difference > 0) outcome.more++;
    if (difference < 0) outcome.less++;
  }
  return outcome;
}

test("a beam that leaves nothing out never finds less than the best path's string", () => {
  for (const spread of [0.5, 1, 3]) {
    const { more, less } = compared(spread, 10_000);
    assert.is(less, 0, `spread ${spread}`);
    assert.ok(more > 5, `spread ${spread}: more in ${more}`);
  }
});

test("a narrow beam finds more than the best path's string often, and less rarely", () => {
  for (const spread of [1, 3]) {
    const { more, less } = compared(spread, 8);
    assert.ok(more > 5 && less <= 2, `spread ${spread}: more in ${more}, less in ${less}`);
  }
});

test("a beam keeps its width, and sums no more than there is", () => {
  const random = new Random(6, "beam width");
  for (let round = 0; round < 20; round++) {
    const frames = randomFrames(random, 6, 4, 1);
    const probabilities = spelled(frames, 0);
    const found = prefixBeam(frames, { blank: 0, width: 8 });
    assert.is(found.length, 8);
    for (const { labels, logProbability } of found)
      assert.ok(logProbability <= Math.log(probabilities.get(labels.join())!) + 1e-10, `round ${round}, [${labels}]`);
  }
});

test("a string that no single best path has is found where its paths sum to more", () => {
  // Best path: blank, blank (0.36); but the label has 0.24 + 0.24 + 0.16.
  const frames = [
    [Math.log(0.6), Math.log(0.4)],
    [Math.log(0.6), Math.log(0.4)],
  ];
  assert.equal(bestPath(frames, 0), []);
  const [first, second] = prefixBeam(frames, { blank: 0, width: 2 });
  assert.equal(first.labels, [1]);
  assert.ok(Math.abs(first.logProbability - Math.log(0.64)) < 1e-12);
  assert.equal(second.labels, []);
});

test("a beam takes int16 logits with what a unit is worth", () => {
  const random = new Random(4, "beam of int16");
  const frames = Array.from({ length: 20 }, () => Int16Array.from({ length: 5 }, () => random.int(16384) - 8192));
  const floats = frames.map((logits) => Float32Array.from(logits, (logit) => logit / 2048));
  assert.equal(prefixBeam(frames, { blank: 4, width: 5, unit: 1 / 2048 }), prefixBeam(floats, { blank: 4, width: 5 }));
});

test("a beam over logits far apart has no NaN, and over no frames is the empty string", () => {
  const far = Array.from({ length: 6 }, (_, t) => [0, t % 2 ? 1e5 : -1e5, -Infinity]);
  for (const { logProbability } of prefixBeam(far, { blank: 0, width: 4 })) assert.ok(logProbability <= 0);
  assert.equal(prefixBeam(far, { blank: 0, width: 4 })[0].labels, [1, 1, 1]);
  assert.equal(prefixBeam([], { blank: 0, width: 4 }), [{ labels: [], logProbability: 0 }]);
});

test("the edit distance is that of the recursion", () => {
  const recursion = (a: readonly number[], b: readonly number[]): number => {
    if (a.length === 0 || b.length === 0) return a.length + b.length;
    const [restA, restB] = [a.slice(1), b.slice(1)];
    if (a[0] === b[0]) return recursion(restA, restB);
    return 1 + Math.min(recursion(restA, restB), recursion(restA, b), recursion(a, restB));
  };
  const random = new Random(5, "edit distance");
  const string = () => Array.from({ length: random.int(7) }, () => random.pick([0, 1, 300]));
  for (let round = 0; round < 200; round++) {
    const [a, b] = [string(), string()];
    assert.is(editDistance(a, b), recursion(a, b), `[${a}] and [${b}]`);
  }
  assert.is(editDistance([1, 2, 3, 4], [2, 3, 5]), 2);
});

test("the label error rate is the edits of all strings by the labels of all", () => {
  assert.is(labelErrorRate([[1, 2, 3], [4], []], [[1, 3], [5], [6, 6]]), 4 / 5);
  assert.is(labelErrorRate([[1], [2, 3]], [[1], [2, 3]]), 0);
  assert.is(labelErrorRate([[1, 1, 1]], [[2]]), 3);
});

test("a label error rate over no label at all is refused", () => {
  assert.throws(
    () => labelErrorRate([[], [1]], [[], []]),
    (error: unknown) => error instanceof UserError && error.message.startsWith("2 strings have no label"),
  );
});

// The probability of every string that paths spell.
function spelled(frames: readonly Float32Array[], blank: number): Map<string, number> {
  const labels = frames[0].length;
  const softmax = frames.map((logits) => {
    const powers = Array.from(logits, Math.exp);
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  });
  const found = new Map<string, number>();
  for (let path = 0; path < labels ** frames.length; path++) {
    const symbols = softmax.map((_, t) => Math.floor(path / labels ** t) % labels);
    const string = symbols.filter((symbol, t) => symbol !== symbols[t - 1] && symbol !== blank).join();
    const probability = softmax.reduce((product, row, t) => product * row[symbols[t]], 1);
    found.set(string, (found.get(string) ?? 0) + probability);
  }
  return found;
}

test.run();
