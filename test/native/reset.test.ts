// A board that is reset while a model takes its first steps, and one whose host falls silent.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { Connection } from "../../host/link/connection.ts";
import { packFrame, SysexFinder, sysex, unpackFrame } from "../../host/link/frame.ts";
import { connect } from "../../host/link/session.ts";
import { requests, wire } from "../../host/spec/messages.ts";
import { tinyModel } from "./models.ts";
import { boardTest, folder, startBoard, until } from "./program.ts";
import { logitsOf, run, sound } from "./streams.ts";

const model = await tinyModel(1);

/** Starts the board, and has it die (in a flash operation) after a few steps. */
async function dieInFirstSteps(flash: string[]): Promise<void> {
  const board = startBoard(...flash, "--cut-after", "0");
  const session = await connect(board.link);
  const stream = await session.stream({ logits: true });
  await stream.write(sound(1).subarray(0, 512 + 3 * 320));
  for await (const event of stream) if (event.type === "logits" && event.frame === 3) break;
  await session.set(1, Uint8Array.of(1)).then(
    () => assert.unreachable("the board did not die"),
    () => {},
  );
  await board.close();
}

boardTest(
  "after three resets in its first steps a confirmed model is not started; reboot starts it again",
  async () => {
    const flash = ["--flash", `${folder}/confirmed.flash`];
    const first = startBoard(...flash);
    const session = await connect(first.link);
    await session.flashModel(model);
    await run(session, {}, sound(1));
    await first.close();
    for (let i = 0; i < 3; i++) {
      const fine = startBoard(...flash);
      assert.is((await connect(fine.link)).hello.modelState, "confirmed");
      await fine.close();
      await dieInFirstSteps(flash);
    }
    const stopped = startBoard(...flash);
    assert.is((await connect(stopped.link)).hello.modelState, "linkOnly");
    const connection = new Connection(duplexCarrier(stopped.link));
    await connection.open(Uint8Array.of(wire.protocol, 0));
    await connection.request("reboot", new Uint8Array());
    const restarted = await connect(stopped.link);
    assert.is(restarted.hello.modelState, "confirmed");
    assert.is(logitsOf(await run(restarted, { logits: true }, sound(1))).length, 49);
    await stopped.close();
  },
);

boardTest("after three resets in its first steps a new model is dropped for the one before", async () => {
  const flash = ["--flash", `${folder}/new.flash`];
  const first = startBoard(...flash);
  const session = await connect(first.link);
  await session.flashModel(model);
  await run(session, {}, sound(1));
  const old = await session.status();
  await session.flashModel(await tinyModel(2));
  await first.close();
  for (let i = 0; i < 3; i++) await dieInFirstSteps(flash);
  const last = startBoard(...flash);
  const { state, sha256 } = await (await connect(last.link)).status();
  assert.equal([state, sha256], ["confirmed", old.sha256]);
  await last.close();
});

boardTest("a stream whose host falls silent ends after ten seconds", async () => {
  const { link, close } = startBoard();
  await (await connect(link)).flashModel(model);
  const types: number[] = [];
  const finder = new SysexFinder((packed) => types.push(unpackFrame(packed)!.type));
  const frame = { connection: 201, acknowledge: 0 };
  const hello = { ...frame, sequence: 0, type: requests.hello.code, payload: Uint8Array.of(wire.protocol, 0) };
  const start = { ...frame, sequence: 1, type: requests.streamStart.code, payload: new Uint8Array(4) };
  link.on("data", (chunk: Uint8Array) => finder.take(chunk));
  link.write(sysex(packFrame(hello)));
  link.write(sysex(packFrame(start)));
  await until(() => types.includes(requests.streamStart.code | wire.reply));
  await new Promise((resolve) => setTimeout(resolve, wire.hostSilentMs + 500));
  const before = types.length;
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.is(types.length, before, "the board still sends to a host that has gone");
  await close();
});

boardTest("a host that was stopped for longer than its patience reads what the board said meanwhile", async () => {
  const { link, close } = startBoard();
  const session = await connect(link);
  const answered = session.status();
  await new Promise((resolve) => setImmediate(resolve)); // it is on its way
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wire.hostSilentMs + 500);
  assert.is((await answered).state, "none");
  await close();
});

test.run();
