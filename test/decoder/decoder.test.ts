// Logits to detections: the float model's decisions within rounding, and C and V8 alike to the bit.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { bestPath } from "../../host/features/ctc.ts";
import { Decoder } from "../../host/features/decoder.ts";
import { outputSection, readOutput } from "../../host/features/output-section.ts";
import { type DecoderParameters, decoderHead, keywordDecoder, pathDecoder } from "../../host/spec/decoder.ts";
import { errorName } from "../../host/spec/errors.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { compileProgram } from "../frontend/c-program.ts";
import { floatDecisions } from "./model.ts";

const seed = 330;
const labels = ["yes", "no", "up", "down", "unknown", "silence"];
const keywords: DecoderParameters = { ...keywordDecoder, labels, quiet: ["unknown", "silence"], format: 11 };
const decoders: Record<string, DecoderParameters> = {
  keywords,
  "one label": { ...keywords, labels: ["å"], quiet: [], window: 1 },
  "64 labels, window 255": {
    ...keywords,
    labels: Array.from({ length: 64 }, (_, i) => `label ${i}`),
    quiet: [],
    window: 255,
    threshold: 0.05,
    rearm: 0.04,
    refractory: 0,
    format: 1,
  },
  "best path": { ...keywords, ...pathDecoder },
  "best path of means, with a threshold": { ...keywords, ...pathDecoder, window: 3, threshold: 0.3, refractory: 4 },
  "format 15, threshold 0": { ...keywords, threshold: 0, rearm: 0, format: 15, window: 3, refractory: 2 },
};

const program = compileProgram(["firmware/core/decoder.c", "test/decoder/filter.c"]);
if (!program) console.log("no C compiler (cc): the decoder in C is not tested");
const twinTest = program ? test : test.skip;

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const task = (section: Uint8Array, logits: Int16Array): Uint8Array =>
  Buffer.concat([word(section.length), section, word(logits.length), new Uint8Array(logits.buffer)]);

/** Logits that wander, leap, and stay at their limits, frames × labels. */
function wandering(random: Random, count: number, parameters: DecoderParameters): Int16Array {
  const values = new Int16Array(count * parameters.labels.length);
  const level = parameters.labels.map(() => 0);
  for (let t = 0, wild = false; t < count; t++) {
    if (t % 50 === 0) wild = random.chance(0.2);
    for (const label of level.keys()) {
      if (random.chance(0.03)) level[label] = random.normal() * 4 * 2 ** parameters.format;
      const value = wild ? random.pick([-32768, 32767, 0]) : level[label]! + random.normal() * 300;
      values[t * level.length + label] = Math.max(-32768, Math.min(32767, value));
    }
  }
  return values;
}

const frame = (label: number, height = 4 * 2048): Int16Array =>
  Int16Array.from(labels, (_, i) => (i === label ? height : 0));
const many = (count: number, label: number): Int16Array[] => Array.from({ length: count }, () => frame(label));
const detections = (decoder: Decoder, frames: Int16Array[]): [number, number][] =>
  frames.flatMap((logits, t) => {
    const { detected } = decoder.push(logits);
    return detected === undefined ? [] : [[t, detected]];
  });

test("a label is detected once while it lasts", () => {
  const decoder = new Decoder(keywords);
  const found = detections(decoder, [...many(60, 5), ...many(200, 0)]);
  assert.is(found.length, 1);
  assert.is(found[0]![1], 0);
});

test("a label is detected again after its probability fell", () => {
  const found = detections(new Decoder(keywords), [...many(60, 0), ...many(60, 5), ...many(60, 0)]);
  assert.equal(
    found.map(([, label]) => label),
    [0, 0],
  );
});

test("quiet labels are never detected", () => {
  assert.equal(detections(new Decoder(keywords), [...many(60, 4), ...many(60, 5)]), []);
});

test("the next detection is at least the refractory frames away, and may be exactly that", () => {
  const quick = { ...keywords, window: 1, refractory: 25 };
  const found = detections(new Decoder(quick), [...many(1, 0), ...many(60, 1)]);
  assert.equal(found, [
    [0, 0],
    [25, 1],
  ]);
});

test("a probability equal to the threshold is not above it", () => {
  const two = { ...keywords, labels: ["a", "b"], quiet: [], threshold: 0.5, window: 1 };
  assert.is(new Decoder(two).push(Int16Array.of(100, 100)).detected, undefined);
  assert.is(new Decoder(two).push(Int16Array.of(101, 100)).detected, 0);
});

test("a best path spells what a whole string decodes to, a label in the frame in which it begins", () => {
  const random = new Random(seed, "path");
  for (let round = 0; round < 300; round++) {
    const names = labels.slice(0, 1 + random.int(6));
    const blank = random.int(names.length);
    const decoder = new Decoder({ ...pathDecoder, labels: names, quiet: [names[blank]!], format: 11 });
    // Few values, so that many are equal.
    const frames = Array.from({ length: random.int(40) }, () =>
      Int16Array.from(names, () => random.pick([-32768, -1, 0, 1, 32767])),
    );
    const found = detections(decoder, frames);
    assert.equal(
      found.map(([, label]) => label),
      bestPath(frames, blank),
      `round ${round}`,
    );
  }
  const decoder = new Decoder({ ...keywords, ...pathDecoder });
  const spoken = [4, 0, 0, 4, 0, 1, 1].map((label) => frame(label, 1));
  assert.equal(detections(decoder, spoken), [
    [1, 0],
    [4, 0],
    [5, 1],
  ]);
});

test("before the window is full the mean is of the frames that have come", () => {
  const decoder = new Decoder({ ...keywords, window: 200 });
  const { score } = decoder.push(frame(2));
  assert.ok(Math.abs(score - Math.exp(4) / (Math.exp(4) + 5)) < 0.001);
});

test("a clip is the label with the greatest mean over its last frames, the first of equals", () => {
  const decoder = new Decoder({ ...keywords, window: 30 });
  const clip = (frames: Int16Array[]): number => decoder.clip(Int16Array.from(frames.flatMap((row) => [...row])));
  assert.is(clip([...many(19, 0), ...many(30, 3)]), 3);
  assert.is(clip([...many(100, 0), ...many(16, 3), ...many(14, 1)]), 3);
  assert.is(clip([...many(15, 2), ...many(15, 1)]), 1);
});

for (const [name, parameters] of Object.entries(decoders)) {
  test(`decisions are those of the float model: ${name}`, () => {
    const count = parameters.labels.length;
    const logits = wandering(new Random(seed, name), 2000, parameters);
    const rows = Array.from({ length: 2000 }, (_, t) => [...logits.subarray(t * count, (t + 1) * count)]);
    const decoder = new Decoder(parameters);
    // A mean is rounded to a unit, so a probability may differ by a quarter of e^unit − 1 and a few units of Q0.15.
    const tolerance = (Math.exp(2 ** -parameters.format) - 1) / 4 + 4 / 32768;
    for (const [t, expected] of floatDecisions(rows, parameters).entries()) {
      const { best, score, detected } = decoder.push(Int16Array.from(rows[t]!));
      assert.is(best, expected.best, `frame ${t}, seed ${seed}`);
      const difference = Math.abs(score - expected.probabilities[detected ?? best]!);
      assert.ok(difference <= tolerance, `frame ${t}, seed ${seed}: ${difference}`);
    }
  });
}

test("detections are those of the float model, frame by frame", () => {
  const logits = wandering(new Random(seed, "detections"), 4000, keywords);
  const rows = Array.from({ length: 4000 }, (_, t) => [...logits.subarray(t * 6, (t + 1) * 6)]);
  const decoder = new Decoder(keywords);
  const found = rows.map((row) => decoder.push(Int16Array.from(row)).detected);
  assert.equal(
    found,
    floatDecisions(rows, keywords).map(({ detected }) => detected),
    `seed ${seed}`,
  );
  assert.ok(found.filter((label) => label !== undefined).length > 20);
});

for (const [name, parameters] of Object.entries(decoders)) {
  twinTest(`C and V8 decide alike: ${name}`, () => {
    const section = outputSection(parameters);
    const count = parameters.labels.length;
    const logits = wandering(new Random(seed, "twin", name), 3000, parameters);
    const decoder = new Decoder(section);
    const out: Uint8Array[] = [word(0)];
    for (let at = 0; at < logits.length; at += count) {
      const { best, detected, score } = decoder.push(logits.subarray(at, at + count));
      out.push(new Uint8Array(Uint16Array.of(detected ?? 0xffff, best, score * 32768).buffer));
    }
    for (const label of parameters.labels) out.push(word(Buffer.byteLength(label)), Buffer.from(label));
    assert.ok(program!(task(section, logits)).equals(Buffer.concat(out)), `seed ${seed}`);
  });
}

twinTest("sections that lie about any field are refused, or do no harm", () => {
  const random = new Random(seed, "sections");
  const logits = wandering(random, 5, decoders["64 labels, window 255"]!);
  const sections = Object.values(decoders).flatMap((parameters) => {
    const good = outputSection(parameters);
    return Array.from({ length: 500 }, (_, i) => {
      const bad = good.slice();
      if (i < 8 * decoderHead.bytes) bad[i >> 3]! ^= 1 << (i & 7);
      else bad[random.int(bad.length)] = random.pick([0, 1, 127, 128, 255]);
      return i % 20 === 19 ? bad.slice(0, random.int(bad.length)) : bad;
    });
  });
  const out = program!(Buffer.concat(sections.map((section) => task(section, logits))));
  const codes = new Map<string, number>();
  let at = 0;
  for (const section of sections) {
    const code = errorName(out.readUInt32LE(at))!;
    at += 4;
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (code !== "ok") continue;
    const { labels } = decoderHead.read(section);
    at += 6 * Math.floor(logits.length / labels);
    for (let label = 0; label < labels; label++) at += 4 + out.readUInt32LE(at);
  }
  assert.is(at, out.length);
  for (const code of ["ok", "truncated", "limit", "section"]) assert.ok(codes.get(code)! > 0, code);
});

twinTest("a section whose tables would break the arithmetic's bounds is refused", () => {
  const good = outputSection(keywords);
  const { powersAt, firesAt, namesAt } = decoderHead.read(good);
  const refused = (at: number, value: number): boolean => {
    const bad = good.slice();
    bad[at] = value;
    return program!(task(bad, new Int16Array())).readUInt32LE(0) > 0;
  };
  assert.ok(refused(powersAt + 1, 0x7f), "a first power below 1");
  assert.ok(refused(powersAt + 3, 0x81), "a power above 1");
  assert.ok(refused(firesAt, 2), "a label that neither fires nor not");
  assert.ok(refused(namesAt, 0), "a label without a name");
  assert.ok(refused(namesAt, 64), "a label that is too long");
});

test("a section gives back its parameters, and a damaged one is refused", () => {
  const rounded = { ...keywords, threshold: 0.5, rearm: 0.25 };
  const section = outputSection(rounded);
  assert.equal(readOutput(section), rounded);
  const refused = (error: unknown): boolean => error instanceof UserError;
  for (const at of [0, 2, 3, 16, 20, 22, 24, 26, 28, 100]) {
    const bad = section.slice();
    bad[at]! ^= 64;
    assert.throws(() => readOutput(bad), refused, `byte ${at}`);
  }
  assert.throws(() => readOutput(section.subarray(0, 9)), refused);
});

test("parameters that no board takes are refused by name", () => {
  for (const [wrong, what] of [
    [{ labels: [] }, /number of labels is 0/],
    [{ labels: ["a", "a"], quiet: [] }, /same name/],
    [{ quiet: ["noise"] }, /"noise"/],
    [{ window: 256 }, /window is 256/],
    [{ format: 0 }, /format is 0/],
    [{ threshold: 1.5 }, /threshold is 1.5/],
    [{ rearm: 0.9 }, /rearm level is 0.9/],
    [{ kind: "path" }, /best path has a rearm level/],
    [{ kind: "beam" }, /kind is beam/],
  ] as const) {
    const refused = (error: unknown): boolean => error instanceof UserError && what.test(error.message);
    assert.throws(() => outputSection({ ...keywords, ...wrong } as DecoderParameters), refused, JSON.stringify(wrong));
  }
});

test.run();
