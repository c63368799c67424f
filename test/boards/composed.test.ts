// Layers that gather, states of 32 bits, rows of 16, and both directions over windows, on every emulated board against V8.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardRunner } from "../../host/boards/board-runner.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { integerRunner } from "../../host/tasks/runner.ts";
import { generator } from "../cells/reference.ts";
import { blueprintModel, bothWays, composed, delaying, keeping, randomFrames } from "../engine/models.ts";
import { testBoards } from "./boards.ts";

const models = {
  "layers that gather": await blueprintModel(composed, 21),
  delays: await blueprintModel({ ...delaying, inputs: 5 }, 23),
  "sums that stay": await blueprintModel(keeping, 24),
  "both directions": await blueprintModel(bothWays, 22),
};
/** Boards without room for wasm3 with three or four cells at once. */
const small = ["microbit", "stm32f405", "rp2040"];
const frames = randomFrames(40, 5, generator(3)).flatMap((frame) => [...frame]);
const sequences = [40, 13, 3].map((steps) => Float32Array.from(frames.slice(0, 5 * steps), (value) => value / 8192));

await testBoards("composed models give what V8 gives", async (session, name) => {
  for (const [what, { file }] of Object.entries(models)) {
    try {
      await session.flashModel(file);
    } catch (error) {
      if (!small.includes(name) || !/needs more RAM/.test((error as Error).message)) throw error;
      continue;
    }
    const found = await boardRunner(session, new IntegerModel(file).model).run(sequences);
    const wanted = await integerRunner(file, what).run(sequences);
    found.forEach((results, i) => {
      assert.is(results.join(), wanted[i].join(), `${name}, ${what}, sequence ${i}`);
    });
  }
});

test.run();
