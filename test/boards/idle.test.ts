// A board with nothing to do sleeps: the instructions that it takes meanwhile are counted, one by one.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { idleBoards, idleInstructions } from "../../tools/boards/idle.ts";
import { emulatedBoards } from "./boards.ts";

/** A hundred looks a second at what may have come. A board that never slept would take millions. */
const most = 60_000;
const model = readFileSync(new URL("../../models/microbit.engram", import.meta.url));

for (const kind of (await emulatedBoards()).filter(({ name }) => idleBoards.includes(name))) {
  test(`${kind.name} sleeps while nothing happens`, async () => {
    const taken = await idleInstructions(kind, model);
    assert.ok(taken > 0 && taken < most, `${taken} instructions a second`);
  });
}

test.run();
