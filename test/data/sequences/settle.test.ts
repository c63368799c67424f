// What becomes of sequences once they are read: splits, labels, duplicates, hash.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Notices } from "../../../host/data/notices.ts";
import { Random } from "../../../host/data/random.ts";
import type { FoundSequence, SequenceSet } from "../../../host/data/sequences/sequence-set.ts";
import { requireClasses, type SettleOptions, settle } from "../../../host/data/sequences/settle.ts";
import { UserError } from "../../../host/spec/user-error.ts";

const SPLITS = ["train", "val", "test"] as const;

function sequence(values: number[], rest: Partial<FoundSequence> = {}): FoundSequence {
  return { x: Float32Array.from(values), steps: values.length, inputs: 1, origin: `a:${values.join()}`, ...rest };
}

const settled = (found: FoundSequence[], options: SettleOptions = {}, notices = new Notices()) =>
  settle("a", found, notices, options);

function refused(work: () => unknown, what: string | RegExp): void {
  try {
    work();
  } catch (error) {
    assert.instance(error, UserError, String(error));
    if (typeof what === "string") assert.is((error as Error).message, what);
    else assert.match((error as Error).message, what);
    assert.ok((error as UserError).hint.length > 0);
    return;
  }
  assert.unreachable("it was accepted");
}

const splitsOf = ({ sequences }: SequenceSet) => sequences.map(({ split }) => split);
const groupsIn = ({ sequences }: SequenceSet, split: string) =>
  new Set(sequences.filter((one) => one.split === split).map(({ group }) => group));
const countOf = ({ sequences }: SequenceSet, split: string, label: number) =>
  sequences.filter((one) => one.split === split && one.label === label).length;

test("on random sets no group is in two splits, each split has one, and the same seed gives the same splits", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed, "groups");
    const groups = 3 + random.int(20);
    const labels = 1 + random.int(5);
    const found = Array.from({ length: groups + random.int(300) }, (_, n) => {
      const group = `person ${n < groups ? n : random.int(groups)}`;
      return sequence([n, random.uniform()], { group, label: `class ${random.int(labels)}` });
    });
    const set = settled(found, { seed });
    const [train, val, test] = SPLITS.map((split) => groupsIn(set, split));
    assert.ok(train.size > 0 && val.size > 0 && test.size > 0, `seed ${seed}`);
    assert.is(new Set([...train, ...val, ...test]).size, train.size + val.size + test.size, `seed ${seed}`);
    assert.is(train.size + val.size + test.size, groups, `seed ${seed}`);
    assert.equal(splitsOf(settled(found, { seed })), splitsOf(set), `seed ${seed}`);
  }
});

test("on random sets without groups each label has its share of each split, and one of three or more is held out", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new Random(seed, "labels");
    const sizes = Array.from({ length: 2 + random.int(6) }, () => 1 + random.int(120));
    const found = sizes.flatMap((size, label) =>
      Array.from({ length: size }, (_, n) => sequence([label, n], { label: `${label}` })),
    );
    const options = { seed, val: 0.1, test: 0.2 };
    if (found.length < 6) continue;
    const set = settled(random.shuffle(found), options);
    sizes.forEach((size, label) => {
      const counts = SPLITS.map((split) => countOf(set, split, label));
      const where = `seed ${seed}, label ${label}: ${counts} of ${size}`;
      assert.ok(counts[0] >= 1, where);
      for (const [held, share] of [
        [counts[1], 0.1],
        [counts[2], 0.2],
      ] as const) {
        const goal = size >= 3 ? Math.max(1, size * share) : 0;
        if (size >= 3) assert.ok(Math.abs(held - goal) <= 0.5 + 1e-9, where);
      }
    });
  }
});

test("groups that differ in labels are divided so that each label has about its share", () => {
  const random = new Random(7, "mixed");
  const found = Array.from({ length: 3000 }, (_, n) => {
    const group = n % 100;
    return sequence([n], { group: `${group}`, label: `${group < 60 ? 0 : group < 90 ? 1 : random.int(3)}` });
  });
  const set = settled(found, { val: 0.1, test: 0.2 });
  for (const label of [0, 1, 2]) {
    const all = set.sequences.filter((one) => one.label === label).length;
    for (const [split, share] of [
      ["val", 0.1],
      ["test", 0.2],
    ] as const) {
      const part = countOf(set, split, label) / all;
      assert.ok(Math.abs(part - share) < 0.06, `label ${label}: ${part} in ${split}`);
    }
  }
});

test("groups of one class each are divided so that every class is in each part where it has three groups", () => {
  for (let seed = 0; seed < 50; seed++) {
    const found = Array.from({ length: 240 }, (_, n) => {
      const group = n % 12;
      return sequence([n], { group: `recording ${group}`, label: ["slow", "fast", "still"][group % 3] });
    });
    const set = settled(found, { seed });
    for (const split of SPLITS)
      for (const label of [0, 1, 2]) assert.ok(countOf(set, split, label) > 0, `seed ${seed}: ${label} in ${split}`);
    assert.is(groupsIn(set, "train").size, 6, `seed ${seed}`);
  }
});

test("what was held out is said in groups, or in sequences where there are none", () => {
  const said = (found: FoundSequence[]) => {
    const notices = new Notices();
    settled(found, {}, notices);
    return notices.lines;
  };
  const found = Array.from({ length: 50 }, (_, n) => sequence([n]));
  assert.equal(said(found), ["of 50 sequences, held out 5 for test and 5 for val: a"]);
  const grouped = found.map((one, n) => ({ ...one, group: `${n % 10}` }));
  assert.equal(said(grouped), ["of 10 groups, held out 1 for test and 1 for val: a"]);
});

test("a class of two groups is tested, and trained", () => {
  const found = Array.from({ length: 100 }, (_, n) => {
    const group = n % 10;
    return sequence([n], { group: `${group}`, label: group < 2 ? "rare" : "usual" });
  });
  const set = settled(found);
  assert.equal(
    SPLITS.map((split) => countOf(set, split, 0)),
    [10, 0, 10],
  );
});

test("another seed holds out others", () => {
  const found = Array.from({ length: 100 }, (_, n) => sequence([n]));
  assert.not.equal(splitsOf(settled(found, { seed: 1 })), splitsOf(settled(found, { seed: 2 })));
});

test("splits that the data gives stay; a missing val comes out of train, by group", () => {
  const found = Array.from({ length: 60 }, (_, n) =>
    sequence([n], { group: `${n % 6}`, split: n % 6 === 0 ? "test" : "train" }),
  );
  const set = settled(found);
  assert.equal([...groupsIn(set, "test")], ["0"]);
  assert.is(groupsIn(set, "val").size, 1);
  assert.is(groupsIn(set, "train").size, 4);
  const given = settled(found.map((one, n) => ({ ...one, split: SPLITS[n % 3] })));
  assert.equal(
    splitsOf(given),
    found.map((_, n) => SPLITS[n % 3]),
  );
});

test("what is held out is an option; without a share nothing is", () => {
  const found = Array.from({ length: 50 }, (_, n) => sequence([n]));
  const count = (options: SettleOptions) =>
    SPLITS.map((split) => splitsOf(settled(found, options)).filter((s) => s === split).length);
  assert.equal(count({}), [40, 5, 5]);
  assert.equal(count({ test: 0 }), [45, 5, 0]);
  assert.equal(count({ val: 0.3, test: 0 }), [35, 15, 0]);
  assert.equal(count({ val: 0, test: 0 }), [50, 0, 0]);
});

test("too few groups or sequences to divide are refused", () => {
  const one = [1, 2, 3, 4].map((n) => sequence([n], { group: "ann", label: `${n % 2}` }));
  refused(() => settled(one), "a has 1 group to divide into train, test and val");
  const same = [1, 1, 1].map((n) => sequence([n], { label: "p" }));
  refused(() => settled(same, { test: 0 }), "a has 1 different sequence to divide into train, val");
});

test("equal sequences stay in one split where the reader divides", () => {
  const found = Array.from({ length: 200 }, (_, n) => sequence([n % 20]));
  const splits = splitsOf(settled(found));
  assert.equal(
    splits,
    splits.map((_, n) => splits[n % 20]),
  );
});

test("a test sequence that is also in train is noted, and named; a test set that is all in train is refused", () => {
  const notices = new Notices();
  const train = [1, 2, 3].map((n) => sequence([n], { split: "train", origin: `train:${n}` }));
  const held = [3, 4].map((n) => sequence([n], { split: "test", origin: `test:${n}` }));
  settled([...train, ...held], { val: 0 }, notices);
  assert.equal(notices.lines, ["test sequence also in train: test:3 is train:3"]);
  refused(
    () => settled([...train, held[0]], { val: 0 }),
    "all 1 sequences of val and test in a are in train, too: test:3 is train:3",
  );
});

test("a group that the data puts into two splits is noted", () => {
  const notices = new Notices();
  settled(
    [sequence([1], { group: "ann", split: "train" }), sequence([2], { group: "ann", split: "test" })],
    { val: 0 },
    notices,
  );
  assert.is(notices.count("group in train and in test, as the data gives it"), 1);
});

test("a single long sequence is cut by position: train, then val, then test, with its targets", () => {
  const numbers = Float32Array.from({ length: 200 }, (_, n) => n);
  const whole: FoundSequence = {
    x: numbers,
    steps: 100,
    inputs: 2,
    targets: numbers.slice(0, 100),
    outputs: 1,
    origin: "a:2",
  };
  const { sequences } = settled([whole]);
  const rows = sequences.map(({ split, steps, x, targets, origin }) => [
    split,
    steps,
    x[0],
    x.length,
    targets![0],
    origin,
  ]);
  assert.equal(rows, [
    ["train", 80, 0, 160, 0, "a:2, steps 1 to 80"],
    ["val", 10, 160, 20, 80, "a:2, steps 81 to 90"],
    ["test", 10, 180, 20, 90, "a:2, steps 91 to 100"],
  ]);
  const short = { ...whole, x: numbers.slice(0, 40), steps: 20, targets: numbers.slice(0, 20) };
  refused(() => settled([short]), "a:2: a single sequence of 20 steps leaves 2 for test, expected at least 10");
  assert.is(settled([short], { val: 0, test: 0 }).sequences.length, 1);
});

test("the hash follows numbers, labels, groups, splits and order; not paths, seed or what is held out", () => {
  const found = Array.from({ length: 30 }, (_, n) => sequence([n, 1], { label: `${n % 2}` }));
  const hash = settled(found).hash;
  assert.match(hash, /^[0-9a-f]{64}$/);
  const elsewhere = found.map((one) => ({ ...one, origin: "elsewhere" }));
  assert.is(settled(elsewhere, { seed: 5, test: 0.5 }).hash, hash);
  const changes: ((one: FoundSequence) => FoundSequence)[] = [
    (one) => ({ ...one, x: Float32Array.of(0, 2) }),
    (one) => ({ ...one, label: "1" }),
    (one) => ({ ...one, group: "ann" }),
    (one) => ({ ...one, split: "train" }),
    (one) => ({ ...one, steps: 1, inputs: 2 }),
  ];
  for (const change of changes)
    assert.is.not(settled([change(found[0])], { val: 0, test: 0 }).hash, settled([found[0]], { val: 0, test: 0 }).hash);
  assert.is.not(settled([...found].reverse()).hash, hash);
});

test("labels that are missing here and there are refused", () => {
  const found = [sequence([1], { label: "p", origin: "a:1" }), sequence([2], { origin: "a:2" })];
  refused(() => settled(found), "a:2 has no label, others have one (a:1)");
});

test("a label that a model does not know is refused, with the nearest one", () => {
  const found = [sequence([1], { label: "rihgt", split: "test", origin: "a:1" })];
  const labels = ["left", "right"];
  refused(() => settled(found, { labels }), 'a:1: label "rihgt" is unknown; did you mean "right"');
  const [known] = settled([sequence([1], { label: "right", split: "test" })], { labels }).sequences;
  assert.is(known.label, 1);
});

test("a class without training sequences, a single class and none are refused for classifying", () => {
  const of = (...rows: [string | undefined, FoundSequence["split"]][]) =>
    settled(
      rows.map(([label, split], n) => sequence([n], { split, ...(label && { label }), origin: `a:${n + 1}` })),
      { val: 0 },
    );
  requireClasses(of(["p", "train"], ["q", "train"], ["q", "test"]));
  refused(
    () => requireClasses(of(["p", "train"], ["q", "train"], ["r", "test"], ["r", "test"])),
    'class "r" has no training sequences in a, but 2 in other splits (a:3)',
  );
  refused(() => requireClasses(of(["p", "train"], ["p", "test"])), 'a has the one class "p"');
  refused(() => requireClasses(of([undefined, "train"], [undefined, "test"])), "a has no labels");
});

test.run();
