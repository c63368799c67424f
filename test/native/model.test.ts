// Models on the native board: flashed, refused, cut off in the middle, run, and equal to V8 to the bit.
import { connect as tcpConnect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { opCodes } from "../../host/cli/model-file.ts";
import { Random } from "../../host/data/random.ts";
import { features } from "../../host/features/frontend.ts";
import { companded, expanded } from "../../host/link/compand.ts";
import { connect } from "../../host/link/session.ts";
import { tcpLink } from "../../host/link/tcp.ts";
import { readModel } from "../../host/model/model.ts";
import { header } from "../../host/spec/container.ts";
import { keywordFrontEnd } from "../../host/spec/frontend.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { lossy } from "../link/lossy.ts";
import { changed, tinyModel, trappingModel } from "./models.ts";
import { boardTest, folder, startBoard, until } from "./program.ts";
import { differing, expected, logitsOf, run, sound } from "./streams.ts";

const seed = 5;
const [one, two] = [await tinyModel(1), await tinyModel(2)];
const nameOf = (model: Uint8Array): string => readModel(model, "a model").sha256;

/** What `act` throws, which must be a UserError that says `what`. */
async function refused(act: () => Promise<unknown>, what: RegExp): Promise<void> {
  const error = await act().then(
    () => assert.unreachable(`nothing was thrown that says ${what}`),
    (error) => error,
  );
  assert.instance(error, UserError, String(error));
  assert.match((error as UserError).message, what);
}

boardTest("a flashed model runs, reads back, is confirmed by its first steps, and outlives the board", async () => {
  const flash = ["--flash", `${folder}/kept.flash`];
  const first = startBoard(...flash);
  const session = await connect(first.link);
  const progress: number[] = [];
  await session.flashModel(one, {
    ops: opCodes(readModel(one, "a model")),
    onProgress: (bytes) => progress.push(bytes),
  });
  assert.is(progress.at(-1), one.length);
  const status = await session.status();
  assert.is(status.sha256, nameOf(one));
  assert.is(status.state, "trying");
  assert.is(status.ramBytes, header.read(one).ramBytes);
  assert.equal(await session.readModel(), one);
  await run(session, {}, sound(1));
  assert.is((await session.status()).state, "confirmed");
  await first.close();
  const second = startBoard(...flash);
  const again = await connect(second.link);
  assert.is(again.hello.modelState, "confirmed");
  assert.is((await again.status()).sha256, nameOf(one));
  await again.eraseModels();
  assert.is((await again.status()).state, "none");
  await second.close();
});

for (const source of ["pcm16", "pcm8", "frames"] as const) {
  boardTest(`frames, logits and detections of ${source} are those of V8 to the bit`, async () => {
    const { link, close } = startBoard();
    const session = await connect(link);
    await session.flashModel(two);
    const pcm = source === "pcm8" ? expanded(companded(sound(20))) : sound(20);
    const frames = features(pcm, keywordFrontEnd);
    const wanted = expected(two, frames);
    const options = { source, logits: true, levels: source !== "frames" };
    for (let i = 0; i < 2; i++) {
      const events = await run(session, options, source === "frames" ? frames : pcm);
      assert.is(differing(logitsOf(events), wanted.logits), undefined);
      assert.equal(
        events.flatMap((event) => (event.type === "detection" ? [event.label] : [])),
        wanted.detected,
      );
      assert.is(events.filter(({ type }) => type === "level").length, options.levels ? wanted.logits.length : 0);
    }
    await close();
  });
}

boardTest("a model streamed over a line that loses and flips bytes gives the same logits", async () => {
  const { link, close } = startBoard();
  const session = await connect(lossy(link, new Random(seed, "line"), 0.0002));
  await session.flashModel(one);
  const pcm = sound(5);
  const events = await run(session, { source: "pcm8", logits: true }, pcm);
  const { logits } = expected(one, features(expanded(companded(pcm)), keywordFrontEnd));
  assert.is(differing(logitsOf(events), logits), undefined);
  const { host, damaged, missed } = await session.statistics();
  assert.ok(host.resent > 0 && damaged + missed > 0, "the line was too good to prove anything");
  await close();
});

boardTest("models that cannot run here are refused, and the old one runs on", async () => {
  const { link, close } = startBoard();
  const session = await connect(link);
  await session.flashModel(one);
  const number = (name: "ramBytes" | "length", value: number) => (copy: Uint8Array) =>
    new DataView(copy.buffer).setUint32(header.offset(name), value, true);
  await refused(() => session.flashModel(changed(two, number("ramBytes", 1 << 20))), /more RAM/);
  await refused(() => session.flashModel(two, { ops: [1, 200] }), /op that this board lacks \(op 200\)/);
  await refused(() => session.flashModel(two.subarray(0, 400)), /ends early/);
  await refused(() => session.flashModel(Uint8Array.from({ length: 1000 })), /no engram model/);
  await refused(() => session.flashModel(two.map((byte, i) => (i === 700 ? byte ^ 1 : byte))), /damaged/);
  const large = new Uint8Array(session.hello.slotBytes + 16);
  large.set(two);
  await refused(
    () => session.flashModel(changed(large, number("length", large.length))),
    /larger than the board's slot/,
  );
  assert.is((await session.status()).sha256, nameOf(one));
  assert.equal(await session.readModel(), one);
  assert.is(logitsOf(await run(session, { logits: true }, sound(1))).length, 49);
  await close();
});

boardTest("a model that traps in its first steps is dropped for the one before", async () => {
  const { link, close } = startBoard();
  const session = await connect(link);
  await session.flashModel(one);
  await run(session, {}, sound(1));
  const bad = trappingModel(two);
  await session.flashModel(bad);
  assert.is((await session.status()).sha256, nameOf(bad));
  await refused(() => run(session, {}, sound(1)), /failed at frame 0, the model was dropped/);
  assert.is((await session.status()).sha256, nameOf(one));
  assert.ok((await run(session, { logits: true }, sound(1))).length > 0);
  await close();
});

boardTest("unplugged in the middle of a flash, the board starts with the old model", async () => {
  const flash = ["--flash", `${folder}/unplugged.flash`];
  const first = startBoard(...flash);
  const session = await connect(first.link);
  await session.flashModel(one);
  await refused(
    () => session.flashModel(two, { onProgress: () => first.link.destroy() }),
    /link to the board has closed/,
  );
  await first.close();
  const second = startBoard(...flash);
  assert.is((await (await connect(second.link)).status()).sha256, nameOf(one));
  await second.close();
});

boardTest(
  "a power cut in an update leaves the old model or the new one, and the next update goes through",
  async () => {
    const file = `${folder}/cut.flash`;
    const before = startBoard("--flash", file);
    await (await connect(before.link)).flashModel(one);
    await before.close();
    const seen = new Set<string>();
    const all = Math.ceil(two.length / 8) + 3;
    const moments = [0, 1, 2, Math.floor(all / 2), all - 5, all - 4, all - 3, all - 2, all - 1, all, all + 1, all + 2];
    for (const [i, moment] of moments.entries()) {
      const [old, next] = i % 2 === 0 ? [one, two] : [two, one];
      const setting = startBoard("--flash", file);
      const board = await connect(setting.link);
      if ((await board.status()).sha256 !== nameOf(old)) await board.flashModel(old);
      await setting.close();
      const cut = startBoard("--flash", file, "--cut-after", String(moment), "--tear", String([0, 1, 4, 7][i % 4]));
      const through = await (await connect(cut.link)).flashModel(next).then(
        () => true,
        () => false,
      );
      await cut.close();
      const after = startBoard("--flash", file);
      const { sha256 } = await (await connect(after.link)).status();
      await after.close();
      assert.ok([old, next].map(nameOf).includes(sha256), `cut after ${moment}: ${sha256}`);
      if (through) assert.is(sha256, nameOf(next));
      seen.add(sha256 === nameOf(old) ? "old" : "new");
    }
    assert.equal([...seen].sort(), ["new", "old"]);
  },
);

boardTest("a host that vanishes in the middle of a stream leaves a board that the next one can use", async () => {
  const { log, close } = startBoard("--tcp", "0");
  const port = Number((await until(() => log.find((line) => line.startsWith("tcp ")))).slice(4));
  const socket = await tcpLink("127.0.0.1", port);
  const session = await connect(socket);
  await session.flashModel(one);
  const stream = await session.stream({ logits: true });
  await stream.write(sound(1));
  socket.resetAndDestroy();
  await refused(async () => {
    for await (const _ of stream);
  }, /link to the board has closed/);
  const again = await connect(await tcpLink("127.0.0.1", port));
  assert.is(logitsOf(await run(again, { logits: true }, sound(1))).length, 49);
  again.close();
  await close();
});

boardTest("SYSTEM_RESET ends a stream and keeps the model", async () => {
  const { log, close } = startBoard("--tcp", "0");
  const port = Number((await until(() => log.find((line) => line.startsWith("tcp ")))).slice(4));
  const socket = tcpConnect(port);
  const session = await connect(socket);
  await session.flashModel(one);
  const stream = await session.stream({});
  socket.write(Uint8Array.of(0xff));
  await refused(async () => {
    for await (const _ of stream);
  }, /reset by another program/);
  assert.is((await session.status()).sha256, nameOf(one));
  session.close();
  await close();
});

test.run();
