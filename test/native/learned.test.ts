// What a board has learned: kept in the journal, learned again wherever states begin anew, whole or not at all after a power cut.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { connect, type Session } from "../../host/link/session.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { packLearned, unpackLearned } from "../../host/runtime/learned.ts";
import { store } from "../../host/spec/store.ts";
import { damaged, patternsOf } from "../../host/tasks/sources/patterns.ts";
import { memoryFile } from "../cells/associative.ts";
import { tinyModel } from "./models.ts";
import { boardTest, folder, startBoard } from "./program.ts";
import { logitsOf, run } from "./streams.ts";

const file = await memoryFile("recall", "hopfield");
const { sha256 } = new IntegerModel(file).model;
const units = 128;
const one = 1 << 13;
const random = new Random(1, "learned");
const patterns = patternsOf(4, units, random);
const loud = (pattern: ArrayLike<number>) => Int16Array.from(pattern, (value) => value * 2 * one);
const learn = (session: Session, number: number) =>
  session.set(store.learned + number, packLearned(sha256, loud(patterns[number])));
const probe = Int16Array.from(
  [...damaged(patterns[2], 0.2, random), ...new Int8Array(3 * units)],
  (value) => value * one,
);

/** What V8 recalls when it has learned the first so many. */
function wanted(count: number): string[] {
  const model = new IntegerModel(file);
  for (const pattern of patterns.slice(0, count)) model.step(loud(pattern));
  return Array.from({ length: 4 }, (_, i) => model.step(probe.subarray(i * units, (i + 1) * units)).join());
}

const recalled = async (session: Session): Promise<string[]> =>
  logitsOf(await run(session, { source: "frames", logits: true }, probe)).map((logits) => logits.join());

test("a learned frame is packed to a bit a value, and is its own model's alone", () => {
  const value = packLearned(sha256, loud(patterns[0]));
  assert.is(value.length, 10 + units / 8);
  assert.equal(unpackLearned(sha256, units, value), loud(patterns[0]));
  assert.is(unpackLearned("00".repeat(32), units, value), undefined);
  assert.throws(() => packLearned(sha256, Int16Array.of(2, 2, 1)), /value 2 .* is neither 2 nor −2/);
});

boardTest(
  "what a board learned is there in each stream, after a reset of its states and after it began anew",
  async () => {
    const flash = ["--flash", `${folder}/learned.flash`];
    const first = startBoard(...flash);
    const session = await connect(first.link);
    await session.flashModel(file);
    assert.equal(await recalled(session), wanted(0));
    for (let i = 0; i < 3; i++) await learn(session, i);
    assert.equal(await recalled(session), wanted(3));
    assert.equal(await recalled(session), wanted(3));
    await session.reset();
    assert.equal(await recalled(session), wanted(3));
    await first.close();
    const second = startBoard(...flash);
    const again = await connect(second.link);
    assert.equal(await recalled(again), wanted(3));
    await again.set(store.learned + 2, new Uint8Array());
    assert.equal(await recalled(again), wanted(2));
    // Another model passes over what is not its own, and the frames are there when theirs comes back.
    await again.flashModel(await tinyModel(1));
    assert.is((await again.status()).state, "trying");
    await again.flashModel(file);
    assert.equal(await recalled(again), wanted(2));
    await second.close();
  },
);

boardTest("a board learns nothing while a stream runs", async () => {
  const { link, close } = startBoard();
  const session = await connect(link);
  await session.flashModel(file);
  const stream = await session.stream({ source: "frames", logits: true });
  await learn(session, 0).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, "busy"),
  );
  await stream.end();
  await learn(session, 0);
  assert.equal(await recalled(session), wanted(1));
  await close();
});

boardTest("a power cut while a board learns leaves it with what it knew, or with that and the new", async () => {
  const outcomes = new Set<string>();
  for (let cut = 0; cut < 6; cut++) {
    const flash = ["--flash", `${folder}/cut-${cut}.flash`];
    const whole = startBoard(...flash);
    const session = await connect(whole.link);
    await session.flashModel(file);
    await recalled(session); // confirmed by its steps
    await learn(session, 0);
    await learn(session, 1);
    await whole.close();
    const dying = startBoard(...flash, "--cut-after", String(cut));
    const last = await connect(dying.link);
    await learn(last, 2).catch(() => {});
    await dying.close();
    const after = startBoard(...flash);
    const found = (await recalled(await connect(after.link))).join(" ");
    await after.close();
    const [old, both] = [wanted(2).join(" "), wanted(3).join(" ")];
    assert.ok(found === old || found === both, `after a cut in operation ${cut}`);
    outcomes.add(found === both ? "both" : "old");
  }
  assert.ok(outcomes.has("old"), "no cut came before the entry was whole");
});

test.run();
