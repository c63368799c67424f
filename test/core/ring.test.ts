// The ring between a receiver's interrupt and the main loop: test/core/ring.c says what must hold. test/boards/overrun.test.ts
// overruns real drivers.
import { test } from "uvu";
import { compileProgram } from "../frontend/c-program.ts";

const program = compileProgram(["test/core/ring.c"]);
if (!program) console.log("no C compiler (cc): the ring is not tested");

(program ? test : test.skip)(
  "bytes come out in order, and those that find no room are counted, over every wrap",
  () => {
    program!(new Uint8Array());
  },
);

test.run();
