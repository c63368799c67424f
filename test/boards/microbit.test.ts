// The micro:bit: resets in the middle of updates, a stack that is too small, pins, and a microphone that QEMU has not.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBoard } from "../../host/boards/registry.ts";
import { packageRoot } from "../../host/compile/assembly.ts";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { childLink } from "../../host/link/child.ts";
import { Connection } from "../../host/link/connection.ts";
import { connect } from "../../host/link/session.ts";
import { readModel } from "../../host/model/model.ts";
import { packRule } from "../../host/runtime/rules.ts";
import { wire } from "../../host/spec/messages.ts";
import { store } from "../../host/spec/store.ts";
import { tinyModel } from "../cli/tiny-model.ts";
import { emulatedBoards } from "./boards.ts";

const boardTest = (await emulatedBoards()).some(({ name }) => name === "microbit") ? test : test.skip;
const models = [await tinyModel(1), await tinyModel(2)] as const;
const nameOf = (model: Uint8Array): string => readModel(model, "a model").sha256;

/** Waits for the greeting of a board that starts. */
function started(link: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = "";
    link.once("close", () => reject(new Error("the board's program has ended")));
    link.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (heard.includes("\xf0\x79")) resolve();
    });
  });
}

/** Another host, who turns up in the middle of whatever is going on, has the board reset. */
async function reset(link: Duplex): Promise<void> {
  const connection = new Connection(duplexCarrier(link));
  await connection.open(Uint8Array.of(wire.protocol, 0));
  const again = started(link);
  connection.request("reboot", new Uint8Array()).catch(() => {});
  await again;
}

boardTest("reset in the middle of an update, the board has the old model; after it, the new one", async () => {
  const board = await openBoard("microbit");
  board.link.setMaxListeners(0); // a connection after each reset
  try {
    await (await connect(board.link)).flashModel(models[0]);
    for (const part of [0.01, 0.2, 0.5, 0.8, 0.99]) {
      const session = await connect(board.link);
      // The host gives up there, before it can ask for what comes next.
      const far = (bytes: number, total: number) => assert.not(bytes >= part * total, "far enough");
      const given = await session.flashModel(models[1], { onProgress: far }).catch(({ message }) => message);
      assert.is(given, "far enough");
      await reset(board.link);
      const { sha256, state } = await (await connect(board.link)).status();
      assert.is(sha256, nameOf(models[0]), `reset after ${part} of the model`);
      assert.is.not(state, "none");
    }
    await (await connect(board.link)).flashModel(models[1]);
    await reset(board.link);
    assert.is((await (await connect(board.link)).status()).sha256, nameOf(models[1]));
  } finally {
    await board.close();
  }
});

boardTest("a stack that grows out of RAM resets the board instead of writing over something", async () => {
  const root = packageRoot();
  const build = join(root, "build", "microbit-small-stack");
  const env = { ...process.env, LDFLAGS: "-Wl,--defsym=STACK_BYTES=1024" };
  execFileSync("cmake", ["-S", join(root, "firmware"), "-B", build, "-DENGRAM_BOARD=microbit"], { env, stdio: "pipe" });
  execFileSync("cmake", ["--build", build, "--parallel", "2"], { stdio: "pipe" });
  const machine = ["-M", "microbit", "-display", "none", "-monitor", "none", "-serial", "stdio"];
  const link = childLink("qemu-system-arm", [...machine, "-kernel", join(build, "engram.elf")]);
  try {
    const session = await connect(link);
    assert.is(session.hello.stackBytes, 1024);
    const again = started(link);
    session.flashModel(models[0]).then(
      () => assert.unreachable("1024 bytes were enough"),
      () => {},
    );
    await again;
    assert.is((await connect(link)).hello.modelState, "none");
  } finally {
    link.destroy();
  }
});

boardTest("pins of the edge connector are Firmata's, and one with a pull-up reads high", async () => {
  const board = await openBoard("microbit");
  try {
    await started(board.link);
    const answer = (wanted: RegExp): Promise<string> =>
      new Promise((resolve) => {
        let heard = "";
        board.link.on("data", (chunk: Buffer) => {
          heard += chunk.toString("latin1");
          const found = heard.match(wanted);
          if (found) resolve(found[0]);
        });
      });
    const [input, output, pullUp] = [0, 1, 11];
    const capabilities = answer(/\xf0\x6c[^\xf7]*\xf7/);
    board.link.write(Buffer.of(0xf0, 0x6b, 0xf7));
    const pins = [...Buffer.from(await capabilities, "latin1")].slice(2, -1);
    const edge = [input, 1, output, 1, pullUp, 1, 127];
    assert.equal(pins, [...Array.from({ length: 17 }, () => edge).flat(), output, 1, 127]);
    const port = answer(/\x91[^\x80-\xff]{2}/);
    board.link.write(Buffer.of(0xf4, 8, pullUp, 0xf4, 10, pullUp, 0xd1, 1)); // and report pins 8 to 15
    assert.is(await port, "\x91\x05\x00");
  } finally {
    await board.close();
  }
});

boardTest("without its converter the board hears nothing, and goes on; rules for its LEDs are kept", async () => {
  const board = await openBoard("microbit");
  try {
    const session = await connect(board.link);
    await session.flashModel(readFileSync(join(packageRoot(), "models", "microbit.engram")));
    const rule = (pin: number) => packRule({ label: "yes", pin, threshold: 0, holdMs: 500 });
    await session.set(store.rules, rule(17));
    assert.equal(await session.get(store.rules), rule(17));
    assert.match(await session.set(store.rules, rule(18)).catch(({ message }) => message), /pin/);
    const stream = await session.stream({ source: "sensor", levels: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await stream.end();
    const { frames } = await session.statistics();
    assert.is(frames, 0);
    assert.is((await session.heard()).detections, 0);
    session.close();
  } finally {
    await board.close();
  }
});

test.run();
