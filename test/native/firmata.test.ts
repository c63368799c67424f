// Unmodified firmata-io and johnny-five on the native board: they connect, blink its LED, move a servo, read its inputs.
import { createRequire } from "node:module";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type FirmataIo, firmataCarrier } from "../../host/link/carrier.ts";
import { connect } from "../../host/link/session.ts";
import { wire } from "../../host/spec/messages.ts";
import { boardTest, startBoard, until } from "./program.ts";

const require = createRequire(import.meta.url);

/** The parts of firmata-io that are used here. */
type Io = {
  once(event: "ready", then: () => void): void;
  firmware: { name: string };
  pins: { supportedModes: number[]; analogChannel: number }[];
  MODES: Record<string, number>;
  pinMode(pin: number, mode: number): void;
  digitalWrite(pin: number, value: number): void;
  digitalRead(pin: number, then: (value: number) => void): void;
  analogRead(pin: number, then: (value: number) => void): void;
  pwmWrite(pin: number, value: number): void;
  servoConfig(pin: number, least: number, most: number): void;
  servoWrite(pin: number, value: number): void;
  queryPinState(pin: number, then: () => void): void;
  sendString(text: string): void;
  reset(): void;
};

async function open(): Promise<{ io: Io; log: string[]; close: () => Promise<void> }> {
  const { Firmata } = require("firmata-io");
  const board = startBoard();
  const io: Io = new Firmata(board.link, { reportVersionTimeout: 200 });
  await new Promise<void>((resolve) => io.once("ready", resolve));
  return { io, ...board };
}

boardTest("firmata-io connects and learns firmware, pins and channels", async () => {
  const { io, close } = await open();
  assert.is(io.firmware.name, "engram native");
  assert.is(io.pins.length, 20);
  assert.ok(io.pins[3]!.supportedModes.includes(io.MODES.PWM!));
  assert.is(io.pins[14]!.analogChannel, 0);
  await close();
});

boardTest("firmata-io writes pins, PWM and servos, and reads inputs", async () => {
  const { io, log, close } = await open();
  io.pinMode(13, io.MODES.OUTPUT!);
  io.digitalWrite(13, 1);
  io.pinMode(3, io.MODES.PWM!);
  io.pwmWrite(3, 200);
  io.servoConfig(9, 600, 2400);
  io.servoWrite(9, 90);
  io.sendString("hello");
  await until(() => log.includes("servo 9 90 degrees"));
  assert.ok(
    log.includes("led 13 on") && log.includes("pwm 3 200") && log.includes("servo 9 from 600 to 2400 microseconds"),
  );
  io.pinMode(7, io.MODES.PULLUP!);
  assert.is(await new Promise((resolve) => io.digitalRead(7, resolve)), 1);
  assert.type(await new Promise((resolve) => io.analogRead(0, resolve)), "number");
  await new Promise<void>((resolve) => io.queryPinState(13, resolve));
  io.reset();
  await until(() => log.includes("pin 13 mode input"));
  await close();
});

boardTest("johnny-five blinks the LED and moves a servo", async () => {
  const five = require("johnny-five");
  const { io, log, close } = await open();
  const board = new five.Board({ io, repl: false, debug: false });
  await new Promise<void>((resolve) => board.once("ready", resolve));
  const led = new five.Led(13);
  led.blink(20);
  await until(() => log.filter((line) => line === "led 13 on").length > 1 && log.includes("led 13 off"));
  led.stop();
  new five.Servo(10).to(45);
  await until(() => log.some((line) => /^servo 10 (45 degrees|\d+ microseconds)/.test(line)));
  await close();
});

boardTest(
  "our messages go beside Firmata's, over several boards in a process, one connection after the other",
  async () => {
    const boards = [await open(), await open()];
    for (let round = 0; round < 2; round++) {
      const sessions = await Promise.all(
        boards.map(({ io }) => connect(firmataCarrier(io as unknown as FirmataIo, wire.sysex))),
      );
      await Promise.all(sessions.map((session, i) => session.set(1, Uint8Array.of(10 * round + i))));
      boards.forEach(({ io }) => {
        io.pinMode(13, io.MODES.OUTPUT!);
        io.digitalWrite(13, 1 - round);
      });
      for (const [i, session] of sessions.entries()) assert.equal(await session.get(1), Uint8Array.of(10 * round + i));
      for (const { log } of boards) await until(() => log.at(-1) === (round === 0 ? "led 13 on" : "led 13 off"));
      for (const session of sessions) session.close();
    }
    for (const { close } of boards) await close();
  },
);

test.run();
