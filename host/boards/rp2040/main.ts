// The process that an emulated RP2040 is: its link on standard input and output (open.ts starts it). Time passes as fast as the
// emulation can, but not faster than outside while the processor sleeps.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Chip } from "./chip.ts";
import { fileFlash } from "./flash.ts";
import { type Port, ready, uartPort, usbPort } from "./ports.ts";

const sliceCycles = 200_000;
const feedCycles = 2_000;
const powerCutCode = 9; // as the native board's

const { values } = parseArgs({
  options: {
    image: { type: "string" },
    flash: { type: "string" },
    usb: { type: "boolean" },
    counted: { type: "boolean" },
    "cut-after": { type: "string" },
    tear: { type: "string" },
  },
});
const cut = values["cut-after"] ? { operation: Number(values["cut-after"]), bytes: Number(values.tear) } : undefined;

let waiting = Buffer.alloc(0); // for the board
let said: number[] = [];
let wake = (): void => {};
process.stdin.on("data", (chunk: Buffer) => {
  waiting = Buffer.concat([waiting, chunk]);
  wake();
});
process.stdin.once("end", () => process.exit());
process.stdout.on("error", () => process.exit());

const port: Port = (values.usb ? usbPort : uartPort)((byte) => said.push(byte));
const firmware = new Uint8Array(readFileSync(values.image!));
const flash = fileFlash(firmware, values.flash, cut, () => process.exit(powerCutCode));
const chip = new Chip(flash, values.counted ?? false, (rp2040) => port.attach(rp2040));

let begun = false;
for (;;) {
  for (let spent = 0; spent < sliceCycles && (!chip.idle || waiting.length > 0); spent += feedCycles) {
    if (waiting.length > 0) waiting = waiting.subarray(port.give(waiting));
    if (chip.idle) chip.pass(8 * feedCycles); // what was given may take a while to arrive
    chip.run(feedCycles);
  }
  if (chip.idle && !begun) process.stderr.write(`${ready}\n`);
  begun ||= chip.idle;
  if (said.length > 0) process.stdout.write(Uint8Array.from(said));
  said = [];
  if (chip.idle && waiting.length === 0) await sleep(chip.nanosToNextAlarm);
  else await new Promise((resolve) => setImmediate(resolve));
}

/** Until the chip's next alarm, or until bytes come. */
async function sleep(nanos: number): Promise<void> {
  const begun = performance.now();
  const ended = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(true), nanos / 1e6);
    wake = () => {
      clearTimeout(timer);
      resolve(false);
    };
  });
  chip.pass(ended ? nanos : Math.min(nanos, (performance.now() - begun) * 1e6));
}
