// Power cuts: test/store/simulator.c says what must hold.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { simulator } from "./simulate.ts";

if (!simulator) console.log("no C compiler (cc): the store is not tested");

(simulator ? test : test.skip)(
  "whatever is cut, the old model or the new one boots, and the journal has old or new values",
  () => {
    const [, cuts] = /^(\d+) cuts$/m.exec(simulator!(new Uint8Array()).toString()) ?? [];
    assert.ok(Number(cuts) > 5000, `only ${cuts} cuts`);
  },
);

test.run();
