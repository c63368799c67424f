// A board's program ends with the host's, however that one ends: an emulator does not end by itself when its input does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";

const module = new URL("../../host/link/child.ts", import.meta.url).href;
const board = "setInterval(() => {}, 1000); process.stdout.write(String(process.pid))";

/** Starts a host with a board, which does `then` once the board runs and may get a signal. Gives how it ended. */
async function hostEnd(then: string, signal?: NodeJS.Signals): Promise<string> {
  const text = `import { childLink } from ${JSON.stringify(module)};
    childLink(process.execPath, ["-e", ${JSON.stringify(board)}]).once("data", (pid) => { process.stdout.write(pid); ${then} });`;
  const host = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", text], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const end = once(host, "exit");
  const [said] = await once(host.stdout, "data");
  if (signal) host.kill(signal);
  const [code, by] = await end;
  const boardId = Number(said);
  assert.ok(boardId > 0);
  // Whoever adopts it may take a while to notice on a busy machine.
  for (let i = 0; i < 1000 && runs(boardId); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.not.ok(runs(boardId), "the board's program runs on");
  return by ?? `code ${code}`;
}

function runs(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

test("a host that leaves takes its board with it", async () => {
  assert.is(await hostEnd("process.exit(3)"), "code 3");
});

test("a host that throws takes its board with it", async () => {
  assert.is(await hostEnd("throw new Error('unforeseen')"), "code 1");
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`a host that is ended by ${signal} takes its board with it, and ends by that signal`, async () => {
    assert.is(await hostEnd("", signal), signal);
  });
}

test("a host that takes the signal itself keeps its board until it ends", async () => {
  const then = `process.on("SIGTERM", () => { try { process.kill(+pid, 0); process.exit(7) } catch { process.exit(8) } })`;
  assert.is(await hostEnd(then, "SIGTERM"), "code 7");
});

test.run();
