// The models that ship on every emulated board, over real recordings: each logit is V8's. Two boards at a time, since QEMU keeps
// a core busy; sound goes through µ-law, since the serial lines carry 10 to 25 KB a second.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { Notices } from "../../host/data/notices.ts";
import { readSound } from "../../host/data/sound.ts";
import { type Comparison, compare, reference, sampleRate, testClips, twoAtATime } from "../../tools/equality.ts";
import { emulatedBoards, withSession } from "./boards.ts";

const clipsAsFrames = 200;
const clipsAsPcm = 20;
const models = ["microbit.engram", "keywords.engram"];
const data = join(process.env.ENGRAM_DATA ?? join(packageRoot(), "..", "shared", "data"), "speech-commands");
const there = existsSync(data);
if (!there) {
  console.log(`skipped: no data at ${data}`);
  test.skip("each logit of clips is V8's", () => {});
}

function demonstration(): Int16Array[] {
  const folder = join(packageRoot(), "models", "demo");
  const files = readdirSync(folder).filter((file) => file.endsWith(".wav"));
  return files.map((file) => readSound(join(folder, file), new Notices(), sampleRate).samples);
}

/** Each model with what V8 says to the clips; without data, to the demonstration's recordings. */
async function subjects() {
  const clips = there ? await testClips(data, clipsAsFrames + clipsAsPcm) : demonstration();
  const asFrames = there ? clips.slice(0, clipsAsFrames) : clips;
  const asPcm = there ? clips.slice(clipsAsFrames) : clips;
  return models.map((name) => {
    const model = new Uint8Array(readFileSync(join(packageRoot(), "models", name)));
    return { model, references: [reference(model, "frames", asFrames), reference(model, "pcm8", asPcm)] };
  });
}

const boards = await emulatedBoards();
const outcomes = new Map<string, Comparison[] | Error>();

test.before(async () => {
  const wanted = await subjects();
  await twoAtATime(boards, async ({ name }) => {
    const begun = Date.now();
    const outcome = withSession(name, async (session) => {
      const comparisons: Comparison[] = [];
      for (const { model, references } of wanted) {
        await session.flashModel(model);
        for (const reference of references) comparisons.push(await compare(session, reference));
      }
      return comparisons;
    });
    outcomes.set(name, await outcome.catch((error) => error));
    console.log(`${name}: ${((Date.now() - begun) / 1000).toFixed(0)} s`);
  });
});

const sound = there ? `${clipsAsFrames} clips as frames and ${clipsAsPcm} as PCM` : "the demonstration's recordings";
for (const { name } of boards) {
  test(`${name}: each logit of ${sound} is V8's`, () => {
    const comparisons = outcomes.get(name);
    if (!Array.isArray(comparisons)) throw comparisons;
    assert.is(comparisons.length, 2 * models.length);
    for (const { logits, unequal, first } of comparisons) {
      assert.ok(logits > 0);
      assert.is(unequal, 0, first);
    }
  });
}

test.run();
