// Every op on every emulated board, on random and extreme values, against V8. The kernels of a board are what it was built with.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import type { OpName } from "../../host/spec/ops.ts";
import { makers } from "../ops/cases.ts";
import { oneOpModel } from "../ops/one-op-model.ts";
import { logitsOf, testBoards } from "./boards.ts";

/** Shapes and formats of each op, and values for each of them. */
const shapes = 5;
const draws = 4;
/** Bytes of a case's model: a serial line carries some 10 KB a second. */
const most = 4000;

await testBoards("every op gives what V8 gives", async (session, name) => {
  for (const [op, make] of Object.entries(makers) as [OpName, (typeof makers)["add"]][]) {
    for (let shape = 0; shape < shapes; ) {
      const { given, rows, format, constants } = make();
      const file = oneOpModel(op, given, { rows, format }, constants);
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
        assert.is([...given_].join(), expected, `${name}, ${op}, ${rows} rows, formats ${formats} to ${format}`);
        for (let i = 0; i < values.length; i++) values[i] = (values[i] * 40503 + 12345 * draw + i) & 0xffff;
        if (draw === 1) values.fill(-32768);
        if (draw === 2) values.fill(32767);
      }
    }
  }
});

test.run();
