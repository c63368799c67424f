// Every op on random and extreme integers: V8 and C against the definitions of docs/arithmetic.md in exact arithmetic.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { type OpName, opNames } from "../../host/spec/ops.ts";
import { canBuild, Harness, int16s } from "../engine/harness.ts";
import { type Case, makers } from "./cases.ts";
import { oneOpModel } from "./one-op-model.ts";

test("every op has a case here", () => {
  assert.equal([...Object.keys(makers), "exceeds"].sort(), [...opNames].sort());
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
  test.after(() => harness.close());
}

test.run();
