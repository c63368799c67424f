// What the host says of a board before it is there (`engram quantize --for`) is what the board says of itself.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { boardKind } from "../../host/boards/registry.ts";
import { kinds } from "../../host/spec/container.ts";
import { testBoards } from "./boards.ts";

await testBoards("its limits are those that the host knows", async ({ hello }, name) => {
  const { ramBytes, slotBytes, kinds: read } = hello;
  const pairs = ((read >> kinds.int8Pairs[0]) & 1) === 1;
  assert.equal((await boardKind(name)).limits, { ramBytes, slotBytes, ...(pairs && { pairs }) });
});

test.run();
