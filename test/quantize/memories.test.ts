// Cells with a memory as integers: what formats and kinds they get, that V8 follows floats and C is V8, and what is refused.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { firstParameter, firstSite, firstState, handleCount } from "../../host/compile/cell.ts";
import { readModel } from "../../host/model/model.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { kinds } from "../../host/spec/container.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { generator, randomLayer } from "../cells/reference.ts";
import { canBuild, Harness, int16s } from "../engine/harness.ts";
import { cellOf, type Made, made, sources, type Trial, trials } from "./memory-cells.ts";

type Name = keyof typeof trials;
const models = new Map<Name, Made>();
for (const [name, trial] of Object.entries(trials) as [Name, Trial][]) models.set(name, await made(name, trial));
const modelOf = (name: Name) => models.get(name)!;

/** Kind and format by name: a state's, a parameter's, or that of a site named op or op of variable. */
function numbersIn({ layer: { cell }, formats: [chosen] }: Made, name: string): string {
  const at = (list: { name: string }[], first: number) => {
    const i = list.findIndex((each) => each.name === name);
    return i < 0 ? -1 : first + i;
  };
  const site = cell.sites.findIndex(({ op, name: of }) => op === name || `${op} of ${of}` === name);
  const handle = Math.max(
    at(cell.states, firstState(cell)),
    at(cell.parameters, firstParameter(cell)),
    site < 0 ? -1 : firstSite(cell) + site,
  );
  const kind = Object.keys(kinds).find((each) => kinds[each as keyof typeof kinds][0] === chosen.kinds[handle]);
  return `${kind} Q${chosen.formats[handle]}`;
}

/** The results of integers over the frames of a model, in units of 1. */
function resultsOf({ file, frames }: Made): number[][] {
  const model = new IntegerModel(file);
  const scale = 2 ** -model.formats.output;
  return frames.map((frame) => [...model.step(frame)].map((value) => value * scale));
}

for (const [name, least] of [
  ["turing", 50],
  ["linked", 55],
  ["stack", 48],
  ["reader", 44],
] as const)
  test(`${name} in integers follows floats within ${least} dB`, () => {
    const { exact } = modelOf(name);
    let [signal, noise] = [0, 0];
    resultsOf(modelOf(name)).forEach((values, t) => {
      values.forEach((value, i) => {
        signal += exact[t][i] ** 2;
        noise += (exact[t][i] - value) ** 2;
      });
    });
    const decibels = 10 * Math.log10(signal / noise);
    assert.ok(decibels > least, `${decibels.toFixed(1)} dB`);
  });

test("an associative memory of whole numbers is exactly what floats make of it, as long as it counts within 8 bits", () => {
  const { exact } = modelOf("hopfield");
  // Its diagonal counts the steps.
  for (const [t, values] of resultsOf(modelOf("hopfield")).slice(0, 127).entries())
    assert.equal(values, [...exact[t]], `step ${t}`);
});

test("what fires at random does so as often as its field says", () => {
  // The generator of floats is another one: only the number of times can be compared.
  const count = (of: ArrayLike<number>[]) => of.flatMap((values) => [...Array.from(values)]).reduce((a, b) => a + b, 0);
  const { exact } = modelOf("noisy");
  const [integers, floats] = [count(resultsOf(modelOf("noisy"))), count(exact)];
  const trialsMade = exact.length * exact[0].length;
  assert.ok(
    integers > trialsMade / 4 && Math.abs(integers - floats) < 4 * Math.sqrt(trialsMade / 2),
    `${integers}, ${floats}`,
  );
});

if (canBuild()) {
  const harness = new Harness();
  for (const name of Object.keys(trials) as Name[])
    test(`${name}: V8 and wasm3 are bit-equal in 200 steps, also in all states`, async () => {
      const { file, frames } = modelOf(name);
      const model = new IntegerModel(file);
      assert.is((await harness.command("L", file)).error, "ok");
      for (const [t, frame] of frames.entries()) {
        const answer = await harness.step(frame);
        assert.is(answer.error, "ok");
        assert.is(int16s(answer).join(), model.step(frame).join(), `step ${t}`);
        if (t % 20 === 0)
          assert.is(Buffer.compare((await harness.command("V")).bytes, model.states), 0, `states of step ${t}`);
      }
    });

  test("a stack that is never taken from stops both when it is full, with the sentence of the table", async () => {
    const { file, frames } = await made("stack", {
      ...trials.stack,
      // Calibration fills it not quite: its frames take away all that they put.
      values: { ...trials.stack.values, Wd: () => 1, bd: () => 0, Wu: () => -1, bu: () => 0 },
      frame: (random) => Array.from({ length: 4 }, () => -random()),
    });
    const model = new IntegerModel(file);
    assert.is((await harness.command("L", file)).error, "ok");
    for (const frame of frames) assert.is(int16s(await harness.step(frame)).join(), model.step(frame).join());
    const push = Int16Array.of(32767, 32767, 32767, 32767);
    let pushes = 0;
    let error = "ok";
    for (; error === "ok" && pushes < 50; pushes++) {
      ({ error } = await harness.step(push));
      if (error === "ok") model.step(push);
    }
    assert.is(error, "trapFull");
    assert.ok(pushes > 20, `${pushes}`);
    assert.throws(
      () => model.step(push),
      (thrown: unknown) => thrown instanceof UserError && /stack is full/.test(thrown.message),
    );
  });

  test("a symbol that the table does not have stops both, and the next one is read", async () => {
    const { file } = modelOf("reader");
    const model = new IntegerModel(file);
    await harness.command("L", file);
    for (const symbol of [-1, 11, 127]) {
      assert.is((await harness.step(Int16Array.of(symbol * 256))).error, "trapSymbol");
      assert.throws(() => model.step(Int16Array.of(symbol * 256)), /names no row/);
    }
    const answer = await harness.step(Int16Array.of(10 * 256));
    assert.is(int16s(answer).join(), model.step(Int16Array.of(10 * 256)).join());
  });
  test.after(() => harness.close());
}

test("formats: states of 8 bits and signs are whole numbers, random numbers have 24 bits, weights and strengths 15", () => {
  for (const [name, expected] of Object.entries({
    turing: {
      softplus: "int16 Q13",
      cosine: "int16 Q15",
      softmax: "int16 Q15",
      power: "int16 Q15",
      gamma: "int16 Q14",
    },
    linked: { u: "int16 Q15", p: "int16 Q15", L: "int16 Q15", link: "int16 Q15", allocation: "int16 Q15" },
    stack: { free: "int16 Q15" },
    hopfield: {
      ...{ W: "int8 Q0", outer: "int8 Q0", erase: "int8 Q0", signs: "int16 Q0", sweep: "int16 Q0" },
      ...{ s: "int16 Q0", t: "int16 Q0", "rowsDot of field": "int32 Q0" },
    },
    noisy: { r: "int32 Q24", random: "int32 Q24", logit: "int16 Q11" },
  }))
    for (const [of, is] of Object.entries(expected))
      assert.is(numbersIn(modelOf(name as Name), of), is, `${name}: ${of}`);
});

test("results that are like their first argument have its format, and those of a memory that of its state", () => {
  for (const [name, of, like] of [
    ["linked", "spread", "sigmoid of w"],
    ["stack", "spread", "sigmoid of strength"],
    ["stack", "top", "s"],
    ["stack", "pop", "s"],
    ["stack", "outer", "V"],
    ["turing", "erase", "M"],
  ] as const)
    assert.is(numbersIn(modelOf(name), of), numbersIn(modelOf(name), like), `${name}: ${of}`);
});

test("states that only erase, link, pop and spread of activations write stay in −1 … 1; one that outer writes does not", async () => {
  const text = (ends: string) => `
const W = matrix(1, inputs); const b = vector(1);
const s = state(units); const M = state(units, units); const L = state(units, units);
export function step(x: Vector): Vector {
  const g = sigmoid(affine(W, x, b));
  pop(s, g);
  set(s, spread(g, s));
  const w = softmax(cosine(M, s), g);
  link(L, w, s);
  erase(M, w, s);
  set(M, spread(g, M));
  ${ends}
  return s;
}`;
  const small = { units: 3, inputs: 2, inputFormat: 13, frame: (random: () => number) => [random(), random()] };
  const bounded = await made("bounded", { ...small, source: text("") });
  for (const name of ["s", "M", "L"]) assert.is(numbersIn(bounded, name), "int16 Q15", name);
  const grows = await made("grows", { ...small, source: text("outer(M, s, s);") });
  assert.is(numbersIn(grows, "s"), "int16 Q15");
  assert.is(numbersIn(grows, "M"), "int16 Q14"); // 1 + 1 at most, with the room that calibration leaves
});

test("the matrix that embed reads is int16 with one format, the finest that holds it", () => {
  const { file, layer, formats } = modelOf("reader");
  const [E] = layer.parameters;
  const { records } = readModel(file, "the model").layers[0];
  const { offset, rows, columns, kind, format } = records[firstParameter(layer.cell)];
  assert.equal([rows, columns, kind], [11, 7, kinds.int16[0]]);
  assert.is(format, formats[0].formats[firstParameter(layer.cell)]);
  const most = E.reduce((all, value) => Math.max(all, Math.abs(value)), 0);
  assert.ok(most * 2 ** format < 32768 && most * 2 ** (format + 1) >= 32767);
  const view = new DataView(file.buffer, file.byteOffset);
  const found = Array.from(E, (_, i) => view.getInt16(offset + 2 * i, true));
  assert.equal(
    found,
    Array.from(E, (value) => Math.round(value * 2 ** format)),
  );
});

const [units, inputs] = [6, 4];
const states = { s: "state(units)", r: "state32(units)", M: "state(units, units)", N: "state(units, 5)" };

/** What assembling says of a cell whose step stands in line 3, with those of the states that it uses. */
async function refusal(body: string, numbers = {}): Promise<string> {
  const used = Object.entries(states).filter(([name]) => new RegExp(`\\b${name}\\b`).test(body));
  const cell = await cellOf(
    "wrong",
    `${used.map(([name, is]) => `const ${name} = ${is};`).join(" ")}\nexport function step(x: Vector): Vector {\n${body}\n}`,
  );
  const layer = { ...randomLayer(cell, { units, inputs }, generator(1)), numbers };
  const ranges = [new Float32Array(handleCount(cell)).fill(1)];
  try {
    assemble([layer], { inputFormat: 13, ranges, meta: { engram: "test" } });
  } catch (error) {
    if (error instanceof UserError) return `${error.message}: ${error.hint}`;
    throw error;
  }
  return "";
}

test("lengths that do not fit are refused with the call site, the lengths and what must hold", async () => {
  for (const [body, says] of [
    [
      "return set(s, rowsDot(N, x));",
      "rowsDot meets lengths of 30 and 4: the length of M must be a multiple of that of k",
    ],
    [
      "return weightedRows(N, x);",
      "weightedRows meets lengths of 30 and 4: the length of M must be a multiple of that of w",
    ],
    [
      "outer(N, x, s);\nreturn s;",
      "outer meets lengths of 30 and 4 and 6: M must have as many elements as a times those of b",
    ],
    [
      "erase(N, s, x);\nreturn s;",
      "erase meets lengths of 30 and 6 and 4: M must have as many elements as w times those of e",
    ],
    ["link(N, s, rowsDot(N, s));\nreturn s;", "link meets lengths of 30 and 6 and 5: w and p must be of one length"],
    [
      "sparseLink(N, s, s);\nreturn s;",
      "sparseLink meets lengths of 30 and 6 and 6: S must have two elements for each pair of a row, and a row for each element of the vectors",
    ],
    ["thin(M, N, r, s);\nreturn s;", "thin meets lengths of 36 and 30 and 6 and 6: T and M must be of one length"],
    ["return shift(s, x);", "shift meets lengths of 6 and 4: the length of s must be odd, and at most that of w"],
    ["return signs(s, x);", "signs meets lengths of 6 and 4: the sizes of its arguments must agree"],
    [
      "sweep(s, N, s);\nreturn s;",
      "sweep meets lengths of 6 and 30 and 6: W must have as many elements as s times those of s",
    ],
  ])
    assert.match(
      await refusal(body, body.startsWith("sweep") ? { formats: { s: 0, N: 0 } } : {}),
      `line 4: ${says}`,
      body,
    );
});

test("kinds and formats that an op does not take are refused with the call site", async () => {
  for (const [body, says, numbers] of [
    ["random(s);\nreturn logit(r);", "line 4: random gets int16 as r: it takes int32", {}],
    ["random(r);\nreturn logit(s);", "line 5: logit gets int16 as r: it takes int32", {}],
    ["random(r);\nreturn softmax(r, s);", "line 5: softmax gets int32 as a: it takes int16", {}],
    ["random(r);\nreturn rowsDot(M, r);", "line 5: rowsDot gets int32 as k: it takes int16", {}],
    ["link(M, s, s);\nreturn s;", "line 4: link meets values of a size that it cannot take", { formats: { s: 14 } }],
    ["pop(s, x);\nreturn s;", "line 4: pop meets values of a size that it cannot take", { formats: { s: 7 } }],
    ["return top(s);", "line 4: top meets values of a size that it cannot take", { formats: { s: 16 } }],
  ] as const)
    assert.match(await refusal(body, numbers), new RegExp(says), body);
  assert.is(await refusal("return top(s);", { formats: { s: 15 } }), "");
});

test("the cells of this file use every op of memories", () => {
  const text = Object.values(sources).join();
  for (const op of "rowsDot weightedRows outer erase link cosine softmax shift power softplus spread allocation pop free top signs sweep random logit embed sparseLink sparseRowsDot sparseWeightedRows thin".split(
    " ",
  ))
    assert.match(text, new RegExp(`\\b${op}\\(`), op);
});

test.run();
