// The keyword task from a folder of sounds to a model, on two "words" made of tones; it must learn them in seconds.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Notices } from "../../host/data/notices.ts";
import { Random } from "../../host/data/random.ts";
import { toInt16 } from "../../host/data/sound.ts";
import { tone } from "../../host/data/tone.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { encodeFloatModel } from "../../host/model/float-model.ts";
import type { FrontEnd } from "../../host/spec/frontend.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { type KeywordOptions, trainKeywords } from "../../host/tasks/keywords/keywords.ts";

const sampleRate = 8000;
const frontEnd: FrontEnd = {
  sampleRate,
  window: 256,
  hop: 160,
  bands: 16,
  lowHz: 60,
  highHz: 3900,
  offset: 28,
  format: 13,
};
// A word: where its pitch starts and ends.
const words: Record<string, [number, number]> = { rise: [300, 1200], fall: [1500, 500], other: [800, 800] };

const test = suite<{ folder: string }>("keywords");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "engram-keywords-"));
  for (const [split, count] of [
    ["train", 24],
    ["val", 6],
  ] as const) {
    for (const [word, [from, to]] of Object.entries(words)) {
      mkdirSync(join(context.folder, split, word), { recursive: true });
      for (let i = 0; i < count; i++) {
        const random = new Random(1, split, word, i);
        const high = random.uniform(0.9, 1.1);
        const partials = [1, random.uniform(0.2, 0.6), random.uniform(0.1, 0.3)];
        const spec = { from: from * high, to: to * high, partials, attack: 0.02, decay: 1 };
        const voice = tone(spec, 4000, sampleRate).map((value) => value * random.uniform(1500, 9000));
        const clip = new Float32Array(sampleRate);
        clip.set(voice, 2000);
        writeFileSync(join(context.folder, split, word, `${i}.wav`), encodeWav(toInt16(clip), sampleRate));
      }
    }
  }
});
test.after(({ folder }) => rmSync(folder, { recursive: true }));

const options = (folder: string): KeywordOptions => ({
  data: [folder],
  labels: ["rise", "fall", "unknown", "silence"],
  cell: "gru",
  units: 16,
  seed: 1,
  frontEnd,
  recipe: { epochs: 16, copies: 2, batch: 16, rate: 0.02, negatives: 8 },
});

test("tones are learnt from a folder, and the seed gives the same bytes", async ({ folder }) => {
  const losses: number[] = [];
  const model = await trainKeywords(options(folder), new Notices(), ({ step, steps, loss }) => {
    if (step === steps) losses.push(loss);
  });
  assert.is(losses.length, 16);
  assert.ok(losses[15] < 0.6 * losses[0], losses.join(" "));
  assert.ok(model!.training.accuracy.val >= 0.9, `val ${model!.training.accuracy.val}`);
  const again = await trainKeywords(options(folder), new Notices());
  assert.equal(encodeFloatModel(again!), encodeFloatModel(model!));
});

test("a stop keeps a checkpoint within a second, and the run goes on to the same bytes", async ({ folder }) => {
  const brief = { ...options(folder), recipe: { ...options(folder).recipe, epochs: 3 } };
  const whole = await trainKeywords(brief, new Notices());
  const checkpoint = join(folder, "run.checkpoint");
  const stop = new AbortController();
  let aborted = 0;
  const stopped = await trainKeywords(
    { ...brief, checkpoint },
    new Notices(),
    ({ epoch, step }) => {
      if (epoch !== 2 || step !== 3) return;
      aborted = performance.now();
      stop.abort();
    },
    stop.signal,
  );
  assert.ok(performance.now() - aborted < 1000);
  assert.is(stopped, undefined);
  const resumed = await trainKeywords({ ...brief, checkpoint }, new Notices());
  assert.equal(encodeFloatModel(resumed!), encodeFloatModel(whole!));
});

test("a stop while recordings are read ends the run before it trains", async ({ folder }) => {
  const unreached = () => assert.unreachable("a step was made");
  assert.is(await trainKeywords(options(folder), new Notices(), unreached, AbortSignal.abort()), undefined);
});

test("a rate that makes training diverge is said so, without a checkpoint that there is not", async ({ folder }) => {
  const checkpoint = join(folder, "wild.checkpoint");
  const wild = {
    ...options(folder),
    checkpoint,
    recipe: { ...options(folder).recipe, rate: 1e30, warmUp: 0, clipNorm: 1e30 },
  };
  let refused: unknown;
  try {
    await trainKeywords(wild, new Notices());
  } catch (error) {
    refused = error;
  }
  assert.instance(refused, UserError);
  assert.match((refused as UserError).message, /diverged in epoch 1: the [^;]*$/);
  assert.not.ok(existsSync(checkpoint));
});

test("a label without recordings is named", async ({ folder }) => {
  let refused: unknown;
  try {
    await trainKeywords({ ...options(folder), labels: ["rise", "absent"] }, new Notices());
  } catch (error) {
    refused = error;
  }
  assert.match((refused as UserError).message, /absent/);
});

test.run();
