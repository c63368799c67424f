// Every op on random and extreme integers: V8 and C against the definitions of docs/arithmetic.md in exact arithmetic.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { type OpName, opNames } from "../../host/spec/ops.ts";
import { canBuild, Harness, int16s } from "../engine/harness.ts";
import { type Case, makers } from "./cases.ts";
import { functionMakers } from "./function-cases.ts";
import { memoryMakers } from "./memory-cases.ts";
import { oneOpModel } from "./one-op-model.ts";
import { wideMakers } from "./wide-cases.ts";

test("every op has a case here", () => {
  const of = [makers, wideMakers, memoryMakers, functionMakers].flatMap(Object.keys);
  const covered = new Set([...of, "exceeds"]);
  assert.equal([...covered].sort(), [...opNames].sort());
});

if (canBuild()) {
  const harness = new Harness();
  for (const [op, make] of Object.entries(makers) as [OpName, () => Case][]) {
    test(`${op} in V8 and in C is what docs/arithmetic.md says, in 150 cases`, async () => {
      for (let i = 0; i < 150; i++) {
        const { given, rows, format, constants, expected } = make();
        const file = oneOpModel(op, given, { rows, format }, constants);
        const formats = given.map((each) => ("format" in each ? each.format : "")).join(" ");
        assert.is(
          [...new IntegerModel(file).step(new Int16Array(1))].join(),
          expected.join(),
          `V8, case ${i}: ${formats} to ${format}`,
        );
        assert.is((await harness.command("L", file)).error, "ok");
        const answer = await harness.step(new Int16Array(1));
        assert.is(answer.error, "ok");
        assert.is([...int16s(answer)].join(), expected.join(), `C, case ${i}: ${formats} to ${format}`);
      }
    });
  }

  // What an op of int32 gives stands in the last state; where it traps, both do.
  const last = (states: Uint8Array, rows: number) => {
    const bytes = states.slice(states.length - Math.ceil((rows * 4) / 8) * 8);
    return [...new Int32Array(bytes.buffer, 0, rows)];
  };
  for (const [op, make] of Object.entries(wideMakers) as [OpName, (typeof wideMakers)[string]][]) {
    test(`${op} of int32 in V8 and in C is what docs/arithmetic.md says, in 150 cases`, async () => {
      let trapped = 0;
      for (let i = 0; i < 150; i++) {
        const { given, rows, format, kind, constants, expected } = make();
        const keeps = kind === "int32";
        const file = oneOpModel(op, given, { rows, format, ...(keeps ? { kind } : {}) }, constants);
        const what = `case ${i}: ${JSON.stringify(given.map((each) => ({ ...each, values: undefined })))} to ${kind} ${format}`;
        const model = new IntegerModel(file);
        assert.is((await harness.command("L", file)).error, "ok", what);
        if (!expected) {
          trapped++;
          assert.throws(() => model.step(new Int16Array(1)), undefined, what);
          assert.is((await harness.step(new Int16Array(1))).error, "trapFormat", what);
          continue;
        }
        const output = [...model.step(new Int16Array(1))];
        const answer = await harness.step(new Int16Array(1));
        assert.is(answer.error, "ok", what);
        const states = (await harness.command("V")).bytes;
        const values = keeps ? last(model.states, rows) : output;
        assert.is(values.join(), expected.join(), `V8, ${what}`);
        assert.is((keeps ? last(states, rows) : [...int16s(answer)]).join(), expected.join(), `C, ${what}`);
      }
      assert.ok(trapped < 75, `${trapped} of 150 trap`);
    });
  }

  test("tanh in 32 bits is within 0.6 units of 2^−24 in V8, and the same in C", async () => {
    let worst = 0;
    for (let format = -5; format <= 24; format++) {
      for (const reach of [2 ** 31, 2 ** 27, 2 ** 23]) {
        const values = Int32Array.from({ length: 60 }, (_, i) => (i < 4 ? [0, 1, -1, -reach][i] : Math.sin(i) * reach));
        const file = oneOpModel("tanh", [{ kind: "vector", values, format }], { rows: 60, format: 24, kind: "int32" });
        const model = new IntegerModel(file);
        model.step(new Int16Array(1));
        last(model.states, 60).forEach((got, i) => {
          worst = Math.max(worst, Math.abs(got - 2 ** 24 * Math.tanh(values[i] * 2 ** -format)));
        });
        assert.is((await harness.command("L", file)).error, "ok");
        assert.is((await harness.step(new Int16Array(1))).error, "ok");
        assert.is(Buffer.compare((await harness.command("V")).bytes, model.states), 0, `format ${format}`);
      }
    }
    assert.ok(worst < 0.6, `${worst}`);
  });
  test.after(() => harness.close());
}

test.run();
