// The front end on every emulated board: sounds of every kind as PCM, in pieces of any size, give the frames and levels that V8 gives.
// The kernels of a board are what it was built with.
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { handleCount } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { Notices } from "../../host/data/notices.ts";
import { Random } from "../../host/data/random.ts";
import { readSound } from "../../host/data/sound.ts";
import { FrontEndStream } from "../../host/features/frontend.ts";
import { frontEndSection } from "../../host/features/frontend-section.ts";
import type { Session } from "../../host/link/session.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { type FrontEnd, frontEndHead, keywordFrontEnd, narrowFrontEnd } from "../../host/spec/frontend.ts";
import { sounds } from "../frontend/sounds.ts";
import { testBoards } from "./boards.ts";

const seed = 4099;
const frontEnds: FrontEnd[] = [
  keywordFrontEnd,
  narrowFrontEnd,
  { ...keywordFrontEnd, window: 404, hop: 160, bands: 20 },
];

/** A window of samples that, times the window, come so close to 2^28 that many are 2^14 once rounded. */
function limits(parameters: FrontEnd): Int16Array {
  const section = frontEndSection(parameters);
  const { windowAt, window } = frontEndHead.read(section);
  const weights = new Int16Array(section.buffer, section.byteOffset + windowAt, window / 2);
  return Int16Array.from({ length: window }, (_, i) => Math.min(32767, 2 ** 28 / weights[Math.min(i, window - 1 - i)]));
}

/** A window that is loud only where its halves meet. */
const middle = ({ window }: FrontEnd): Int16Array =>
  new Int16Array(window).fill(30).fill(30000, window / 2, window / 2 + 1);

/** Some frames of each sound, one after the other: a serial line carries 20 KB a second. */
function soundsFor(parameters: FrontEnd): Int16Array {
  const samples = parameters.window + parameters.hop;
  const parts = Object.values(sounds(seed, 1400)).map((pcm) => pcm.subarray(400, 400 + samples));
  return Int16Array.from([limits(parameters), ...parts].flatMap((pcm) => [...pcm]));
}

/** A model whose logits are the frame. */
async function mirror(parameters: FrontEnd): Promise<Uint8Array> {
  const { bands, format } = parameters;
  const cell = await loadCell("dense");
  const identity = Float32Array.from({ length: bands * bands }, (_, i) => (i % (bands + 1) === 0 ? 1 : 0));
  const layer = { cell, sizes: { units: bands, inputs: bands }, parameters: [identity, new Float32Array(bands)] };
  const ranges = [new Float32Array(handleCount(cell)).fill(2 ** (14.5 - format))]; // for the logits to have the frame's format
  return assemble([layer], {
    inputFormat: format,
    ranges,
    frontEnd: frontEndSection(parameters),
    meta: { engram: "test" },
  }).file;
}

/** Frames and levels as V8 gives them. */
function* expected(parameters: FrontEnd, pcm: Int16Array): Generator<string> {
  const stream = new FrontEndStream(parameters);
  for (let at = 0, taken = parameters.window; at + taken <= pcm.length; at += taken, taken = parameters.hop) {
    const [frame] = stream.push(pcm.subarray(at, at + taken));
    const { peak, rms } = stream.level();
    yield `${[...frame].join()}; peak ${peak * 32768}, RMS ${rms * 32768}`;
  }
}

/** The same as the board gives them. */
async function heard(session: Session, pcm: Int16Array): Promise<string[]> {
  const stream = await session.stream({ levels: true, logits: true });
  const random = new Random(seed, "pieces");
  for (let at = 0, size = 0; at < pcm.length; at += size) {
    size = 1 + random.int(900);
    await stream.write(pcm.subarray(at, at + size));
  }
  await stream.end();
  const frames: string[] = [];
  let level = "";
  for await (const event of stream) {
    if (event.type === "level") level = `peak ${event.peak}, RMS ${event.rms}`;
    if (event.type === "logits") frames.push(`${[...event.logits].join()}; ${level}`);
  }
  return frames;
}

const models = await Promise.all(frontEnds.map(mirror));

test("the model of these tests gives back its input", () => {
  models.forEach((model, i) => {
    const v8 = new IntegerModel(model);
    const frame = Int16Array.from(
      { length: frontEnds[i].bands },
      (_, band) => [-32768, 32767, 1, -1, 20000 - band][band % 5],
    );
    assert.equal([...v8.step(frame)], [...frame]);
  });
});

await testBoards("sounds give the frames and levels that V8 gives", async (session, name) => {
  for (const [i, parameters] of frontEnds.entries()) {
    await session.flashModel(models[i]);
    const clips = [soundsFor(parameters), middle(parameters)];
    if (i === 0) {
      const demo = join(packageRoot(), "models", "demo", "rms.wav");
      clips.push(readSound(demo, new Notices(), parameters.sampleRate).samples.slice(0, 8000));
    }
    for (const pcm of clips) {
      const frames = [...expected(parameters, pcm)];
      const given = await heard(session, pcm);
      assert.is(given.length, frames.length);
      frames.forEach((frame, t) => {
        assert.is(given[t], frame, `${name}, window ${parameters.window}, frame ${t}, seed ${seed}`);
      });
    }
  }
});

test.run();
