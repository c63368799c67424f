// Power cuts: test/native/power.ts says what must hold. `npm run power` cuts in every operation.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cutPower } from "./power.ts";
import { boardTest } from "./program.ts";

boardTest("whatever the power is cut in, one of the two models comes back, runs, and takes the next", async () => {
  const { old, new: fresh, again } = await cutPower(100);
  assert.ok(old > 20 && fresh > 3 && again > 200, JSON.stringify({ old, fresh, again }));
});

test.run();
