// engram teach, recall and energy, as a user types them: patterns drawn in files, a board that keeps them, and what is refused.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { damaged, patternsOf } from "../../host/tasks/sources/patterns.ts";
import { memoryFile } from "../cells/associative.ts";
import { boardTest } from "../native/program.ts";
import { engram, temporaryFolder } from "./engram.ts";
import { tinyModel } from "./tiny-model.ts";

const folder = temporaryFolder();
const random = new Random(2, "teach");
const patterns = patternsOf(3, 128, random);
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const drawn = (values: ArrayLike<number>): string =>
  Array.from({ length: 8 }, (_, row) =>
    Array.from({ length: 16 }, (_, i) => (values[16 * row + i] > 0 ? "#" : values[16 * row + i] < 0 ? "." : "?")).join(
      "",
    ),
  ).join("\n");
const letters = patterns.map((pattern, i) => file(`${i}.txt`, drawn(pattern)));
const model = join(folder, "hopfield.engram");
writeFileSync(model, await memoryFile("recall", "hopfield"));
const flash = ["--flash", join(folder, "board.flash")];

boardTest("a board is taught drawings, recalls one from a damaged one, and forgets", async () => {
  assert.is(engram(["flash", model, ...flash]).code, 0);
  const taught = engram(["teach", ...letters, ...flash]);
  assert.is(taught.code, 0, taught.error);
  assert.match(taught.out, "2.txt: learned as pattern 3");
  const probe = file("damaged.txt", drawn(damaged(patterns[1], 0.2, random)));
  const recalled = engram(["recall", probe, ...flash]);
  assert.match(recalled.out, drawn(patterns[1]));
  assert.match(recalled.out, /settled after \d+ steps?, pattern 2 with an overlap of 1\.000, energy -\d+/);
  const { energies } = JSON.parse(engram(["energy", probe, "--json", ...flash]).out);
  assert.ok(energies.length >= 2);
  energies.slice(1).forEach((energy: number, i: number) => {
    assert.ok(energy <= energies[i]);
  });
  const unknown = file("half.txt", drawn(patterns[0].map((value, i) => (i < 64 ? value : 0))));
  assert.is(JSON.parse(engram(["recall", unknown, "--json", ...flash]).out).pattern, 1);
  assert.match(engram(["teach", "--forget", "2", ...flash]).out, "forgot pattern 2");
  assert.match(engram(["teach", "--list", ...flash]).out, /pattern 1:[\s\S]*pattern 2:/);
  assert.is(JSON.parse(engram(["recall", probe, "--json", ...flash]).out).overlap < 0.9, true);
});

boardTest("patterns that do not fit are refused with file, place and what fits", async () => {
  const refusals: [string[], RegExp][] = [
    [["teach", letters[0]], /0\.txt is there already, as pattern 1/],
    [["teach", file("short.txt", "1 1 -1")], /short\.txt has 3 values; the memory has 128 units/],
    [["teach", file("zero.txt", "1 1\n1 0")], /zero\.txt line 2 has 0, which is neither 1 nor -1[\s\S]*--binary/],
    [
      ["teach", file("gap.txt", drawn(patterns[0].map((v, i) => (i === 5 ? 0 : v))))],
      /gap\.txt has values that are not known/,
    ],
    [["teach", file("empty.txt", "\n")], /empty\.txt holds no pattern/],
    [["teach", join(folder, "none.txt")], /cannot read .*none\.txt/],
    [["teach", "--forget", "9"], /there is no pattern 9[\s\S]*1 to 2, or all/],
    [["recall", file("short.txt", "1 1 -1")], /short\.txt has 3 values/],
    [["recall", file("nothing.txt", drawn(new Int8Array(128)))], /of .*nothing\.txt nothing is known/],
  ];
  for (const [args, says] of refusals) {
    const { code, error } = engram([...args, ...flash]);
    assert.is(code, 1, args.join(" "));
    assert.match(error, says);
  }
  assert.is(engram(["teach", ...flash]).code, 2);
  const other = join(folder, "other.engram");
  writeFileSync(other, await tinyModel(1));
  const elsewhere = ["--flash", join(folder, "other.flash")];
  engram(["flash", other, ...elsewhere]);
  assert.match(engram(["recall", letters[0], ...elsewhere]).error, "the board's model is no associative memory");
});

boardTest("more patterns than a memory can hold are learned with a caution that says what to expect", async () => {
  const own = ["--flash", join(folder, "many.flash")];
  engram(["flash", model, ...own]);
  const many = patternsOf(19, 128, random).map((pattern, i) => file(`many-${i}.txt`, drawn(pattern)));
  const { code, error } = engram(["teach", ...many, ...own]);
  assert.is(code, 0);
  assert.not.match(error, /17 patterns in 128 units/);
  assert.match(error, /18 patterns in 128 units are more than 0\.138 of them: 0\.4 % of the values will be wrong/);
  const complement = file("complement.txt", drawn(Array.from(patternsOf(1, 128, new Random(3, "other"))[0])));
  engram(["teach", complement, ...own]);
  const opposite = file("opposite.txt", drawn(Array.from(patternsOf(1, 128, new Random(3, "other"))[0], (v) => -v)));
  assert.match(engram(["teach", opposite, ...own]).error, "is the complement of pattern 20");
});

boardTest("a journal that is full says how many patterns it holds, and keeps them", async () => {
  const own = ["--flash", join(folder, "full.flash")];
  engram(["flash", model, ...own]);
  const many = patternsOf(104, 128, random).map((pattern, i) => file(`full-${i}.txt`, drawn(pattern)));
  const { code, error } = engram(["teach", ...many, ...own]);
  assert.is(code, 1);
  assert.match(error, /the memory is full: the board's journal has room for 102 patterns\n {2}forget some/);
  assert.is(JSON.parse(engram(["teach", "--list", "--json", ...own]).out).stored.length, 102);
});

test.run();
