// What goes wrong on emulated boards, and what must not: bad models, a swap in the middle of a stream, states that move to another
// board. Power cuts: microbit.test.ts (resets), flash-file.test.ts (QEMU killed), test/native/power.ts (all of them).
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBoard } from "../../host/boards/registry.ts";
import { loadCell } from "../../host/compile/load.ts";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { Connection } from "../../host/link/connection.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { wire } from "../../host/spec/messages.ts";
import { fails, survivesBadMessages, survivesBadModels } from "../native/bad-input.ts";
import { emulatedBoards, folder, logitsOf } from "./boards.ts";

const there = (await emulatedBoards()).map(({ name }) => name);
const boardTest = (name: string, ...rest: Parameters<typeof test>) =>
  (there.includes(name) ? test : test.skip)(...rest);

async function open(name: string) {
  const board = await openBoard(name, { flash: join(folder, `${name}-faults.flash`) });
  board.link.setMaxListeners(0); // a connection after each fault
  return board;
}

for (const name of ["microbit", "rv32"]) {
  boardTest(name, `${name}: models and messages that it cannot take leave it with the model before`, async () => {
    const { link, close } = await open(name);
    try {
      await survivesBadModels(link);
      await survivesBadMessages(link);
    } finally {
      await close();
    }
  });
}

const [inputs, half] = [5, 20];
const frames = Int16Array.from({ length: 2 * half * inputs }, (_, i) => ((i * 7919) % 16384) - 8192);
const [early, late] = [frames.subarray(0, half * inputs), frames.subarray(half * inputs)];
const model = async (cell: string, units: number) => randomModel(await loadCell(cell), { units, inputs });
const text = (logits: Int16Array[]): string => logits.map((each) => each.join()).join("\n");

/** V8's logits of both halves, one after the other. */
function expected(file: Uint8Array): string[] {
  const v8 = new IntegerModel(file);
  return [early, late].map((part) =>
    text(Array.from({ length: half }, (_, i) => v8.step(part.subarray(i * inputs, (i + 1) * inputs)).slice())),
  );
}

boardTest("qemu-m4", "qemu-m4: a model is swapped when its stream has ended, and not before", async () => {
  const { link, close } = await open("qemu-m4");
  const [gru, lstm] = [await model("gru", 13), await model("lstm", 13)];
  try {
    const session = await connect(link);
    await session.flashModel(gru);
    const stream = await session.stream({ source: "frames", logits: true });
    await stream.write(early);
    await fails(session.flashModel(lstm), "in the middle of a stream", "busy");
    await fails(session.restoreStates(new Uint8Array(8), readModel(gru, "it").sha256), "then too", "busy");
    await stream.write(late);
    await stream.end();
    const heard: Int16Array[] = [];
    for await (const event of stream) if (event.type === "logits") heard.push(event.logits);
    assert.is(text(heard), expected(gru).join("\n"));
    await session.flashModel(lstm);
    assert.is(text(await logitsOf(session, frames)), expected(lstm).join("\n"));
  } finally {
    await close();
  }
});

// The micro:bit's frames hold 256 bytes: these states take two.
for (const [name, cell, units] of [
  ["qemu-m4", "lstm", 13],
  ["microbit", "elman", 129],
] as const) {
  boardTest(name, `${name}: states saved in the middle go on after a reset, and on another board`, async () => {
    const file = await model(cell, units);
    const { sha256 } = readModel(file, "the model");
    const wanted = expected(file);
    let states: Uint8Array;
    const board = await open(name);
    try {
      const session = await connect(board.link);
      await session.flashModel(file);
      assert.is(text(await logitsOf(session, early)), wanted[0]);
      states = await session.saveStates();
      assert.is(text(await logitsOf(session, late, true)), wanted[1]);
      await session.restoreStates(states, sha256);
      assert.is(text(await logitsOf(session, late, true)), wanted[1], "restored in place");
      const connection = new Connection(duplexCarrier(board.link));
      await connection.open(Uint8Array.of(wire.protocol, 0));
      await connection.request("reboot", new Uint8Array());
      const again = await connect(board.link);
      await again.restoreStates(states, sha256);
      assert.is(text(await logitsOf(again, late, true)), wanted[1], "after a reset");
    } finally {
      await board.close();
    }
    const other = await open(name);
    try {
      const session = await connect(other.link);
      await fails(session.restoreStates(states, sha256), "a board without a model", "noModel");
      await session.flashModel(await model(cell, 4));
      await fails(session.restoreStates(states, sha256), "another model's states", "otherModel");
      await session.flashModel(file);
      await session.restoreStates(states, sha256);
      assert.is(text(await logitsOf(session, late, true)), wanted[1], "on another board");
    } finally {
      await other.close();
    }
  });
}

test.run();
