// The store in a flash whose power fails, under sanitizers. By itself this file cuts exhaustively (about two minutes):
// node --import tsx test/store/simulate.ts
import { fileURLToPath } from "node:url";
import { compileProgram } from "../frontend/c-program.ts";

/** Runs test/store/simulator.c; undefined without a C compiler. */
export const simulator = compileProgram([
  ...["store", "journal", "flash", "crc"].map((name) => `firmware/core/${name}.c`),
  "test/store/simulator.c",
]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(simulator ? simulator(Buffer.from("all")).toString().trim() : "no C compiler (cc)");
}
