// Counters of 32 bits that wrap: samples after 74 hours at 16 kHz, milliseconds after 49 days, ticks after minutes of work.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listen } from "../../host/boards/listening.ts";
import { Random } from "../../host/data/random.ts";
import { Decoder } from "../../host/features/decoder.ts";
import { features } from "../../host/features/frontend.ts";
import { packFrame, SysexFinder, sysex, unpackFrame } from "../../host/link/frame.ts";
import { connect, type Session } from "../../host/link/session.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { keywordFrontEnd } from "../../host/spec/frontend.ts";
import { requests, wire } from "../../host/spec/messages.ts";
import { lossy } from "../link/lossy.ts";
import { tinyModel } from "./models.ts";
import { boardTest, startBoard, until } from "./program.ts";
import { differing, expected, logitsOf, sound } from "./streams.ts";

const seed = 3;
const model = await tinyModel(1, "yes");
const { window, hop, sampleRate } = keywordFrontEnd;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const before = (count: number): string => String(2 ** 32 - count);

/** Frame and sample of each detection that V8 makes. */
function detections(pcm: Int16Array): { frame: number; sample: number }[] {
  const v8 = new IntegerModel(model);
  const decoder = new Decoder(v8.model.sections.get("OUTP")!.bytes);
  const frames = features(pcm, keywordFrontEnd);
  return Array.from({ length: frames.length / v8.inputs }, (_, frame) => frame).flatMap((frame) => {
    const logits = v8.step(frames.subarray(frame * v8.inputs, (frame + 1) * v8.inputs));
    return decoder.push(logits).detected === undefined ? [] : [{ frame, sample: window + frame * hop }];
  });
}

boardTest("a stream goes on over the wrap of clock, samples and ticks, on a bad line too", async () => {
  const counted = 2 ** 32 - 300;
  const begun = Date.now();
  const { link, close } = startBoard("--milliseconds-from", before(1500), "--counts-from", String(counted));
  const session = await connect(lossy(link, new Random(seed, "line"), 0.00005));
  await session.flashModel(model);
  const pcm = sound(4);
  const stream = await session.stream({ logits: true });
  const events = (async () => {
    const all = [];
    for await (const event of stream) all.push(event);
    return all;
  })();
  const half = pcm.length / 2;
  await stream.write(pcm.subarray(0, half));
  await pause(begun + 1600 - Date.now());
  await stream.write(pcm.subarray(half));
  const { samples, ticks, frames, uptimeMs, host } = await stream.end();
  const wanted = expected(model, features(pcm, keywordFrontEnd));
  assert.is(differing(logitsOf(await events), wanted.logits), undefined);
  const heard = (await events).flatMap((event) => (event.type === "detection" ? [event] : []));
  assert.equal(
    heard.map(({ frame, sample }) => ({ frame, sample: (sample - counted) >>> 0 })),
    detections(pcm),
  );
  assert.ok(heard.length > 0 && heard[0]!.sample < counted);
  assert.is((samples - counted) >>> 0, pcm.length);
  assert.is(frames, wanted.logits.length);
  assert.ok(ticks > 2 ** 32 && ticks < counted + 1e8, `${ticks} ticks`);
  assert.ok(uptimeMs > 1500 && uptimeMs < 60_000, `${uptimeMs} ms`);
  assert.ok(host.resent > 0, "the line was too good to prove anything");
  await close();
});

boardTest("a board sends again, samples its inputs, and notices a silent host, while its clock wraps", async () => {
  const { link, close } = startBoard("--milliseconds-from", before(1200));
  await (await connect(link)).flashModel(model);
  const frames: number[] = [];
  let heard = 0;
  const finder = new SysexFinder((packed) => frames.push(unpackFrame(packed)!.type));
  link.on("data", (chunk: Uint8Array) => {
    finder.take(chunk);
    heard += chunk.filter((byte) => byte === 0xe0).length; // analog message of channel 0
  });
  const head = { connection: 201, acknowledge: 0 };
  const started = requests.streamStart.code | wire.reply;
  link.write(sysex(packFrame({ ...head, sequence: 0, type: requests.hello.code, payload: Uint8Array.of(1, 0) })));
  link.write(Uint8Array.of(0xc0, 1)); // report analog channel 0, every 19 ms
  link.write(sysex(packFrame({ ...head, sequence: 1, type: requests.streamStart.code, payload: new Uint8Array(4) })));
  const answers = () => frames.filter((type) => type === started).length;
  await until(() => answers() > 3); // 0, 250, 750, 1750 ms
  await pause(wire.hostSilentMs);
  const [sent, sampled] = [frames.length, heard];
  await pause(2200);
  assert.ok(answers() < 8, `the board answered ${answers()} times`);
  assert.is(frames.length, sent, "the board still sends to a host that has gone");
  assert.ok(sampled > 10 && heard > sampled + 10, "it samples its inputs no more");
  await close();
});

test("times of detections go on when the board's count of samples wraps", async () => {
  // A board that says "yes" a second before each piece of sound ends, and is quick.
  const piece = new Int16Array(2 ** 24);
  const pieces = 258;
  const detected = [1, 255, 256, 257, 258].map((count) => count * piece.length - sampleRate);
  const events = detected.map((sample) => ({ type: "detection", frame: 0, sample: sample >>> 0, label: 0, score: 1 }));
  let written = 0;
  let wake = () => {};
  const stream = {
    facts: { sampleRate, hop },
    write: async (samples: Int16Array) => {
      written += samples.length;
      wake();
      await pause(0);
    },
    end: async () => ({}),
    async *[Symbol.asyncIterator]() {
      for (const [i, event] of events.entries()) {
        while (written < detected[i]!) await new Promise<void>((resolve) => (wake = resolve));
        yield event;
      }
    },
  };
  const session = { stream: async () => stream, readModel: async () => model } as unknown as Session;
  const times: number[] = [];
  const silence = async function* () {
    for (let i = 0; i < pieces; i++) yield piece;
  };
  for await (const event of listen(session, silence)) times.push(event.time);
  assert.equal(
    times,
    detected.map((sample) => sample / sampleRate),
  );
});

test.run();
