// A board that listens by itself: it hears what the host's path hears, at the same places, and drives pins by the rules of its journal.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { overhear } from "../../host/boards/listening.ts";
import { decodeWav, encodeWav } from "../../host/data/wav.ts";
import { readOutput } from "../../host/features/output-section.ts";
import { connect, type Session } from "../../host/link/session.ts";
import { writeContainer } from "../../host/model/container.ts";
import { readModel } from "../../host/model/model.ts";
import { packRule, type Rule, unpackRule } from "../../host/runtime/rules.ts";
import { errors } from "../../host/spec/errors.ts";
import { frontEndHead } from "../../host/spec/frontend.ts";
import { store } from "../../host/spec/store.ts";
import type { UserError } from "../../host/spec/user-error.ts";
import { boardTest, folder, startBoard, until } from "./program.ts";
import { run } from "./streams.ts";

const file = readFileSync(new URL("../../models/keywords.engram", import.meta.url));
const model = readModel(file, "keywords.engram");
const { labels } = readOutput(model.sections.get("OUTP")!.bytes);
const rate = 16000;
const hopMs = 20;
/** What a busy machine may take before it lets a board run again. */
const patienceMs = 60;
const attempts = 3;

const [said] = decodeWav(readFileSync(new URL("../../models/demo/rms.wav", import.meta.url)), "rms.wav").channels.map(
  (samples) => Int16Array.from(samples.subarray(0, 4.4 * rate)),
);
const soundFile = (name: string, samples: Int16Array, sampleRate = rate): string => {
  writeFileSync(join(folder, name), encodeWav(samples, sampleRate));
  return join(folder, name);
};
const spoken = soundFile("said.wav", said);
const quiet = soundFile("quiet.wav", new Int16Array(rate));

/** A board with the model in its flash. */
async function flashed(name: string): Promise<string[]> {
  const flash = ["--flash", join(folder, name)];
  const board = startBoard(...flash);
  const session = await connect(board.link);
  await session.flashModel(file);
  await run(session, {}, said.subarray(0, rate)); // confirmed
  session.close();
  await board.close();
  return flash;
}

const rule = (label: string, pin: number, more: Partial<Rule> = {}): Rule => ({
  ...{ label, pin, threshold: 0, holdMs: 300 },
  ...more,
});
const setRule = (session: Session, place: number, of: Rule) => session.set(store.rules + place, packRule(of));

async function refused(doing: Promise<unknown>): Promise<string> {
  try {
    await doing;
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

test("a rule is packed with its label", () => {
  const yes = rule("ja, natürlich", 13, { threshold: 1, holdMs: 70_000 });
  assert.equal(unpackRule(packRule(yes)), yes);
  assert.is(unpackRule(new Uint8Array(8)), undefined);
});

boardTest("what a board hears by itself is what it hears of a host, at most a hop and a step later", async () => {
  const flash = await flashed("heard.flash");
  const streamed = startBoard(...flash);
  const events = await run(await connect(streamed.link), {}, said);
  const wanted = events.flatMap((event) => (event.type === "detection" ? [event] : []));
  await streamed.close();
  assert.ok(wanted.length >= 3);
  let late: number[] = [];
  for (let i = 0; i < attempts; i++) {
    const board = startBoard(...flash, "--microphone", spoken);
    const session = await connect(board.link);
    await new Promise((resolve) => setTimeout(resolve, (1000 * said.length) / rate + 300));
    const { last, detections } = await session.heard();
    const { uptimeMs } = await session.statistics();
    assert.is(detections, wanted.length);
    assert.equal(
      last.map(({ label, score }) => [label, score]),
      wanted.map(({ label, score }) => [label, score / 32768]),
    );
    late = last.map(({ agoMs }, k) => uptimeMs - agoMs - (1000 * wanted[k].sample) / rate);
    assert.ok(
      late.every((each) => each >= -2),
      `${late}`,
    ); // the answers to two questions are some time apart
    await board.close();
    if (late.every((each) => each <= 2 * hopMs)) break;
  }
  assert.ok(
    late.every((each) => each <= hopMs + patienceMs),
    `${late}`,
  );
});

boardTest("rules outlast a reset, drive their pins for the time they say, and give way to others", async () => {
  const flash = await flashed("rules.flash");
  const first = startBoard(...flash, "--microphone", quiet);
  const session = await connect(first.link);
  await setRule(session, 0, rule("yes", 13, { holdMs: 250 }));
  await setRule(session, 1, rule("no", 12, { threshold: 0.99 }));
  await setRule(session, 2, rule("no", 11));
  await setRule(session, 3, rule("elephant", 10)); // waits for a model that has it
  await first.close();

  const second = startBoard(...flash, "--microphone", spoken);
  const at = new Map<string, number>();
  const seen = () => {
    for (const line of second.log) if (!at.has(line)) at.set(line, performance.now());
    return at.has("pin 11 off");
  };
  await until(seen);
  const pins = second.log.filter((line) => /^(led|pin \d+) .*(on|off)$/.test(line));
  assert.equal(pins.slice(0, 4), ["led 13 on", "led 13 off", "pin 11 on", "pin 11 off"]);
  const held = at.get("led 13 off")! - at.get("led 13 on")!;
  assert.ok(held > 200 && held < 250 + patienceMs * 4, `${held} ms`);
  assert.not(second.log.some((line) => line.startsWith("pin 12 on")));
  assert.not(second.log.includes("pin 10 mode output"));

  const again = await connect(second.link);
  await again.set(store.rules, new Uint8Array());
  assert.match(await refused(again.get(store.rules)), errors.notFound[1]);
  assert.match(await refused(setRule(again, 0, rule("yes", 99))), errors.noPin[1]);
  assert.match(await refused(again.set(store.rules, new Uint8Array(3))), errors.payload[1]);
  await second.close();
});

boardTest(
  "a host's stream has precedence, one that ends gives the microphone back, and levels come to who asks",
  async () => {
    const flash = await flashed("turns.flash");
    const board = startBoard(...flash, "--microphone", spoken);
    const session = await connect(board.link);
    const own = await run(session, { levels: true }, new Int16Array(rate));
    assert.ok(own.every((event) => event.type === "level" && event.peak === 0));
    const heard: string[] = [];
    const abort = new AbortController();
    let peaks = 0;
    for await (const event of overhear(session, { levels: true, signal: abort.signal })) {
      if (event.type === "level") peaks = Math.max(peaks, event.peak);
      else heard.push(event.label);
      if (heard.length === 2) abort.abort();
    }
    assert.ok(peaks > 0.02);
    assert.ok(heard.every((label) => labels.includes(label)));
    assert.ok((await session.heard()).detections >= 2);
    await board.close();
  },
);

boardTest("a model of another rate has the microphone begin anew at that rate", async () => {
  const flash = await flashed("rates.flash");
  const board = startBoard(...flash, "--microphone", spoken);
  const session = await connect(board.link);
  const parts = [...model.sections].map(([tag, { bytes }]): [typeof tag, Uint8Array] => [tag, Uint8Array.from(bytes)]);
  const front = parts.find(([tag]) => tag === "FRNT")![1];
  frontEndHead.write(front, 0, { ...frontEndHead.read(front), sampleRate: 15800 });
  await session.flashModel(writeContainer(parts, model.header));
  await until(() => board.log.some((line) => /said\.wav has 16000 samples a second, the model wants 15800/.test(line)));
  await session.flashModel(file);
  for await (const event of overhear(session, { levels: true })) if (event.type === "level" && event.peak > 0) break;
  await board.close();
});

boardTest(
  "a board without a sensor says so, and one whose sound does not fit the model goes on without it",
  async () => {
    const flash = await flashed("deaf.flash");
    const without = startBoard(...flash);
    const session = await connect(without.link);
    assert.match(await refused(session.heard()), errors.noSensor[1]);
    assert.match(await refused(session.stream({ source: "sensor" })), errors.noSensor[1]);
    assert.match(await refused(setRule(session, 0, rule("yes", 13))), errors.noSensor[1]);
    await without.close();
    const slow = startBoard(...flash, "--microphone", soundFile("slow.wav", new Int16Array(8000), 8000));
    await until(() => slow.log.some((line) => /slow\.wav has 8000 samples a second, the model wants 16000/.test(line)));
    const other = await connect(slow.link);
    assert.ok((await run(other, { levels: true }, said.subarray(0, rate))).length > 0);
    assert.is((await other.heard()).detections, 0);
    await slow.close();
    for (const [name, says] of [
      ["gone.wav", /cannot open the sound file/],
      ["stereo.wav", /no sound of one channel and 16 bits/],
      ["cut.wav", /has no samples/],
    ] as const) {
      const bytes = encodeWav(new Int16Array(100), rate);
      if (name === "stereo.wav") bytes[22] = 2;
      if (name !== "gone.wav") writeFileSync(join(folder, name), name === "cut.wav" ? bytes.subarray(0, 36) : bytes);
      const wrong = startBoard("--microphone", join(folder, name));
      const failure = await new Promise<Error>((resolve) => wrong.link.once("error", resolve));
      assert.match(`${failure.message} ${(failure as UserError).hint}`, says);
    }
  },
);

test.run();
