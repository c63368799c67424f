// The whole board under sanitizers: requests with random content in whole frames, broken models with right checksums, noise.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { Random } from "../../host/data/random.ts";
import { packFrame, SysexFinder, sysex, unpackFrame } from "../../host/link/frame.ts";
import { header, section } from "../../host/spec/container.ts";
import { events, requests, wire } from "../../host/spec/messages.ts";
import { changed, tinyModel } from "./models.ts";
import { program } from "./program.ts";

const seed = 1;
const part = 1000;
const model = await tinyModel(1);

/** A build with sanitizers beside the usual one, or undefined where the compiler has none. */
function sanitized(): string | undefined {
  const folder = join(packageRoot(), "build", "native-sanitized");
  const options = ["-DENGRAM_BOARD=native", "-DENGRAM_SANITIZE=ON", "-DCMAKE_BUILD_TYPE=Debug"];
  const steps = [
    ["-S", join(packageRoot(), "firmware"), "-B", folder, ...options],
    ["--build", folder, "--parallel", "2"],
  ];
  return steps.every((step) => spawnSync("cmake", step).status === 0) ? join(folder, "engram") : undefined;
}

const board = program && sanitized();
if (program && !board) console.log("this compiler has no sanitizers: the native board is not fuzzed");

const randomBytes = (random: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => random.int(256));

type Message = { type: number; payload: Uint8Array };

/** An update with the model, with a few of its bytes changed, cut short or left out of order now and then. */
function update(random: Random): Message[] {
  const file = changed(model, (copy) => {
    for (let i = random.int(4); i > 0; i--)
      copy[header.bytes + random.int(copy.length - header.bytes)] = random.int(256);
  });
  const facts = header.bytes + section.bytes * header.read(file).sections;
  const messages: Message[] = [
    { type: requests.modelBegin.code, payload: Buffer.concat([new Uint8Array(32), file.subarray(0, facts)]) },
  ];
  for (let at = 0; at < file.length; at += part) {
    const offset = new Uint8Array(Uint32Array.of(at).buffer);
    messages.push({ type: requests.modelWrite.code, payload: Buffer.concat([offset, file.subarray(at, at + part)]) });
  }
  if (random.chance(0.1)) messages.splice(random.int(messages.length), 1);
  messages.push({ type: requests.modelCommit.code, payload: Buffer.alloc(0) });
  return messages;
}

function stream(random: Random): Message[] {
  const source = random.int(4);
  const messages: Message[] = [
    { type: requests.streamStart.code, payload: Uint8Array.of(source, random.int(8), random.int(2), 0) },
  ];
  const type = source === 2 ? requests.streamFrame.code : requests.streamPcm.code;
  for (let i = random.int(8); i > 0; i--) {
    messages.push({ type, payload: randomBytes(random, random.chance(0.8) ? 80 * random.int(13) : random.int(1100)) });
  }
  return messages;
}

function anything(random: Random): Message[] {
  const codes = Object.values(requests).map(({ code }) => code);
  const type = random.chance(0.9) ? codes[random.int(codes.length)]! : random.int(256);
  return [{ type, payload: randomBytes(random, random.int(random.chance(0.1) ? 1200 : 60)) }];
}

/** Connections one after the other: each greets, then says a few things. */
function conversation(random: Random, connections: number): Buffer {
  const bytes: Uint8Array[] = [];
  for (let i = 0; i < connections; i++) {
    const hello = { type: requests.hello.code, payload: Uint8Array.of(wire.protocol, 0) };
    const kinds = [update, stream, stream, anything, anything];
    const messages = [hello, ...kinds.filter(() => random.chance(0.5)).flatMap((kind) => kind(random))];
    messages.forEach((message, sequence) => {
      bytes.push(sysex(packFrame({ connection: 1 + (i % 255), acknowledge: 0, sequence, ...message })));
      if (random.chance(0.02)) bytes.push(randomBytes(random, random.int(30)), Uint8Array.of(0xf7));
    });
  }
  return Buffer.concat(bytes);
}

(board ? test : test.skip)(
  "whatever a host sends, the board neither crashes nor hangs, and ends when its link does",
  () => {
    const input = conversation(new Random(seed, "fuzz"), 400);
    // wasm3 loses a few blocks with a model; on a board its whole heap is taken back before the next one is loaded.
    const env = { ...process.env, ASAN_OPTIONS: "detect_leaks=0" };
    const { status, signal, stderr, stdout } = spawnSync(board!, [], {
      input,
      env,
      timeout: 60_000,
      maxBuffer: 2 ** 28,
    });
    assert.is(status, 0, `seed ${seed}, signal ${signal}: ${stderr.toString().slice(-3000)}`);
    // It must have come far: models committed and refused, streams opened, steps taken.
    const came = new Map<string, number>();
    const finder = new SysexFinder((packed) => {
      const { type, payload } = unpackFrame(packed)!;
      const key = type & wire.reply ? `${type & ~wire.reply} ${payload[2] === 0 ? "ok" : "refused"}` : `${type}`;
      came.set(key, (came.get(key) ?? 0) + 1);
    });
    finder.take(stdout);
    const { modelCommit, streamStart } = requests;
    for (const key of [
      `${modelCommit.code} ok`,
      `${modelCommit.code} refused`,
      `${streamStart.code} ok`,
      `${events.logits.code}`,
    ]) {
      assert.ok((came.get(key) ?? 0) > 20, `${key}: ${came.get(key)}`);
    }
  },
);

test.run();
