import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { augmentClip, padClip, silenceClip } from "../../host/data/augment.ts";
import { composite, silenceComposite } from "../../host/data/composite.ts";
import { peak, rms } from "../../host/data/mixing.ts";
import { NEGATIVES, negative } from "../../host/data/negatives.ts";
import { COLOURS, noise } from "../../host/data/noise.ts";
import { Random } from "../../host/data/random.ts";
import { toInt16 } from "../../host/data/sound.ts";
import { tone } from "../../host/data/tone.ts";
import { UNHEARD, unheard } from "../../host/data/unheard.ts";

const RATE = 16000;
const noises = COLOURS.map((colour) => toInt16(noise(colour, 3 * RATE, RATE, new Random(1, colour))));
const beep = tone({ from: 300, to: 500, partials: [1, 0.5], attack: 0.05, decay: 2 }, 12000, RATE);
const clip = toInt16(beep.map((value) => 6000 * value));
const sources = { words: [clip], others: [clip.subarray(2000)], noises, sampleRate: RATE };
const hash = (samples: Int16Array) => createHash("sha256").update(new Uint8Array(samples.slice().buffer)).digest("hex");
const many = (make: (random: Random) => Int16Array, count = 200) =>
  Array.from({ length: count }, (_, n) => make(new Random(7, "many", n)));

test("variants follow from the seed to the byte, on every machine", () => {
  const all = [
    ...many((random) => augmentClip(clip, noises, RATE, RATE, random), 20),
    ...many((random) => composite(clip, noises, RATE, 32192, random).samples, 20),
    ...many((random) => silenceClip(noises, RATE, random), 20),
    ...many((random) => negative(sources, 32192, random).samples, 20),
    ...UNHEARD.flatMap((kind) => [...unheard(kind, sources, 3, 1)]),
  ];
  // Made by this code. If it changes, training sets change, and models trained before cannot be made again.
  assert.is(
    createHash("sha256").update(all.map(hash).join()).digest("hex"),
    "80fef406c3110f9ea372639092887fb010b2d415af7cc6644f65e227230d2085",
  );
  assert.is(new Set(all.map(hash)).size, all.length);
});

test("a clip is padded with zeros behind, or cut", () => {
  assert.equal([...padClip(Int16Array.of(1, 2, 3), 6)], [0, 1, 2, 3, 0, 0]);
  assert.equal([...padClip(Int16Array.of(1, 2, 3, 4), 2)], [2, 3]);
});

test("gains spread over more than 40 dB, and a few clips in a hundred are driven into clipping", () => {
  const variants = many((random) => augmentClip(clip, noises, RATE, RATE, random), 400);
  const levels = variants.map(peak);
  assert.ok(Math.min(...levels) < 400 && Math.max(...levels) >= 32767);
  const clipped = variants.filter((samples) => samples.filter((value) => Math.abs(value) >= 32767).length > 20).length;
  assert.ok(clipped > 12 && clipped < 60, `${clipped} of 400`);
});

test("noise stays below the voice", () => {
  const silent = new Int16Array(RATE);
  for (const samples of many((random) => augmentClip(silent, noises, RATE, RATE, random)))
    assert.ok(rms(samples) < 1.2);
});

test("silence has levels from near nothing to near full scale, log-uniformly", () => {
  const levels = many((random) => silenceClip(noises, RATE, random), 400).map(rms);
  const below = (level: number) => levels.filter((value) => value < level).length / levels.length;
  assert.ok(Math.abs(below(20) - (0.03 + 0.97 * 0.27)) < 0.08, `${below(20)}`);
  assert.ok(Math.abs(below(1000) - (0.03 + 0.97 * 0.72)) < 0.08, `${below(1000)}`);
  assert.ok(levels.includes(0));
});

test("a composite's word lies where it says, a third of them at the start", () => {
  const composites = Array.from({ length: 200 }, (_, n) =>
    composite(clip, [new Int16Array(9)], RATE, 32192, new Random(n)),
  );
  const atStart = composites.filter(({ firstSample }) => firstSample === 0).length / 200;
  assert.ok(Math.abs(atStart - 0.35) < 0.1);
  for (const { samples, firstSample, lastSample } of composites) {
    assert.is(lastSample, firstSample + RATE - 1);
    assert.is(samples.length, 32192);
    const most = peak(samples);
    const first = samples.findIndex((value) => Math.abs(value) > most / 2);
    assert.ok(first > firstSample - 1600 && first < firstSample + 6000, `${first} ${firstSample}`);
    const behind = samples.subarray(lastSample + 1600);
    assert.ok(behind.every((value) => Math.abs(value) <= 1));
  }
  assert.is(silenceComposite(noises, RATE, 32192, new Random(1)).samples.length, 32192);
});

test("every kind of negative sounds, and babble without other words is made of reversed ones", () => {
  for (const name of Object.keys(NEGATIVES)) {
    const made = negative(sources, 32192, new Random(3, name), name);
    assert.is(made.samples.length, 32192);
    assert.ok(rms(made.samples) > 5, `${name} ${rms(made.samples)}`);
  }
  assert.ok(rms(negative({ ...sources, others: [] }, 32192, new Random(3), "babble").samples) > 100);
});

test("an unheard sound has its length, does not depend on how long it is, and needs its clips", () => {
  for (const kind of UNHEARD) {
    const long = [...unheard(kind, sources, 4.5, 9)];
    assert.equal(
      long.map((chunk) => chunk.length),
      [RATE, RATE, RATE, RATE, RATE / 2],
    );
    assert.equal([...unheard(kind, sources, 2, 9)], long.slice(0, 2));
    assert.ok(
      long.every((chunk) => rms(chunk) > 50),
      kind,
    );
  }
  assert.equal([...unheard("babble", { ...sources, others: [] }, 2, 9)], []);
});

test("the colours of noise fall by 0, 3 and 6 dB an octave", () => {
  const slopes = COLOURS.map((colour) => {
    const samples = noise(colour, 8 * RATE, RATE, new Random(2));
    return 10 * Math.log10(band(samples, 1000) / band(samples, 2000));
  });
  // Each band is an octave wide: white doubles with frequency, pink stays, brown halves.
  [-3, 0, 3].forEach((expected, i) => {
    assert.ok(Math.abs(slopes[i] - expected) < 1.2, `${COLOURS[i]} ${slopes[i]}`);
  });
});

// Power between hertz/√2 and hertz·√2, by discrete Fourier sums over frames.
function band(samples: Float32Array, hertz: number): number {
  let power = 0;
  for (let start = 0; start + 512 <= samples.length; start += 512)
    for (let bin = Math.ceil((hertz / Math.SQRT2 / RATE) * 512); bin < (hertz * Math.SQRT2 * 512) / RATE; bin += 1) {
      let re = 0;
      let im = 0;
      for (let i = 0; i < 512; i++) {
        const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / 512);
        re += window * samples[start + i] * Math.cos((2 * Math.PI * bin * i) / 512);
        im += window * samples[start + i] * Math.sin((2 * Math.PI * bin * i) / 512);
      }
      power += re * re + im * im;
    }
  return power;
}

test.run();
