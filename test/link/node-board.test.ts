// The board inside Node: the same messages and the same integers as the firmware's.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openBoard } from "../../host/boards/registry.ts";
import { features } from "../../host/features/frontend.ts";
import { companded, expanded } from "../../host/link/compand.ts";
import { connect } from "../../host/link/session.ts";
import { keywordFrontEnd } from "../../host/spec/frontend.ts";
import { tinyModel } from "../native/models.ts";
import { differing, expected, logitsOf, run, sound } from "../native/streams.ts";

const folder = mkdtempSync(join(tmpdir(), "engram-"));
test.after(() => rmSync(folder, { recursive: true }));
const [one, two] = [await tinyModel(1), await tinyModel(2)];

async function says(act: () => Promise<unknown>, what: RegExp): Promise<void> {
  const error = await act().then(
    () => assert.unreachable(`nothing was thrown that says ${what}`),
    (error) => error,
  );
  assert.match(error.message, what);
}

test("it keeps a model and a journal, and serves one program at a time", async () => {
  const flash = join(folder, "kept.flash");
  const first = await openBoard("node", { flash });
  const session = await connect(first.link);
  await session.flashModel(one);
  await session.set(7, Uint8Array.of(1, 2, 3));
  await says(() => openBoard("node", { flash }), /in use by another board/);
  await first.close();
  const second = await openBoard("node", { flash });
  const again = await connect(second.link);
  assert.is(again.hello.board, "node");
  assert.equal(await again.readModel(), one);
  assert.equal(await again.get(7), Uint8Array.of(1, 2, 3));
  await again.eraseModels();
  assert.is((await again.status()).state, "none");
  await second.close();
});

test("a damaged journal is named, and the flash file is free again", async () => {
  const flash = join(folder, "journal.flash");
  writeFileSync(`${flash}.journal`, "{");
  await says(() => openBoard("node", { flash }), /journal\.flash\.journal is damaged/);
  rmSync(`${flash}.journal`);
  await (await openBoard("node", { flash })).close();
});

test("it refuses what a board refuses, and the old model runs on", async () => {
  const { link, close } = await openBoard("node", { flash: join(folder, "refused.flash") });
  const session = await connect(link);
  await says(() => session.stream({}), /no model/);
  await session.flashModel(one);
  await says(() => session.flashModel(two, { ops: [200] }), /op 200/);
  await says(() => session.flashModel(two.map((byte, i) => (i === 700 ? byte ^ 1 : byte))), /damaged/);
  await says(() => session.flashModel(new Uint8Array(1000)), /no engram model/);
  assert.equal(await session.readModel(), one);
  await close();
});

for (const source of ["pcm16", "pcm8", "frames"] as const) {
  test(`logits and detections of ${source} are those of the engine`, async () => {
    const { link, close } = await openBoard("node", { flash: join(folder, `${source}.flash`) });
    const session = await connect(link);
    await session.flashModel(two);
    const pcm = source === "pcm8" ? expanded(companded(sound(20))) : sound(20);
    const frames = features(pcm, keywordFrontEnd);
    const wanted = expected(two, frames);
    const events = await run(session, { source, logits: true, levels: true }, source === "frames" ? frames : pcm);
    assert.is(differing(logitsOf(events), wanted.logits), undefined);
    assert.equal(
      events.flatMap((event) => (event.type === "detection" ? [event.label] : [])),
      wanted.detected,
    );
    await close();
  });
}

test.run();
