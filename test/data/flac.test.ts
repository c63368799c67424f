import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeFlac } from "../../host/data/flac.ts";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { writeFlac } from "./flac-writer.ts";

// The three files that RFC 9639 decodes step by step (appendix D; also in github.com/ietf-wg-cellar/flac-specification).
const EXAMPLES = [
  `664c61438000002210001000 00000f00000f0ac442f00000 00013e84b41807dc69030758 6a3dad1a2e0ffff869180000 bf0358fd03128baa9a`,
  `664c61430000002200100010 0000170000440ac442f00000 0013d5b0564975e98b8d8b93 0422757b8103030000120000
   000000000000000000000000 000000100400003a20000000 7265666572656e6365206c69 62464c414320312e332e3320
   323031393038303401000000 0e0000005449544c453dd7a9 d79cd795d79d810000060000 00000000fff86998000f9912
   086701623d1442998f5df70d 6fe00c17caeb21000ee7a77a 24a1590c1217b603097b784f aa9a33d285e070ad5b1b4851
   b4010d99d2cd1a68f1e6b810 fff869180102a402c382c40b c14a03ee48dd03b67c1330`,
  `664c61438000002210001000 00001f00001f07d000700000 0018f8f9e396f5cbcfc6dc80 7f9977906b32fff868020017
   e944004f6f313d1047d227cb 6d090831452bdc2822228057 a3`,
].map((hex) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ""), "hex")));

test("the examples of RFC 9639 give the samples that it prints", () => {
  const [one, two, three] = EXAMPLES.map((bytes) => decodeFlac(bytes, "example"));
  assert.equal(
    { ...one, channels: one.channels.map((samples) => [...samples]) },
    {
      sampleRate: 44100,
      bits: 16,
      channels: [[25588], [10416]],
    },
  );
  assert.equal([...two.channels[0].subarray(8, 16)], [16824, 18263, 17295, -14418, -15201, -14508, -15195, -14818]);
  assert.equal([...two.channels[1].subarray(14)], [-8896, -8653, -9072, -8958, -9410]);
  const eight = [0, 79, 111, 78, 8, -61, -90, -68, -13, 42, 67, 53, 13, -27, -46, -38, -12, 14, 24, 19, 6, -4, -5, 0];
  assert.equal([...three.channels[0]], eight);
});

test("the example with prediction and stereo has the MD5 that its header promises", () => {
  const { channels } = decodeFlac(EXAMPLES[1], "example");
  const interleaved = Int16Array.from({ length: 2 * channels[0].length }, (_, i) => channels[i % 2][i >> 1]);
  const sum = createHash("md5").update(new Uint8Array(interleaved.buffer)).digest("hex");
  assert.is(sum, Buffer.from(EXAMPLES[1].subarray(26, 42)).toString("hex"));
});

test("left and side, side and right, mid and side give left and right", () => {
  const random = new Random(1);
  const left = Array.from({ length: 300 }, () => random.int(65536) - 32768);
  const right = left.map((value) => Math.max(-32768, Math.min(32767, value + random.int(2001) - 1000)));
  const side = left.map((value, i) => value - right[i]);
  const mid = left.map((value, i) => (value + right[i]) >> 1);
  const stored = { 8: [left, side], 9: [side, right], 10: [mid, side] };
  for (const [assignment, channels] of Object.entries(stored)) {
    const file = writeFlac({
      sampleRate: 8000,
      bits: 16,
      channels,
      assignment: Number(assignment),
      weights: [3, -2],
      shift: 1,
    });
    assert.equal(
      decodeFlac(file, "stereo").channels.map((samples) => [...samples]),
      [left, right],
    );
  }
});

test("24 bits at full scale with the widest predictor are exact", () => {
  const random = new Random(2);
  const samples = Array.from({ length: 500 }, () => random.int(2 ** 24) - 2 ** 23);
  const weights = Array.from({ length: 32 }, () => random.int(32768) - 16384);
  const file = writeFlac({ sampleRate: 48000, bits: 24, channels: [samples], assignment: 0, weights, shift: 15 });
  assert.equal([...decodeFlac(file, "wide").channels[0]], samples);
});

test("wasted bits are put back under a predictor", () => {
  const samples = Array.from({ length: 100 }, (_, i) => (((i * i) % 400) - 200) * 32);
  const file = writeFlac({
    sampleRate: 8000,
    bits: 16,
    channels: [samples],
    assignment: 0,
    weights: [2, -1],
    wasted: 5,
  });
  assert.equal([...decodeFlac(file, "wasted").channels[0]], samples);
});

test("a file cut anywhere, or with any byte changed, is refused with a UserError that names it, or decodes the same", () => {
  const whole = EXAMPLES[1];
  const samples = JSON.stringify(decodeFlac(whole, "whole").channels);
  const refused = (bytes: Uint8Array) => {
    try {
      return JSON.stringify(decodeFlac(bytes, "broken.flac").channels) === samples ? undefined : "other samples";
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as UserError).message, "broken.flac ");
      return "refused";
    }
  };
  for (let length = 0; length < whole.length; length++) assert.is(refused(whole.subarray(0, length)), "refused");
  for (let at = 136; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at] ^= 1 << (at % 8);
    assert.is(refused(changed), "refused", `byte ${at}`);
  }
});

test("a false number of samples does not make it allocate them", () => {
  const claims = EXAMPLES[0].slice();
  claims.fill(0xff, 21, 26);
  assert.throws(() => decodeFlac(claims, "huge.flac"), /huge.flac is truncated: 1 of 68719476735 samples/);
});

test.run();
