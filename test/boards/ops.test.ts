// Every op on every emulated board, on random and extreme values, against V8. The kernels of a board are what it was built with.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import type { OpName } from "../../host/spec/ops.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { type Case, makers } from "../ops/cases.ts";
import { functionMakers } from "../ops/function-cases.ts";
import { memoryMakers } from "../ops/memory-cases.ts";
import { oneOpModel } from "../ops/one-op-model.ts";
import { wideMakers } from "../ops/wide-cases.ts";
import { logitsOf, testBoards } from "./boards.ts";

/** Shapes and formats of each op that has kernels, and values for each of them. */
const shapes = 4;
const draws = 4;
/** Of ops that are the same C on every board: that the board's compiler made of it what it says. */
const memoryShapes = 1;
const memoryDraws = 2;
/** Other values would be places that are none. */
const placed: ReadonlySet<string> = new Set(["slice", "place", "sparseLink", "sparseRowsDot", "sparseWeightedRows"]);
/** Bytes of a case's model: a serial line carries some 10 KB a second. */
const most = 4000;
/** Values of a result: a micro:bit keeps no longer ones until they are acknowledged. */
const mostRows = 100;

/** What keeps int32 sums and reads them has kernels; other ops of int32 are the same C on every board. */
const ofSums = ["accumulate", "affineSums", "recurrentSums"].map((op) => [op, wideMakers[op]] as const);

const ofMemories = Object.entries({ ...memoryMakers, ...functionMakers });
type AnyCase = Omit<Case, "expected"> & { kind?: string };

await testBoards("every op gives what V8 gives", async (session, name) => {
  for (const [op, make] of [...Object.entries(makers), ...ofSums, ...ofMemories] as [OpName, () => AnyCase][]) {
    const memory = op in memoryMakers || op in functionMakers;
    for (let shape = 0; shape < (memory ? memoryShapes : shapes); ) {
      const { given, rows, format, constants, kind } = make();
      const kept = kind === "int32" || kind === "int8" ? kind : undefined;
      const file = oneOpModel(op, given, { rows, format, ...(kept && { kind: kept }) }, constants);
      if (file.length > most || rows > mostRows) continue;
      shape++;
      const v8 = new IntegerModel(file);
      await session.flashModel(file);
      const states = v8.states.slice();
      const values = new Int16Array(states.buffer);
      for (let draw = 0; draw < (placed.has(op) ? 1 : memory ? memoryDraws : draws); draw++) {
        v8.states.set(states);
        const expected = stepped(v8);
        if (expected === undefined) break; // values of this draw fill a stack or name no row: the first draw's did not
        const { sha256 } = v8.model;
        await session.restoreStates(states, sha256);
        const [given_] = await logitsOf(session, new Int16Array(1), true);
        const formats = given.map((each) => ("format" in each ? each.format : "")).join(" ");
        const what = `${name}, ${op}, ${rows} rows, formats ${formats} to ${format}`;
        assert.is([...given_].join(), expected, what);
        if (kept || memory) assert.is(Buffer.compare(await session.saveStates(), v8.states), 0, what);
        for (let i = 0; i < values.length; i++) values[i] = (values[i] * 40503 + 12345 * draw + i) & 0xffff;
        if (draw === 1) values.fill(-32768);
        if (draw === 2) values.fill(32767);
      }
    }
  }
});

/** What V8 gives; undefined where it stops the step. */
function stepped(v8: IntegerModel): string | undefined {
  try {
    return [...v8.step(new Int16Array(1))].join();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

test.run();
