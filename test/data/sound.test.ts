import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Notices } from "../../host/data/notices.ts";
import { resample } from "../../host/data/resample.ts";
import { decodeSound, readSound, readSounds, SKIPPED } from "../../host/data/sound.ts";
import { encodeWav } from "../../host/data/wav.ts";
import { fromALaw, fromImaAdpcm, fromMuLaw } from "../../host/data/wav-codecs.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { writeFlac } from "./flac-writer.ts";

const { WaveFile } = createRequire(import.meta.url)("wavefile") as typeof import("wavefile");

const folder = mkdtempSync(join(tmpdir(), "engram-sound-"));
const file = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const sine = (hertz: number, rate: number, amplitude: number, length = rate) =>
  Float64Array.from({ length }, (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / rate));
const ramp = Int16Array.from({ length: 1000 }, (_, i) => i * 65 - 32500);

test("16-bit wav and FLAC give back every sample, and nothing is noted", () => {
  const notices = new Notices();
  const wav = readSound(file("a.wav", encodeWav(ramp, 16000)), notices, 16000);
  const flac = decodeSound(
    writeFlac({ sampleRate: 16000, bits: 16, channels: [[...ramp]], assignment: 0 }),
    "a.flac",
    notices,
  );
  assert.equal(wav, { sampleRate: 16000, samples: ramp });
  assert.equal(flac, { sampleRate: 16000, samples: ramp });
  assert.equal(notices.lines, []);
});

test("what this writes, another program reads", () => {
  const read = new WaveFile(encodeWav(ramp, 8000));
  assert.equal((read.fmt as { sampleRate: number }).sampleRate, 8000);
  assert.equal([...(read.getSamples(false, Int16Array as never) as unknown as Int16Array)], [...ramp]);
});

test("8, 24 and 32 bits, float and double are rounded to 16 bits", () => {
  for (const [depth, unit, tolerance] of [
    ["8", 1 / 256, 128],
    ["24", 256, 0],
    ["32", 65536, 0],
    ["32f", 1 / 32768, 0],
    ["64", 1 / 32768, 0],
  ] as const) {
    const wave = new WaveFile();
    const values = Array.from(ramp, (value) => (depth === "8" ? Math.round(value * unit) + 128 : value * unit));
    wave.fromScratch(1, 16000, depth, values);
    const { samples } = decodeSound(wave.toBuffer(), depth, new Notices());
    assert.is(samples.length, ramp.length, depth);
    assert.ok(
      samples.every((value, i) => Math.abs(value - ramp[i]) <= tolerance),
      depth,
    );
  }
});

test("24 bits are rounded to 16, half up, and loud floats clip", () => {
  const notices = new Notices();
  const deep = [0, 127, 128, -128, -129, 256 * 1000 + 200, 2 ** 23 - 1, -(2 ** 23)];
  const flac = writeFlac({ sampleRate: 16000, bits: 24, channels: [deep], assignment: 0 });
  const wave = new WaveFile();
  wave.fromScratch(1, 16000, "24", deep);
  for (const bytes of [flac, wave.toBuffer()])
    assert.equal([...decodeSound(bytes, "deep", notices).samples], [0, 0, 1, 0, -1, 1001, 32767, -32768]);
  wave.fromScratch(1, 16000, "32f", [1.5, -1.5, Number.NaN, 0.5]);
  assert.equal([...decodeSound(wave.toBuffer(), "loud", notices).samples], [32767, -32768, 0, 16384]);
});

test("A-law, µ-law and IMA ADPCM are those of Python's audioop", () => {
  // audioop.alaw2lin(bytes(range(256)), 2), likewise ulaw2lin; SHA-256 of the little-endian samples.
  const sum = (law: (byte: number) => number) =>
    createHash("sha256")
      .update(new Uint8Array(Int16Array.from({ length: 256 }, (_, i) => law(i)).buffer))
      .digest("hex");
  assert.is(sum(fromALaw), "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174");
  assert.is(sum(fromMuLaw), "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827");
  // audioop.adpcm2lin(…, 2, (1234, 20)) on these codes, which it takes high nibble first.
  const codes = "8b0e7153bf7c3706d85c524e440066559a6656c9";
  const expected = [
    1228, 1190, 1195, 1136, 1259, 1311, 1489, 1654, 1504, 1211, 1842, 1028, 1794, 3286, 3499, 6021, 2242, 1739, 6771,
    744, 9659, 15591, 25299, 8331, 29143, 32767, 32767, 32767, 32767, 32767, 32767, 32767, 20481, 1860, 32767, 32767,
    32767, 32767, -4095, -16381,
  ];
  const head = [1234 & 255, 1234 >> 8, 20, 0];
  const words = [0, 8, 16, 24, 32].map((at) =>
    [0, 2, 4, 6].map((k) => Number.parseInt(codes[at + k + 1] + codes[at + k], 16)),
  );
  const mono = Uint8Array.from([...head, ...words.flat(), ...head, ...words[0]]);
  const [samples] = fromImaAdpcm(new DataView(mono.buffer), 1, 24);
  assert.equal([...samples], [1234, ...expected, 1234, ...expected.slice(0, 8)]);
  const stereo = Uint8Array.from([...head, 0, 0, 0, 0, ...words.flatMap((word) => [...word, 0, 0, 0, 0])]);
  const [left, right] = fromImaAdpcm(new DataView(stereo.buffer), 2, 48);
  assert.equal([...left], [1234, ...expected]);
  assert.ok(right.every((value) => Math.abs(value) <= 1));
});

test("two channels are mixed, another rate is resampled, and each is said once for all files", () => {
  const notices = new Notices();
  const wave = new WaveFile();
  wave.fromScratch(2, 44100, "16", [Int16Array.from(sine(500, 44100, 8000)), new Int16Array(44100)] as never);
  const paths = ["s1.wav", "s2.wav"].map((name) => file(name, wave.toBuffer()));
  const sounds = [...readSounds(paths, notices, 16000)];
  assert.equal(
    sounds.map(({ sound }) => sound.samples.length),
    [16000, 16000],
  );
  const expected = sine(500, 16000, 4000);
  const { samples } = sounds[1].sound;
  for (let i = 200; i < 15800; i++) assert.ok(Math.abs(samples[i] - expected[i]) < 2, `${i}`);
  assert.is(notices.lines.length, 2);
  assert.match(notices.lines[0], "mixed from 2 channels to one: ");
  assert.match(notices.lines[1], "resampled from 44100 to 16000 Hz: ");
});

test("8 kHz sound for a 16 kHz model is warned about", () => {
  const notices = new Notices();
  readSound(file("low.wav", encodeWav(ramp, 8000)), notices, 16000);
  assert.match(notices.lines[0], "resampled from 8000 to 16000 Hz (warning: nothing above 4 kHz): ");
});

test("what is no sound, empty, truncated or gone is skipped, named and counted", () => {
  const notices = new Notices();
  const wav = encodeWav(ramp, 16000);
  const flac = writeFlac({ sampleRate: 16000, bits: 16, channels: [[...ramp]], assignment: 0 });
  const bad = [
    file("text.wav", "this is a letter"),
    file("empty.wav", ""),
    file("cut.wav", wav.subarray(0, 1000)),
    file("header.wav", wav.subarray(0, 40)),
    file("cut.flac", flac.subarray(0, 500)),
    join(folder, "gone.wav"),
    folder,
  ];
  const good = file("good.wav", wav);
  const read = [...readSounds([...bad.slice(0, 3), good, ...bad.slice(3)], notices)];
  assert.equal(
    read.map(({ index }) => index),
    [3],
  );
  assert.is(notices.count(SKIPPED), bad.length);
  assert.match(
    notices.lines[0],
    /^skipped: .*text.wav is not a sound file.*empty.wav is empty.*cut.wav is truncated: 956 of 2000 bytes.* and 4 more$/,
  );
  for (const path of bad) {
    assert.throws(
      () => readSound(path, notices),
      (error: unknown) => error instanceof UserError && error.message.includes(path),
    );
  }
});

test("a wav of a stream, which does not know its length, is read to its end", () => {
  const wav = encodeWav(ramp, 16000);
  new DataView(wav.buffer).setUint32(40, 0xffffffff, true);
  assert.equal(decodeSound(wav, "stream.wav", new Notices()).samples, ramp);
});

test("no mutation of a wav header throws anything but a UserError", () => {
  const wav = encodeWav(ramp.subarray(0, 50), 16000);
  for (let at = 0; at < 44; at++)
    for (const value of [0, 1, 2, 7, 17, 127, 255]) {
      const changed = wav.slice();
      changed[at] = value;
      try {
        decodeSound(changed, "changed.wav", new Notices(), 16000);
      } catch (error) {
        assert.instance(error, UserError, `byte ${at} = ${value}: ${(error as Error).stack}`);
      }
    }
});

test("resampling keeps tones below 0.9 of half the rate, 80 dB above its errors, and nothing above", () => {
  for (const [from, to] of [
    [8000, 16000],
    [44100, 16000],
    [48000, 16000],
    [16000, 8000],
  ]) {
    const half = Math.min(from, to) / 2;
    for (const hertz of [0.1 * half, 0.5 * half, 0.89 * half]) {
      const out = resample(sine(hertz, from, 10000), from, to);
      const expected = sine(hertz, to, 10000);
      let error = 0;
      for (let i = 400; i < to - 400; i++) error += (out[i] - expected[i]) ** 2 / (to - 800);
      assert.ok(Math.sqrt(error) < 0.7, `${hertz} Hz, ${from} to ${to}: ${Math.sqrt(error)}`);
    }
    if (from < to) continue;
    const alias = resample(sine(half * 1.03, from, 10000), from, to);
    const most = alias.subarray(400, -400).reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
    assert.ok(most < 1, `alias of ${from} to ${to}: ${most}`);
  }
});

test.run();
