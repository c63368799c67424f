// Letters: what the stream is, what can be told of the next letter, and a short training.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { task } from "../../host/tasks/kinds/letters.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner, type Runner } from "../../host/tasks/runner.ts";
import { trainTask } from "../../host/tasks/train-task.ts";

const data = await task.open(undefined);
const codes: Record<string, string> = {
  b: "101001",
  d: "101101",
  g: "101011",
  a: "010011",
  i: "010101",
  u: "010111",
};
const vowels: Record<string, string> = { b: "a", d: "ii", g: "uuu" };
const textOf = (frames: Float32Array): string =>
  Array.from({ length: frames.length / 6 }, (_, t) => {
    const code = frames.subarray(6 * t, 6 * t + 6).join("");
    return Object.keys(codes).find((letter) => codes[letter] === code)!;
  }).join("");

/** Says what comes next after each letter of a stream, `consonant` where that is random. */
const speaker = (next: (word: string, said: number, consonant: string) => string, consonant: string): Runner => ({
  name: "a speaker",
  inputs: 6,
  outputs: 6,
  run: async (sequences) =>
    sequences.map((frames) => {
      let [word, said] = ["b", 0];
      const told = [...textOf(frames)].map((letter) => {
        if (letter in vowels) [word, said] = [letter, 0];
        else said++;
        return codes[next(word, said, consonant)];
      });
      return Float32Array.from(told.join(""), (bit) => Number(bit) - 0.5);
    }),
});

test("the words ba, dii and guuu say all vowels and where a consonant comes, whichever it is", async () => {
  const told = (word: string, said: number, consonant: string) => vowels[word][said] ?? consonant;
  for (const consonant of "bdg")
    assert.equal(await data.evaluate(speaker(told, consonant), "test"), { vowels: 100, consonants: 100 });
});

test("who does not count vowels misses where a consonant comes", async () => {
  const uncounted = (word: string) => vowels[word][0];
  const scores = await data.evaluate(speaker(uncounted, "b"), "test");
  assert.is(scores.vowels, 100);
  assert.ok(scores.consonants > 60 && scores.consonants < 72, `${scores.consonants}`);
});

test("training reads windows of the stream that begin with a word", () => {
  const { frames } = data.batch(3, new Random(1, "batch"));
  for (let row = 0; row < 3; row++) {
    const text = textOf(Float32Array.from(frames.flatMap((frame) => [...frame.subarray(6 * row, 6 * row + 6)])));
    assert.match(text, /^(ba|dii|guuu)+(d|di|g|gu|guu|b)?$/);
  }
});

test("a short training: the loss falls, integers follow float", async () => {
  const losses: number[] = [];
  const recipe = { ...task.recipes.elman, steps: 500, validateEvery: 100 };
  const model = (await trainTask("letters", task, data, recipe, { seed: 1 }, ({ loss }) => losses.push(loss)))!;
  assert.ok(losses[499] < losses[99] / 1.5, `loss ${losses[99]}, then ${losses[499]}`);
  const { file } = quantizeTask(model, data.calibration());
  for (const runner of [floatRunner(model.layers), integerRunner(file, "it")]) {
    const { vowels, consonants } = await data.evaluate(runner, "val");
    assert.ok(vowels > 99 && consonants > 99, `${runner.name}: ${vowels}, ${consonants}`);
  }
});

test.run();
