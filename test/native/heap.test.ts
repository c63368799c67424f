// wasm3's heap: test/native/heap.c says what must hold.
import { test } from "uvu";
import { compileProgram } from "../frontend/c-program.ts";

const program = compileProgram(["firmware/core/heap.c", "test/native/heap.c"]);
if (!program) console.log("no C compiler (cc): the heap is not tested");

(program ? test : test.skip)("blocks are zero at first, keep what is written, never overlap, and all come back", () => {
  program!(new Uint8Array());
});

test.run();
