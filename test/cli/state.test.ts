// engram state: saved in the middle of a sequence, restored, and what cannot be restored.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadCell } from "../../host/compile/load.ts";
import { connect, type Session } from "../../host/link/session.ts";
import { tcpLink } from "../../host/link/tcp.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { boardTest, startBoard, until } from "../native/program.ts";
import { logitsOf, run } from "../native/streams.ts";
import { engram, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const [inputs, half] = [4, 12];
const gru = randomModel(await loadCell("gru"), { units: 9, inputs });
const other = randomModel(await loadCell("lstm"), { units: 9, inputs });
const frames = Int16Array.from({ length: 2 * half * inputs }, (_, i) => ((i * 7919) % 16384) - 8192);
const [early, late] = [frames.subarray(0, half * inputs), frames.subarray(half * inputs)];
const v8 = new IntegerModel(gru);
const wanted = Array.from({ length: 2 * half }, (_, i) =>
  v8.step(frames.subarray(i * inputs, (i + 1) * inputs)).join(),
).slice(half);

/** A board that outlives the programs that use it. */
async function board(): Promise<{
  port: string;
  use: <R>(act: (session: Session) => Promise<R>) => Promise<R>;
  close: () => Promise<void>;
}> {
  const { log, close } = startBoard("--tcp", "0");
  const port = (await until(() => log.find((line) => line.startsWith("tcp ")))).slice(4);
  const use = async <R>(act: (session: Session) => Promise<R>) => {
    const session = await connect(await tcpLink("127.0.0.1", Number(port)));
    return act(session).finally(() => session.close());
  };
  return { port: `tcp:127.0.0.1:${port}`, use, close };
}

const stream = async (session: Session, part: Int16Array, keep = false): Promise<string[]> =>
  logitsOf(await run(session, { source: "frames", logits: true, keep }, part)).map((logits) => logits.join());

boardTest("states saved in the middle go on after other input, and on another board", async () => {
  const file = join(folder, "middle.state");
  const first = await board();
  await first.use(async (session) => {
    await session.flashModel(gru);
    await stream(session, early);
  });
  const saved = engram(["state", "save", file, "--port", first.port]);
  assert.is(saved.code, 0, saved.error);
  await first.use((session) => stream(session, late));
  const second = await board();
  await second.use((session) => session.flashModel(gru));
  for (const { port, use, close } of [first, second]) {
    const restored = engram(["state", "restore", file, "--port", port]);
    assert.is(restored.code, 0, restored.error);
    assert.equal(await use((session) => stream(session, late, true)), wanted);
    await close();
  }
});

boardTest(
  "a stream goes on from a file of states, and of a board that begins anew with each command it is said",
  async () => {
    const [sound, file] = [join(folder, "second.raw"), join(folder, "keywords.state")];
    writeFileSync(sound, Buffer.from(Int16Array.from({ length: 16000 }, (_, i) => 3000 * Math.sin(i / 9)).buffer));
    const words = fileURLToPath(new URL("../../models/keywords.engram", import.meta.url));
    const model = new Uint8Array(readFileSync(words));
    const { port, use, close } = await board();
    await use((session) => session.flashModel(model));
    const steps = (...more: string[]) => {
      const { code, error, out } = engram(["stream", "-", "--port", port, "--json", ...more], {
        input: readFileSync(sound),
      });
      assert.is(code, 0, error);
      return JSON.parse(out.trim().split("\n").at(-1)!).summary.steps;
    };
    assert.is(steps(), 49);
    assert.is(engram(["state", "save", file, "--port", port]).code, 0);
    const before = await use((session) => session.saveStates());
    const after = async (...more: string[]) => {
      steps(...more);
      return Buffer.from(await use((session) => session.saveStates()));
    };
    assert.ok((await after()).equals(Buffer.from(before)), "from a fresh start it ends where it ended");
    const later = await after("--keep");
    assert.not.ok(later.equals(Buffer.from(before)));
    assert.ok((await after("--state", file)).equals(later), "restored, it goes on as it went on");
    await close();
    const native = ["--board", "native", "--flash", join(folder, "native.flash")];
    assert.is(engram(["flash", words, ...native]).code, 0);
    const { code, error } = engram(["state", "save", file, ...native]);
    assert.is(code, 0, error);
    assert.match(error, /begins anew with each command/);
  },
);

boardTest("a board without a model, another model and a damaged file are refused, each with a hint", async () => {
  const [file, damaged] = [join(folder, "refused.state"), join(folder, "damaged.state")];
  const { port, use, close } = await board();
  const refused = (doing: string, path: string, what: RegExp) => {
    const { code, error } = engram(["state", doing, path, "--port", port]);
    assert.is(code, 1, error);
    assert.match(error, what);
    assert.is(error.trimEnd().split("\n").length, 2, error);
  };
  refused("save", file, /no model/);
  await use((session) => session.flashModel(gru));
  assert.is(engram(["state", "save", file, "--port", port]).code, 0);
  await use((session) => session.flashModel(other));
  refused("restore", file, /another model's/);
  writeFileSync(damaged, readFileSync(file, "utf8").slice(0, -20));
  refused("restore", damaged, /damaged\.state holds no states/);
  const saved = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  const changed = (states: Buffer, sha256 = saved.sha256) =>
    writeFileSync(damaged, JSON.stringify({ ...saved, states: states.toString("base64"), sha256 }));
  const states = Buffer.from(saved.states, "base64");
  changed(Buffer.from(states.map((byte, i) => (i === 3 ? byte ^ 1 : byte))));
  refused("restore", damaged, /damaged: its checksum/);
  writeFileSync(damaged, JSON.stringify({ ...saved, states: "!!!!***" }));
  refused("restore", damaged, /damaged: its checksum/);
  await use((session) => session.flashModel(gru));
  for (const wrong of [states.subarray(0, 8), Buffer.concat([states, states])]) {
    changed(wrong, createHash("sha256").update(wrong).digest("hex"));
    refused(
      "restore",
      damaged,
      new RegExp(`holds ${wrong.length} bytes of states; the board's model has ${states.length}`),
    );
  }
  await close();
});

test.run();
