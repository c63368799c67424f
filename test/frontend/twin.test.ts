// The front end in C and in V8 give the same integers, and the C side refuses what could lead it astray.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { FrontEndStream } from "../../host/features/frontend.ts";
import { frontEndSection, readFrontEnd } from "../../host/features/frontend-section.ts";
import { errorName } from "../../host/spec/errors.ts";
import { type FrontEnd, frontEndHead, keywordFrontEnd } from "../../host/spec/frontend.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { compileProgram } from "./c-program.ts";
import { sounds } from "./sounds.ts";

const seed = 20261;
const base = keywordFrontEnd;
const digits = { ...base, sampleRate: 8000, window: 256, hop: 160, bands: 32, highHz: 3900 };
const frontEnds: Record<string, FrontEnd> = {
  keywords: base,
  digits,
  "window below the FFT": { ...base, window: 400, hop: 160, bands: 20 },
  "1024 points, window = hop": { ...base, window: 1024, hop: 1024, bands: 64, lowHz: 20, highHz: 7999 },
  "1024 points, 4 bands": { ...base, window: 640, hop: 640, bands: 4, lowHz: 1, offset: 14, format: 6 },
  "64 points, hop 1": { ...digits, window: 64, hop: 1, bands: 5, offset: -64, format: 14 },
  "16 samples": { ...digits, window: 16, hop: 7, bands: 3, offset: 40 },
};

const program = compileProgram([
  ...[
    "firmware/core/frontend.c",
    "firmware/core/functions.c",
    "firmware/core/wide.c",
    "build/generated/activations.c",
    "test/frontend/filter.c",
  ],
  ...["activations", "bands", "elements", "level", "products", "set", "spectrum", "sums"].map(
    (name) => `firmware/kernels/portable/${name}.c`,
  ),
]);
if (!program) console.log("no C compiler (cc): the front end in C is not tested");
const twinTest = program ? test : test.skip;

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const bytesOf = (pcm: Int16Array): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);

/** What filter.c reads. */
function task(section: Uint8Array, pieces: Int16Array[]): Uint8Array {
  const pushes = pieces.flatMap((pcm) => [word(pcm.length), bytesOf(pcm)]);
  return Buffer.concat([word(section.length), section, word(pieces.length), ...pushes]);
}

/** What filter.c writes, made in V8. */
function expected(section: Uint8Array, pieces: Int16Array[]): Buffer {
  const stream = new FrontEndStream(section);
  const { window, hop } = stream.parameters;
  const out: Uint8Array[] = [word(0)];
  let heard = 0;
  for (const pcm of pieces) {
    const frames: Uint8Array[] = [];
    for (let at = 0; at < pcm.length; ) {
      const taken = Math.min(pcm.length - at, untilFrame(heard, window, hop));
      for (const frame of stream.push(pcm.subarray(at, at + taken))) {
        const { peak, rms } = stream.level();
        frames.push(bytesOf(frame), bytesOf(Int16Array.of(peak * 32768, rms * 32768)));
      }
      at += taken;
      heard += taken;
    }
    out.push(word(frames.length / 2), ...frames);
  }
  return Buffer.concat(out);
}

// Samples that are missing for the next frame.
function untilFrame(heard: number, window: number, hop: number): number {
  return heard < window ? window - heard : hop - ((heard - window) % hop);
}

function split(pcm: Int16Array, random: Random): Int16Array[] {
  const pieces: Int16Array[] = [];
  for (let at = 0; at < pcm.length; ) {
    const size = Math.floor(random.logUniform(1, 3000)) - 1;
    pieces.push(pcm.slice(at, at + size));
    at += size;
  }
  return pieces;
}

for (const [name, parameters] of Object.entries(frontEnds)) {
  twinTest(`C and V8 give the same frames and levels: ${name}`, () => {
    const section = frontEndSection(parameters);
    const samples = Math.min(6000, parameters.hop * 60 + parameters.window);
    for (const [sound, pcm] of Object.entries(sounds(seed, samples))) {
      const pieces = split(pcm, new Random(seed, sound));
      const c = program!(task(section, pieces));
      assert.ok(c.equals(expected(section, pieces)), `${sound}, seed ${seed}`);
    }
  });
}

twinTest("sections that lie about any field are refused, or do no harm", () => {
  const random = new Random(seed, "sections");
  const pcm = sounds(seed, 1500)["random limits"]!;
  const sections = Object.values(frontEnds).flatMap((parameters) => {
    const good = frontEndSection(parameters);
    return Array.from({ length: 600 }, (_, i) => {
      const bad = good.slice();
      // Every bit of the head, then bytes anywhere.
      if (i < 8 * frontEndHead.bytes) bad[i >> 3]! ^= 1 << (i & 7);
      else for (let n = random.int(6); n >= 0; n--) bad[random.int(bad.length)] = random.pick([0, 127, 128, 255]);
      return i % 50 === 49 ? bad.slice(0, random.int(bad.length)) : bad;
    });
  });
  const out = program!(Buffer.concat(sections.map((section) => task(section, [pcm]))));
  const codes = new Map<string, number>();
  for (let at = 0, i = 0; i < sections.length; i++) {
    const code = out.readUInt32LE(at);
    at += 4;
    codes.set(errorName(code)!, (codes.get(errorName(code)!) ?? 0) + 1);
    if (code !== 0) continue;
    const { bands } = frontEndHead.read(sections[i]!);
    at += 4 + out.readUInt32LE(at) * 2 * (bands + 2);
  }
  for (const code of ["ok", "truncated", "limit", "section"]) assert.ok(codes.get(code)! > 0, code);
});

twinTest("a section with one wrong number in its head is refused", () => {
  const good = frontEndSection(base);
  const head = frontEndHead.read(good);
  const wrong: Partial<Record<keyof typeof head, number[]>> = {
    sampleRate: [3999, 15200, 48001],
    window: [0, 256, 508, 511, 516],
    fft: [0, 256, 511, 1024],
    hop: [0, 513],
    bands: [0, 39, 42, 65],
    lowHz: [0, 7600],
    highHz: [60, 8000],
    firstBin: [0, 16, 65535],
    offset: [-65, 65],
    format: [5, 15],
    reserved: [1],
  };
  for (const name of ["ramBytes", "windowAt", "sineAt", "logAt", "widthsAt", "weightsAt", "length"] as const) {
    wrong[name] = [head[name] - 4, head[name] + 4, 0];
  }
  assert.equal(Object.keys(wrong).sort(), Object.keys(head).sort());
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const bad = good.slice();
      frontEndHead.write(bad, 0, { ...head, [name]: value });
      assert.ok(program!(task(bad, [])).readUInt32LE(0) > 0, `${name} ${value}`);
    }
  }
});

twinTest("a section whose tables would break the arithmetic's bounds is refused", () => {
  const good = frontEndSection(base);
  const { sineAt, widthsAt, fft } = frontEndHead.read(good);
  const refused = (at: number, value: number): boolean => {
    const bad = good.slice();
    new DataView(bad.buffer).setInt16(at, value, true);
    return program!(task(bad, [])).readUInt32LE(0) > 0;
  };
  assert.ok(refused(sineAt, -32768), "a sine of −1");
  assert.ok(refused(sineAt + fft / 4, 32767), "sine and cosine too long together");
  assert.ok(refused(widthsAt, 16), "more bins than weights");

  const wide = frontEndSection(frontEnds["1024 points, 4 bands"]!);
  const table = new Uint16Array(wide.buffer, frontEndHead.read(wide).widthsAt, 5);
  table.set([table.reduce((sum, width) => sum + width), 0, 0, 0, 0]);
  assert.ok(program!(task(wide, [])).readUInt32LE(0) > 0, "a segment that is too wide");
});

test("the host refuses a section that differs from its parameters in any byte", () => {
  const good = frontEndSection(base);
  assert.equal(readFrontEnd(good), base);
  for (let at = 0; at < good.length; at += 7) {
    const bad = good.slice();
    bad[at]! ^= 16;
    if (isOther(bad)) continue;
    assert.throws(
      () => readFrontEnd(bad),
      (error: unknown) => error instanceof UserError,
    );
  }
  assert.throws(
    () => readFrontEnd(good.subarray(0, 20)),
    (error: unknown) => error instanceof UserError,
  );
});

// Offset and format change no table, so such a section is another good one.
function isOther(section: Uint8Array): boolean {
  const { offset, format } = frontEndHead.read(section);
  return offset !== base.offset || format !== base.format;
}

test.run();
