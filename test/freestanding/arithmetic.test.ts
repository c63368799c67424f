// Products and quotients for a processor and a compiler that have none: test/freestanding/arithmetic.c says what must hold.
import { test } from "uvu";
import { compileProgram } from "../frontend/c-program.ts";

const program = compileProgram(["test/freestanding/arithmetic.c"]);
if (!program) console.log("no C compiler (cc): freestanding arithmetic is not tested");

(program ? test : test.skip)("products and quotients are those of the machine", () => {
  program!(new Uint8Array());
});

test.run();
