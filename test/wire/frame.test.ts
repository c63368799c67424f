// Frames: packing, checks, and that the board's C reads and writes the same bytes, whatever else comes.
import { createRequire } from "node:module";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { companded, expanded } from "../../host/link/compand.ts";
import { crc32, type Frame, pack, packFrame, SysexFinder, sysex, unpack, unpackFrame } from "../../host/link/frame.ts";
import { errors } from "../../host/spec/errors.ts";
import { control, requests, wire } from "../../host/spec/messages.ts";
import { compileProgram } from "../frontend/c-program.ts";

const seed = 7;
const board = compileProgram([
  ...["wire", "firmata", "crc"].map((name) => `firmware/core/${name}.c`),
  "test/wire/filter.c",
]);
if (!board) console.log("no C compiler (cc): the wire in C is not tested");
const boardTest = board ? test : test.skip;

const randomBytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random.int(256));
const request = (sequence: number, payload: Uint8Array, more: Partial<Frame> = {}): Frame => ({
  connection: 9,
  sequence: sequence & 0xff,
  acknowledge: 0,
  type: sequence === 0 ? requests.hello.code : requests.set.code,
  payload,
  ...more,
});

/** Frames in what a board wrote. */
function framesIn(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  new SysexFinder((packed) => frames.push(unpackFrame(packed)!)).take(bytes);
  assert.ok(frames.every(Boolean), "the board wrote a damaged frame");
  return frames;
}
const replies = (frames: Frame[]): Frame[] => frames.filter(({ type }) => type & wire.reply);

test("packs seven bits a byte as firmata-io does, and back", () => {
  const { to7BitArray } = createRequire(import.meta.url)("firmata-io/lib/encoder7bit.js");
  const random = new Random(seed);
  for (let length = 0; length < 100; length++) {
    const bytes = randomBytes(random, length);
    assert.equal([...pack(bytes)], to7BitArray(bytes));
    assert.equal(unpack(pack(bytes)), bytes);
  }
});

test("the CRC is the one of zip", () => {
  assert.is(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

test("any flipped bit and any missing byte is found", () => {
  const packed = packFrame(request(3, new TextEncoder().encode("a payload")));
  assert.ok(unpackFrame(packed));
  for (let bit = 0; bit < packed.length * 7 - 6; bit++) {
    const damaged = packed.slice();
    damaged[Math.floor(bit / 7)]! ^= 1 << (bit % 7);
    assert.is(unpackFrame(damaged), undefined, `bit ${bit}`);
  }
  for (let at = 0; at < packed.length; at++) assert.is(unpackFrame(packed.filter((_, i) => i !== at)), undefined);
});

test("µ-law keeps 30 dB from loud to quiet, and its own values exactly", () => {
  for (const amplitude of [30000, 3000, 300]) {
    const sine = Int16Array.from({ length: 4000 }, (_, i) => amplitude * Math.sin(i / 5));
    const noise = expanded(companded(sine)).reduce((sum, value, i) => sum + (value - sine[i]!) ** 2, 0);
    const power = sine.reduce((sum, value) => sum + value * value, 0);
    assert.ok(10 * Math.log10(power / noise) > 30, `amplitude ${amplitude}`);
  }
  const all = expanded(Uint8Array.from({ length: 256 }, (_, code) => code));
  assert.equal(expanded(companded(all)), all);
});

boardTest("the board answers in order, with what was sent", () => {
  const random = new Random(seed);
  const sent = Array.from({ length: 300 }, (_, i) => randomBytes(random, random.int(200) * (i % 2)));
  const frames = sent.map((payload, i) => request(i, payload, { acknowledge: i & 0xff }));
  const answers = replies(framesIn(board!(Buffer.concat(frames.map((frame) => sysex(packFrame(frame)))))));
  assert.is(answers.length, sent.length);
  answers.forEach((answer, i) => {
    assert.is(answer.sequence, i & 0xff);
    assert.equal(answer.payload.subarray(1), sent[i]);
  });
});

boardTest("a frame that comes twice is handled once", () => {
  const [hello, once] = [request(0, new Uint8Array()), request(1, Uint8Array.of(5), { acknowledge: 1 })];
  const line = Buffer.concat([hello, once, once, once].map((frame) => sysex(packFrame(frame))));
  const written = framesIn(board!(line));
  assert.is(replies(written).length, 2);
  assert.not.ok(written.some(({ type }) => type === control.resend.code));
});

boardTest("a damaged frame is not answered, whichever bit it is, but asked for again", () => {
  const [hello, next] = [new Uint8Array(), Uint8Array.of(1, 2, 3)].map((payload, i) =>
    sysex(packFrame(request(i, payload))),
  );
  for (let at = 2; at < next!.length - 2; at++) {
    const damaged = next!.map((byte, i) => (i === at ? byte ^ (1 << (at % 7)) : byte));
    const written = framesIn(board!(Buffer.concat([hello!, damaged])));
    assert.is(replies(written).length, 1, `byte ${at}`);
    assert.is(written.filter(({ type }) => type === control.resend.code).length, 1, `byte ${at}`);
  }
});

boardTest("a gap is reported once, and the missing frame heals it", () => {
  const frames = [0, 2, 3, 1, 2, 3].map((i) => request(i, Uint8Array.of(i)));
  const written = framesIn(board!(Buffer.concat(frames.map((frame) => sysex(packFrame(frame))))));
  assert.equal(
    replies(written).map(({ payload }) => payload[1]),
    [0, 1, 2, 3],
  );
  assert.is(written.filter(({ type }) => type === control.resend.code).length, 1);
});

boardTest("a frame beyond the buffer is refused, and nothing of it is stored", () => {
  const frames = [request(0, new Uint8Array()), request(1, new Uint8Array(2000)), request(2, Uint8Array.of(1))];
  const line = frames.map((frame, i) => sysex(packFrame({ ...frame, acknowledge: i })));
  const answers = replies(framesIn(board!(Buffer.concat(line))));
  const [long, next] = [1, 2].map((sequence) => answers.find((answer) => answer.sequence === sequence));
  assert.is(long!.payload[0], errors.tooLong[0]);
  assert.equal([...next!.payload], [0, 1]);
});

boardTest("random bytes, broken frames and Firmata's own messages do not crash it", () => {
  const random = new Random(seed);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < 3000; i++) {
    const frame = sysex(packFrame(request(random.int(4), randomBytes(random, random.int(300)))));
    const kind = random.int(6);
    if (kind === 0) parts.push(randomBytes(random, random.int(40)));
    else if (kind === 1) parts.push(frame.subarray(0, random.int(frame.length)));
    else if (kind === 2) parts.push(frame.map((byte) => (random.int(50) === 0 ? random.int(256) : byte)));
    else if (kind === 3)
      parts.push(
        Uint8Array.of(
          0xf0,
          [0x69, 0x6b, 0x6d, 0x6f, 0x70, 0x7a][random.int(6)]!,
          ...randomBytes(random, 5).map((byte) => byte & 0x7f),
          0xf7,
        ),
      );
    else if (kind === 4) parts.push(Uint8Array.of(0x80 + random.int(128), random.int(128), random.int(128)));
    else
      parts.push(
        sysex(packFrame({ ...request(0, new Uint8Array()), type: random.int(256), connection: random.int(3) })),
      );
  }
  board!(Buffer.concat(parts));
});

test.run();
