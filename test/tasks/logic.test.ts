// Propositional logic: truth and relation against a search through all worlds that reads the statement as text; splits without overlap.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import {
  actionsOf,
  leaves,
  logicData,
  type Pair,
  pairsOf,
  relationOf,
  relations,
  type Statement,
  scoreRelations,
  statementOf,
  tokens,
  tokensOf,
} from "../../host/tasks/sources/logic.ts";
import { COMPARE, REDUCE, stackOf } from "../../host/tasks/sources/tree-actions.ts";
import { firstPass, surprisal } from "./first-pass.ts";

const text = (statement: Statement): string =>
  tokensOf(statement)
    .map((token) => tokens[token])
    .join(" ");

/** Whether it is true where the variables in `holding` are: by its text alone. */
function holds(statement: string, holding: ReadonlySet<string>): boolean {
  const rest = statement.split(" ");
  const value = (): boolean => {
    const token = rest.shift()!;
    if (token !== "(") return holding.has(token);
    const negates = rest[0] === "not";
    if (negates) rest.shift();
    const left = value();
    if (negates) {
      assert.is(rest.shift(), ")");
      return !left;
    }
    assert.is(rest.shift(), "(");
    const operator = rest.shift()!;
    const right = value();
    assert.equal(rest.splice(0, 2), [")", ")"]);
    return operator === "and" ? left && right : left || right;
  };
  const found = value();
  assert.is(rest.length, 0);
  return found;
}

const worlds = Array.from({ length: 64 }, (_, w) => new Set(leaves.slice(0, 6).filter((_, i) => (w >> i) & 1)));

/** By the definition of each relation over sets of worlds. */
function relationByWorlds(left: string, right: string): string {
  const [l, r] = [left, right].map((each) => worlds.map((world) => holds(each, world)));
  const count = (is: (a: boolean, b: boolean) => boolean) => l.filter((a, w) => is(a, r[w])).length;
  const [both, onlyLeft] = [count((a, b) => a && b), count((a, b) => a && !b)];
  const [onlyRight, neither] = [count((a, b) => !a && b), count((a, b) => !a && !b)];
  if (both > 0 && onlyLeft === 0 && onlyRight === 0 && neither > 0) return "=";
  if (both > 0 && onlyLeft === 0 && onlyRight > 0 && neither > 0) return "<";
  if (both > 0 && onlyLeft > 0 && onlyRight === 0 && neither > 0) return ">";
  if (both === 0 && onlyLeft > 0 && onlyRight > 0 && neither === 0) return "^";
  if (both === 0 && onlyLeft > 0 && onlyRight > 0 && neither > 0) return "|";
  if (both > 0 && onlyLeft > 0 && onlyRight > 0 && neither === 0) return "v";
  return "#";
}

const splits = pairsOf({ train: 4000, each: 60 });
const all = [...splits.train, ...splits.val, ...splits.test];

test("truth in each world, size and relation are what the text says", () => {
  const seen = new Set<string>();
  for (const { left, right, size, relation } of all.filter((_, i) => i % 7 === 0)) {
    const [l, r] = [text(left), text(right)];
    for (const [statement, written] of [
      [left, l],
      [right, r],
    ] as const) {
      worlds.forEach((world, w) => {
        assert.is(((statement.truth[w >> 5] >> (w & 31)) & 1) === 1, holds(written, world), `${written} in world ${w}`);
      });
      assert.is(statement.size, written.split(" ").filter((word) => /and|or|not/.test(word)).length);
    }
    assert.is(size, Math.max(left.size, right.size));
    assert.is(relations[relation], relationByWorlds(l, r), `${l} to ${r}`);
    seen.add(relations[relation]);
  }
  assert.is(seen.size, 7);
});

test("relations that are known by heart", () => {
  const of = (...actions: number[]): Statement => {
    const found = Array.from({ length: 20000 }, (_, i) => statementOf([0, 1], new Random(i, "search"))).find(
      (statement) => statement.actions.join() === actions.join(),
    );
    assert.ok(found, `${actions}`);
    return found!;
  };
  const [AND, OR, NOT] = ["and", "or", "not"].map((word) => leaves.indexOf(word));
  const [a, b] = [of(0), of(1)];
  const not = of(NOT, 0, REDUCE);
  const [and, or] = [AND, OR].map((operator) => of(0, operator, 1, REDUCE, REDUCE));
  for (const [left, right, relation] of [
    [a, a, "="],
    [and, a, "<"],
    [a, or, "<"],
    [a, and, ">"],
    [a, not, "^"],
    [and, not, "|"],
    [or, not, "v"],
    [a, b, "#"],
  ] as const)
    assert.is(relations[relationOf(left.truth, right.truth)], relation, `${text(left)} to ${text(right)}`);
  assert.is(text(and), "( a ( and b ) )");
  assert.is(text(not), "( not a )");
});

test("a third of the statements are negated, 5 of 9 are a variable, and or is as frequent as and", () => {
  const random = new Random(1, "shares");
  const outer = Array.from({ length: 9000 }, () => text(statementOf([0, 1, 2, 3], random)));
  const share = (of: RegExp) => outer.filter((statement) => of.test(statement)).length / 9000;
  assert.ok(Math.abs(share(/^\( not/) - 1 / 3) < 0.02);
  assert.ok(Math.abs(share(/^(\( not )?[a-f]( |$)/) - 5 / 9) < 0.02);
  const words = outer.join(" ").split(" ");
  const [and, or] = ["and", "or"].map((word) => words.filter((each) => each === word).length);
  assert.ok(Math.abs(and / (and + or) - 0.5) < 0.03, `${and} and, ${or} or`);
});

test("no pair is in two splits or twice in one; sizes and shares are those asked for", () => {
  const keys = all.map((pair) => `${text(pair.left)} / ${text(pair.right)}`);
  assert.is(new Set(keys).size, keys.length);
  assert.is(splits.train.length, 4000);
  assert.ok(splits.train.every(({ size }) => size <= 4));
  const sized = (pairs: Pair[], size: number) => pairs.filter((pair) => pair.size === size).length;
  const small = (pairs: Pair[]) => pairs.filter(({ size }) => size <= 4).length;
  assert.is(small(splits.val) + small(splits.test), 706); // 15 % of 4,706
  assert.is(small(splits.val), 141);
  for (let size = 5; size <= 12; size++)
    assert.equal([sized(splits.test, size), sized(splits.val, size)], [60, 30], `size ${size}`);
});

test("none is always true or never, and both sides have at most four variables in common", () => {
  for (const { left, right } of all) {
    for (const { truth } of [left, right]) {
      const bits = truth.map((word) => word.toString(2));
      assert.ok(bits.join() !== "0,0" && bits.join() !== "-1,-1");
    }
    const used = new Set([...left.actions, ...right.actions].filter((action) => action >= 0 && action < 6));
    assert.ok(used.size <= 4, `${[...used]}`);
  }
});

test("the stream leaves both trees for the comparison", () => {
  for (const pair of all) {
    const actions = actionsOf(pair);
    assert.is(actions.at(-1), COMPARE);
    const { left, most } = stackOf(actions);
    assert.is(left, 2);
    assert.ok(most <= 12, `${most}`); // three connectives deep, each negated, beside the left tree
    assert.is(stackOf(pair.left.actions).left, 1);
  }
  assert.throws(() => stackOf([0, REDUCE]), /action 1 joins two of a stack of 1/);
});

test("of 60,000 pairs none of the seven has the majority but #, with 55.4 %", () => {
  const { train, test } = pairsOf({ each: 100 });
  assert.is(train.length, 60000);
  const none = train.filter(({ relation }) => relations[relation] === "#").length / train.length;
  assert.ok(Math.abs(none - 0.554) < 0.005, `${none}`);
  for (const relation of relations.keys())
    assert.ok(test.filter((pair) => pair.relation === relation).length > 100, relations[relation]);
});

test("the last step alone is judged, up to four connectives and at six", async () => {
  const data = logicData({ train: 200, each: 20 });
  const { test: asked } = pairsOf({ train: 200, each: 20 });
  const byStream = new Map(asked.map((pair) => [actionsOf(pair).join(), pair]));
  const knows = (size: (size: number) => boolean) => ({
    name: "knows",
    inputs: 1,
    outputs: 7,
    run: async (streams: readonly Float32Array[]) =>
      streams.map((stream) => {
        const pair = byStream.get(stream.join())!;
        const logits = new Float32Array(stream.length * 7);
        const wrong = (pair.relation + 1) % 7;
        for (let step = 0; step < stream.length - 1; step++) logits[step * 7 + wrong] = 5;
        logits[(stream.length - 1) * 7 + (size(pair.size) ? pair.relation : wrong)] = 1;
        return logits;
      }),
  });
  assert.equal(
    await data.evaluate(
      knows((size) => size <= 4),
      "test",
    ),
    { accuracy: 100, longer: 0 },
  );
  assert.equal(
    await data.evaluate(
      knows((size) => size > 4),
      "test",
    ),
    { accuracy: 0, longer: 100 },
  );
  const results = asked.map(({ size, relation }) =>
    Float32Array.from(relations, (_, i) => (i === relation && size > 10 ? 1 : -1)),
  );
  assert.is(scoreRelations(asked, results, 11, 12), 100);
});

test("a batch is one pair, its loss the cross-entropy of the comparison", async () => {
  const data = logicData({ train: 200, each: 2 });
  const batch = data.batch(1, new Random(3));
  const stream = batch.frames.map(([action]) => action).join();
  const pair = pairsOf({ train: 200, each: 2 }).train.find((each) => actionsOf(each).join() === stream)!;
  const { loss, examples, logits, gradients } = await firstPass(batch, 1, 7);
  assert.ok(Math.abs(loss - surprisal(logits.at(-1)!, pair.relation)) < 1e-5);
  assert.is(examples, 1);
  assert.ok(gradients > 0);
});

test.run();
