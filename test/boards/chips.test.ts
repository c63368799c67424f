// Drivers of what no emulator here has, against the registers that the chips' manuals describe: test/boards/chips says what must hold.
import { test } from "uvu";
import { compileProgram } from "../frontend/c-program.ts";

const folder = "test/boards/chips";
const flags = [
  `-I${folder}`,
  "-Ifirmware/common",
  "-Inode_modules/react-native-webassembly/cpp",
  "-Wno-unused-function",
  "-lm",
];
const flash = ["-Ifirmware/boards/stm32f405", `${folder}/kept.c`];

for (const [what, ...sources] of [
  ["the micro:bit's microphone: timer, PPI and ADC", `${folder}/microbit.c`],
  ["the STM32F405's microphone: timer, ADC and DMA", `${folder}/stm32f405.c`],
  ["the STM32F405's flash: keys, sectors, words, cache, errors", `${folder}/stm32f405-flash.c`, ...flash],
]) {
  const program = compileProgram([...sources, ...flags]);
  if (!program) console.log(`no C compiler (cc): ${what} is not tested`);
  (program ? test : test.skip)(what, () => {
    program!(new Uint8Array());
  });
}

test.run();
