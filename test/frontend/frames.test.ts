// What the frames are: the float definition within rounding, whatever the split of the sound.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { Notices } from "../../host/data/notices.ts";
import { Random } from "../../host/data/random.ts";
import { readSound } from "../../host/data/sound.ts";
import { FrontEndStream, features } from "../../host/features/frontend.ts";
import { frontEndSection } from "../../host/features/frontend-section.ts";
import { frontEndHead, keywordFrontEnd } from "../../host/spec/frontend.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { floatFrames } from "./reference.ts";
import { sounds } from "./sounds.ts";

const seed = 7041;
const digits = { ...keywordFrontEnd, sampleRate: 8000, window: 256, hop: 160, bands: 32, highHz: 3900 };

/** Root mean square and greatest error in log2 where the feature is not saturated. */
function errors(pcm: Int16Array, parameters = keywordFrontEnd): { rms: number; worst: number } {
  const integers = features(pcm, parameters);
  const found = floatFrames(pcm, parameters)
    .flat()
    .map((value, i) => [integers[i]!, value] as const)
    .filter(([feature]) => Math.abs(feature) < 32767)
    .map(([feature, value]) => Math.abs(feature / 2048 + parameters.offset - value));
  return { rms: Math.sqrt(found.reduce((sum, e) => sum + e * e, 0) / found.length), worst: Math.max(...found) };
}

test("a second of keywords has 49 frames of 40 bands", () => {
  assert.is(features(new Int16Array(16000), keywordFrontEnd).length, 49 * 40);
  assert.is(features(new Int16Array(511), keywordFrontEnd).length, 0);
});

test("silence gives the floor: (14 − 28) octaves in Q11", () => {
  assert.ok(features(new Int16Array(2000), keywordFrontEnd).every((value) => value === -14 * 2048));
});

test("a loud tone saturates its band at 32767 and leaves far bands low", () => {
  const frame = features(sounds(seed, 512)["full-scale tone"]!, { ...keywordFrontEnd, offset: 20 });
  assert.is(Math.max(...frame), 32767);
  assert.ok(frame[39]! < 32767);
});

for (const [name, most] of [
  ["noise 30", 0.005],
  ["noise 3000", 0.005],
  ["uniform", 0.005],
  ["noise 1", 0.002],
] as const) {
  for (const parameters of [keywordFrontEnd, digits]) {
    test(`${name} at ${parameters.sampleRate} Hz is within ${most} of the float definition`, () => {
      const { rms } = errors(sounds(seed, 8000)[name]!, parameters);
      assert.ok(rms < most, `rms error in log2: ${rms}`);
    });
  }
}

const clips = join(
  process.env.ENGRAM_DATA ?? join(packageRoot(), "..", "shared", "data"),
  "speech-commands",
  "val",
  "yes",
);
if (!existsSync(clips)) console.log(`${clips} is not there: the error on speech is not tested`);
for (const [gain, most] of [
  [1, 0.03],
  [0.1, 0.01],
  [1 / 30, 0.005],
] as const) {
  (existsSync(clips) ? test : test.skip)(
    `speech times ${gain.toFixed(2)} is within ${most} of the float definition`,
    () => {
      let squares = 0;
      const files = readdirSync(clips).slice(0, 12);
      for (const file of files) {
        const { samples } = readSound(join(clips, file), new Notices());
        squares += errors(samples.map((value) => Math.round(value * gain))).rms ** 2 / files.length;
      }
      assert.ok(Math.sqrt(squares) < most, `rms error in log2: ${Math.sqrt(squares)}`);
    },
  );
}

test("any split of the sound gives the same frames", () => {
  const pcm = sounds(seed, 20000)["bursts of any level"]!;
  const whole = features(pcm, keywordFrontEnd);
  for (const size of [1, 7, 320, 511, 512, 513, 5000]) {
    const stream = new FrontEndStream(keywordFrontEnd);
    const frames: Int16Array[] = [];
    for (let at = 0; at < pcm.length; at += size) frames.push(...stream.push(pcm.subarray(at, at + size)));
    assert.equal(
      frames.flatMap((frame) => [...frame]),
      [...whole],
      `pieces of ${size}`,
    );
  }
  const random = new Random(seed, "split");
  const stream = new FrontEndStream(keywordFrontEnd);
  const frames: Int16Array[] = [];
  for (let at = 0, size = 0; at < pcm.length; at += size) {
    size = random.int(900);
    frames.push(...stream.push(pcm.subarray(at, at + size)));
  }
  assert.equal(
    frames.flatMap((frame) => [...frame]),
    [...whole],
    `seed ${seed}`,
  );
});

test("a clip longer than the module's buffer has the frames of its pieces", () => {
  const pcm = sounds(seed, 100_000)["noise 3000"]!;
  const all = features(pcm, keywordFrontEnd);
  assert.is(all.length / 40, Math.floor((pcm.length - 512) / 320) + 1);
  assert.equal(all.slice(-40), features(pcm.slice(Math.floor((pcm.length - 512) / 320) * 320), keywordFrontEnd));
});

test("a reset stream has forgotten everything", () => {
  const stream = new FrontEndStream(keywordFrontEnd);
  const pcm = sounds(seed, 3000).uniform!;
  const first = stream.pushAll(pcm);
  stream.pushAll(pcm.subarray(0, 77));
  stream.reset();
  assert.equal(stream.pushAll(pcm), first);
});

test("the level is that of the samples that the last frame brought", () => {
  const stream = new FrontEndStream(keywordFrontEnd);
  assert.equal(stream.level(), { peak: 0, rms: 0 });
  stream.push(new Int16Array(512).fill(16384));
  assert.equal(stream.level(), { peak: 0.5, rms: 0.5 });
  stream.push(Int16Array.from({ length: 320 }, (_, i) => (i < 80 ? -32768 : 0)));
  assert.equal(stream.level(), { peak: 1, rms: 0.5 });
  stream.push(new Int16Array(319));
  assert.equal(stream.level(), { peak: 1, rms: 0.5 });
  stream.push(new Int16Array(1));
  assert.equal(stream.level(), { peak: 0, rms: 0 });
});

test("RAM and section of the keyword front end fit a small board", () => {
  const section = frontEndSection(keywordFrontEnd);
  assert.ok(frontEndHead.read(section).ramBytes <= 2300);
  assert.ok(section.length <= 2048);
});

test("parameters that no board takes are refused by name", () => {
  for (const [wrong, name] of [
    [{ window: 1028 }, /window is 1028/],
    [{ window: 510 }, /window is 510/],
    [{ hop: 513 }, /hop is 513/],
    [{ hop: 0 }, /hop is 0/],
    [{ bands: 65 }, /bands is 65/],
    [{ highHz: 8000 }, /highHz is 8000/],
    [{ format: 15 }, /format is 15/],
    [{ window: 64, hop: 32 }, /band \d+ without a single bin/],
    [{ window: 1024, bands: 1 }, /too wide/],
  ] as const) {
    const refused = (error: unknown): boolean => error instanceof UserError && name.test(error.message);
    assert.throws(() => frontEndSection({ ...keywordFrontEnd, ...wrong }), refused, JSON.stringify(wrong));
  }
});

test.run();
