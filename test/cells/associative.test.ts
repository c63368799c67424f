// What associative memories are known by, in integers: energy that only falls, patterns that come back, and both ways of a pair.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { damaged, isExact, pairsOf, patternsOf } from "../../host/tasks/sources/patterns.ts";
import { memoryFile } from "./associative.ts";

const one = 1 << 13;
const random = new Random(1, "associative");
const shown = (values: ArrayLike<number>, loudness = one) => Int16Array.from(values, (value) => value * loudness);

function stateOf(model: IntegerModel, name: string): Int8Array | Int16Array | Int32Array {
  return model.values(0, 1 + model.model.meta!.layers[0].states.indexOf(name));
}

const hopfield = await memoryFile("recall", "hopfield");

test("a Hopfield network's weights are the sum of outer products, and its energy what they say", () => {
  const model = new IntegerModel(hopfield);
  const units = model.inputs;
  const patterns = patternsOf(5, units, random);
  for (const pattern of patterns) model.step(shown(pattern, 2 * one));
  const W = stateOf(model, "W");
  const at = (i: number, j: number) => patterns.reduce((sum, p) => sum + p[i] * p[j], 0);
  for (let i = 0; i < units; i += 7) for (let j = 0; j < units; j++) assert.is(W[i * units + j], at(i, j));
  const s = model.step(shown(damaged(patterns[0], 0.3, random)));
  let energy = 0;
  for (let i = 0; i < units; i++) for (let j = 0; j < units; j++) if (i !== j) energy -= (at(i, j) * s[i] * s[j]) / 2;
  assert.is(stateOf(model, "e")[0], energy);
});

for (const stored of [6, 17, 40, 127])
  test(`energy never rises while ${stored} patterns of 128 units are recalled one unit at a time`, () => {
    const model = new IntegerModel(hopfield);
    const patterns = patternsOf(stored, model.inputs, random);
    for (const pattern of patterns) model.step(shown(pattern, 2 * one));
    for (const pattern of patterns.slice(0, 10)) {
      let last = Number.POSITIVE_INFINITY;
      model.step(shown(damaged(pattern, 0.25, random)));
      for (let sweep = 0; sweep < 12; sweep++) {
        const [energy] = stateOf(model, "e");
        assert.ok(energy <= last, `${energy} after ${last}`);
        last = energy;
        model.step(shown(new Int8Array(model.inputs)));
      }
    }
    assert.is(
      model.clips()[0].reduce((sum, clips) => sum + clips, 0),
      0,
      "a number had no room",
    );
  });

test("all units at once can go back and forth for ever, which one at a time cannot", async () => {
  const model = new IntegerModel(await memoryFile("recall", "hopfield", "+synchronous"));
  const [pattern] = patternsOf(1, model.inputs, random);
  model.step(shown(pattern, 2 * one));
  // Half of the units as stored, half the other way: each half sees the other and gives way.
  const half = pattern.map((value, i) => (i < model.inputs / 2 ? value : -value));
  const silence = shown(new Int8Array(model.inputs));
  const states = [model.step(shown(half)).slice()];
  for (let i = 0; i < 3; i++) states.push(model.step(silence).slice());
  assert.equal(states[2], states[0]);
  assert.not.equal(states[1], states[0]);
});

test("a bidirectional memory brings back either pattern of a pair from the other, and its energy only falls", async () => {
  const model = new IntegerModel(await memoryFile("pairs", "bam"));
  const { xs, ys } = model.model.meta!.layers[0].sizes;
  const pairs = pairsOf(3, xs, ys, random);
  const silence = shown(new Int8Array(xs + ys));
  for (const { x, y } of pairs) model.step(shown([...x, ...y], 2 * one));
  for (const { x, y } of pairs) {
    for (const from of [
      [...damaged(x, 0.2, random), ...new Int8Array(ys)],
      [...new Int8Array(xs), ...damaged(y, 0.2, random)],
    ]) {
      let found = model.step(shown(from));
      let last = Number.POSITIVE_INFINITY;
      for (let pass = 0; pass < 6; pass++) {
        const [energy] = stateOf(model, "e");
        assert.ok(energy <= last);
        last = energy;
        found = model.step(silence);
      }
      assert.ok(isExact(found.subarray(0, xs), x) && isExact(found.subarray(xs), y));
    }
  }
});

test.run();
