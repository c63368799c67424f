import { test } from "uvu";
import * as assert from "uvu/assert";
import { rms } from "../../host/data/mixing.ts";
import { planStream, playPart, playStream } from "../../host/data/stream.ts";
import { scoreStream } from "../../host/data/stream-score.ts";

const RATE = 1000;
const clips = [
  ...Array.from({ length: 60 }, (_, n) => ({ label: n % 3 ? "yes" : "unknown", word: n % 3 ? "yes" : "bed" })),
  { label: "silence", word: "silence" },
];
const noises = [Int16Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 200) - 100)];
const sound = new Int16Array(RATE).fill(20000);

test("a plan has the hours asked for, follows from its seed, and repeats no clip before all have come", () => {
  const plan = planStream(clips, RATE, 0.8, 5);
  assert.is(plan.length, 0.8 * 3600 * RATE);
  assert.equal(plan, planStream(clips, RATE, 0.8, 5));
  assert.not.equal(plan.events, planStream(clips, RATE, 0.8, 6).events);
  const order = plan.events.map(({ clip }) => clip);
  assert.ok(order.length > 250, `${order.length}`);
  for (let at = 0; at + 60 <= order.length; at += 60) assert.is(new Set(order.slice(at, at + 60)).size, 60);
  assert.ok(order.every((clip) => clips[clip].label !== "silence"));
});

test("gaps are at least 0.3 s and 2.3 s in the mean, and a minute of noise ends each of 16 parts", () => {
  const plan = planStream(clips, RATE, 2, 1);
  assert.is(plan.parts.length, 16);
  const gaps: number[] = [];
  for (const { startSample, length, events } of plan.parts) {
    for (let n = 1; n < events.length; n++) gaps.push(events[n].startSample - events[n - 1].startSample - RATE);
    assert.ok(events[events.length - 1].startSample + RATE <= startSample + length - 60 * RATE);
  }
  assert.ok(Math.min(...gaps) >= 0.3 * RATE);
  const mean = gaps.reduce((a, b) => a + b) / gaps.length / RATE;
  assert.ok(Math.abs(mean - 2.3) < 0.2, `${mean}`);
});

test("the sound has every clip where the plan says, over noise of 5 to 400", () => {
  const plan = planStream(clips, RATE, 0.3, 2);
  const samples = Int16Array.from([...playStream(plan, () => sound, noises)].flatMap((chunk) => [...chunk]));
  assert.is(samples.length, plan.length);
  const loud = samples.map((value) => (value > 15000 ? 1 : 0));
  for (const { startSample } of plan.events) {
    assert.ok(loud.subarray(startSample, startSample + RATE).every((value) => value === 1));
    assert.is(loud[startSample - 1], 0);
    assert.is(loud[startSample + RATE], 0);
  }
  assert.is(
    loud.reduce((sum, value) => sum + value, 0),
    plan.events.length * RATE,
  );
  const quiet = samples.filter((_, i) => !loud[i]);
  assert.ok(rms(quiet) > 5 && rms(quiet) < 400, `${rms(quiet)}`);
});

test("a part sounds the same alone as within the stream", () => {
  const plan = planStream(clips, RATE, 0.3, 2);
  const whole = [...playStream(plan, () => sound, noises)];
  const perPart = whole.length / 16;
  assert.equal([...playPart(plan, 3, () => sound, noises)], whole.slice(3 * perPart, 4 * perPart));
});

test("a stream of minutes, or without spoken clips, is noise and ends", () => {
  assert.is(planStream([{ label: "silence", word: "" }], RATE, 0.1, 1).events.length, 0);
  const plan = planStream(clips, RATE, 0.01, 1);
  assert.is(
    [...playStream(plan, () => sound, noises)].reduce((sum, chunk) => sum + chunk.length, 0),
    plan.length,
  );
});

const event = (label: string, seconds: number) => ({ clip: 0, label, word: label, startSample: seconds * RATE });
const score = (detections: [string, number][], events = [event("yes", 10), event("no", 20), event("unknown", 30)]) =>
  scoreStream(
    detections.map(([label, seconds]) => ({ label, seconds })),
    events,
    RATE,
    3600,
  );

test("the first right detection 0.16 to 1.7 s after a clip's start is its hit", () => {
  const both = score([
    ["yes", 10.5],
    ["yes", 11.2],
    ["no", 20.9],
  ]);
  assert.is(both.hits, 1);
  assert.ok(Math.abs(both.medianLatency! - 0.7) < 1e-9);
  assert.is(both.falseAccepts, 0);
  assert.is(score([["yes", 10.16]]).hits, 0.5);
  assert.is(score([["yes", 11.69]]).hits, 0.5);
  assert.is(score([["yes", 11.71]]).hits, 0);
  assert.is(score([]).medianLatency, null);
});

test("another word is wrong, a word for an unknown one is its firing, one without a clip is a false accept", () => {
  const result = score([
    ["no", 10.5],
    ["yes", 10.9],
    ["yes", 30.5],
    ["no", 31.2],
    ["yes", 15],
    ["no", 100],
    ["unknown", 200],
  ]);
  assert.is(result.wrongWords, 0.5);
  assert.is(result.hits, 0.5);
  assert.is(result.unknownFiring, 1);
  assert.is(result.falseAccepts, 2);
  assert.ok(Math.abs(result.hoursOfNoise * 3600 - (3600 - 3 * 1.54)) < 1e-6);
  assert.ok(Math.abs(result.falseAcceptsPerHour - 2 / result.hoursOfNoise) < 1e-9);
});

test("where clips follow closely, a detection belongs to the later one that is 0.16 s old", () => {
  const close = [event("yes", 10), event("no", 11)];
  assert.is(score([["yes", 11.1]], close).hits, 0.5);
  assert.is(score([["yes", 11.2]], close).wrongWords, 0.5);
});

test.run();
