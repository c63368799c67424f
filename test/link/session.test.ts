// Sessions over good lines, bad lines and none.
import { createServer } from "node:net";
import { Duplex } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBoard } from "../../host/boards/registry.ts";
import { Random } from "../../host/data/random.ts";
import { duplexCarrier } from "../../host/link/carrier.ts";
import { Connection } from "../../host/link/connection.ts";
import { packFrame, sysex } from "../../host/link/frame.ts";
import { serialLink } from "../../host/link/serial.ts";
import { connect } from "../../host/link/session.ts";
import { tcpLink } from "../../host/link/tcp.ts";
import { errors } from "../../host/spec/errors.ts";
import { wire } from "../../host/spec/messages.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { boardTest, program, startBoard, until } from "../native/program.ts";
import { lossy } from "./lossy.ts";

const seed = 11;

/** What `act` throws, which must be a UserError that says `what`. */
async function refused(act: () => Promise<unknown>, what: RegExp): Promise<void> {
  try {
    await act();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as UserError).message, what);
    return;
  }
  assert.unreachable(`nothing was thrown that says ${what}`);
}

boardTest("a board says what it is", async () => {
  const { link, close } = startBoard();
  const { hello } = await connect(link);
  assert.is(hello.board, "native");
  assert.is(hello.kernels, "portable");
  assert.is(hello.modelState, "none");
  assert.ok(hello.window > 1 && hello.slotBytes > 100_000);
  await close();
});

boardTest("journal entries are written, replaced, read and forgotten", async () => {
  const { link, close } = startBoard();
  const session = await connect(link);
  for (let i = 0; i < 100; i++) await session.set(i % 7, new Uint8Array(100 + i).fill(i));
  for (let i = 93; i < 100; i++) assert.equal(await session.get(i % 7), new Uint8Array(100 + i).fill(i));
  await session.set(3, new Uint8Array());
  await refused(() => session.get(3), /no such entry/);
  await close();
});

boardTest(
  "on a line that loses and flips bytes every request is handled once, in order, and both ends count",
  async () => {
    const { link, close } = startBoard();
    const session = await connect(lossy(link, new Random(seed), 0.001));
    const values = Array.from({ length: 60 }, (_, i) => new Uint8Array(200).fill(i));
    await Promise.all(values.map((value, i) => session.set(i % 5, value)));
    for (let i = 55; i < 60; i++) assert.equal(await session.get(i % 5), values[i]);
    const { host, damaged, missed, doubled } = await session.statistics();
    assert.ok(host.resent > 0 && damaged + missed + doubled > 0, "the line was too good to prove anything");
    await close();
  },
);

boardTest("a line that lets too little through is called so, not a silent board", async () => {
  const { link, close } = startBoard();
  const session = await connect(lossy(link, new Random(seed), 0.001));
  await refused(() => session.set(1, new Uint8Array(3500)), /too little through/);
  await close();
});

boardTest("unknown messages and those of a wrong length are refused by code", async () => {
  const { link, close } = startBoard();
  const connection = new Connection(duplexCarrier(link));
  const { error } = await connection.open(Uint8Array.of(wire.protocol, 0));
  assert.is(error, 0);
  assert.is((await connection.request("get", new Uint8Array(9))).error, errors.payload[0]);
  assert.is((await connection.request("streamStart", new Uint8Array(4))).error, errors.noModel[0]);
  assert.is((await connection.request("set", new Uint8Array(5000))).error, errors.tooLong[0]);
  // A code that no version knows, as a second host of a later version would send it.
  const frame = { connection: 77, acknowledge: 0, payload: new Uint8Array() };
  const answers: number[] = [];
  link.on("data", (chunk: Uint8Array) => answers.push(...chunk));
  link.write(sysex(packFrame({ ...frame, sequence: 0, type: 0x10, payload: Uint8Array.of(1, 0) })));
  link.write(sysex(packFrame({ ...frame, sequence: 1, type: 0x7f })));
  const { SysexFinder, unpackFrame } = await import("../../host/link/frame.ts");
  const code = await until(() => {
    let found: number | undefined;
    new SysexFinder((packed) => {
      const answer = unpackFrame(packed);
      if (answer?.type === (0x7f | wire.reply)) found = answer.payload[2]! + 256 * answer.payload[3]!;
    }).take(Uint8Array.from(answers));
    return found;
  });
  assert.is(code, errors.unknownMessage[0]);
  connection.close();
  await close();
});

boardTest("a board that is reset by reboot comes back", async () => {
  const { link, close } = startBoard();
  const first = new Connection(duplexCarrier(link));
  await first.open(Uint8Array.of(wire.protocol, 0));
  assert.is((await first.request("reboot", new Uint8Array())).error, 0);
  const again = await connect(link);
  assert.ok(again.hello.uptimeMs < 1000);
  await close();
});

test("a board that says nothing is given up within four seconds", async () => {
  const silent = new Duplex({ read() {}, write: (_, __, done) => done() });
  const begun = Date.now();
  await refused(() => connect(silent), /does not answer/);
  assert.ok(Date.now() - begun < 5000);
});

boardTest("a board that dies in the middle of a session is told at once", async () => {
  const { link, close } = startBoard();
  const session = await connect(link);
  const waiting = session.get(1).catch(() => {});
  await waiting;
  const begun = Date.now();
  link.destroy();
  await refused(() => session.statistics(), /closed/);
  assert.ok(Date.now() - begun < 1000);
  await close();
});

boardTest("a flash file serves one board at a time, and says so", async () => {
  const { folder } = await import("../native/program.ts");
  const first = startBoard("--flash", `${folder}/locked.flash`);
  await connect(first.link);
  const second = startBoard("--flash", `${folder}/locked.flash`);
  await refused(() => connect(second.link), /locked\.flash is in use by another board/);
  await first.close();
  const third = startBoard("--flash", `${folder}/locked.flash`);
  await connect(third.link);
  await third.close();
});

boardTest("a flash file that cannot be made is named", async () => {
  const { link } = startBoard("--flash", "/no/such/folder/file");
  await refused(() => connect(link), /\/no\/such\/folder\/file/);
});

boardTest("over a pseudo-terminal as over a serial port; a second program finds it in use", async () => {
  const { log, close } = startBoard("--pty");
  const path = (await until(() => log.find((line) => line.startsWith("pty ")))).slice(4);
  const port = await serialLink(path);
  const session = await connect(port);
  assert.is(session.hello.board, "native");
  await refused(() => serialLink(path), /in use by another program/);
  session.close();
  await new Promise((resolve) => port.once("close", resolve));
  const again = await openBoard("serial", { port: path });
  assert.is((await connect(again.link)).hello.board, "native");
  await again.close();
  await close();
});

boardTest("over TCP; a second host is turned away", async () => {
  const { log, close } = startBoard("--tcp", "0");
  const port = Number((await until(() => log.find((line) => line.startsWith("tcp ")))).slice(4));
  const { link, close: hangUp } = await openBoard(undefined, { port: `tcp:127.0.0.1:${port}` });
  assert.is((await connect(link)).hello.board, "native");
  await refused(async () => connect(await tcpLink("127.0.0.1", port)), /without a word/);
  await hangUp();
  const session = await connect(await tcpLink("127.0.0.1", port));
  session.close();
  await close();
});

test("ports that are not there are named", async () => {
  await refused(() => openBoard("serial", { port: "/dev/no-such-port" }), /no port \/dev\/no-such-port/);
  const server = createServer().listen(0);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  await refused(() => tcpLink("127.0.0.1", port), /no board answers at 127\.0\.0\.1/);
  await refused(() => openBoard("serial", { port: "tcp:127.0.0.1:99999" }), /tcp:127\.0\.0\.1:99999 names no port/);
  await refused(() => openBoard("no-such-board"), /no board no-such-board/);
});

if (program) console.log(`board: ${program.split("/").slice(-3).join("/")}`);
test.run();
