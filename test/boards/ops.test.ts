// Every op on every emulated board, on random and extreme values, against V8. The kernels of a board are what it was built with.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import type { OpName } from "../../host/spec/ops.ts";
import { type Case, makers } from "../ops/cases.ts";
import { oneOpModel } from "../ops/one-op-model.ts";
import { type WideCase, wideMakers } from "../ops/wide-cases.ts";
import { logitsOf, testBoards } from "./boards.ts";

/** Shapes and formats of each op, and values for each of them. */
const shapes = 5;
const draws = 4;
/** Bytes of a case's model: a serial line carries some 10 KB a second. */
const most = 4000;

/** What keeps int32 sums and reads them has kernels; other ops of int32 are the same C on every board. */
const ofSums = ["accumulate", "affineSums", "recurrentSums"].map((op) => [op, wideMakers[op]] as const);

await testBoards("every op gives what V8 gives", async (session, name) => {
  for (const [op, make] of [...Object.entries(makers), ...ofSums] as [OpName, () => Case | WideCase][]) {
    for (let shape = 0; shape < shapes; ) {
      const { given, rows, format, constants, ...rest } = make();
      const wide = "kind" in rest && rest.kind === "int32" ? rest.kind : undefined;
      const file = oneOpModel(op, given, { rows, format, ...(wide ? { kind: wide } : {}) }, constants);
      if (file.length > most) continue;
      shape++;
      const v8 = new IntegerModel(file);
      await session.flashModel(file);
      const states = v8.states.slice();
      const values = new Int16Array(states.buffer);
      for (let draw = 0; draw < draws; draw++) {
        v8.states.set(states);
        const expected = [...v8.step(new Int16Array(1))].join();
        const { sha256 } = v8.model;
        await session.restoreStates(states, sha256);
        const [given_] = await logitsOf(session, new Int16Array(1), true);
        const formats = given.map((each) => ("format" in each ? each.format : "")).join(" ");
        const what = `${name}, ${op}, ${rows} rows, formats ${formats} to ${format}`;
        assert.is([...given_].join(), expected, what);
        if (wide) assert.is(Buffer.compare(await session.saveStates(), v8.states), 0, what);
        for (let i = 0; i < values.length; i++) values[i] = (values[i] * 40503 + 12345 * draw + i) & 0xffff;
        if (draw === 1) values.fill(-32768);
        if (draw === 2) values.fill(32767);
      }
    }
  }
});

test.run();
