// A redis-server of the tests' own, on a free port, that keeps nothing. Where none is installed, tests of queues are skipped with a message.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import { temporaryFolder } from "../cli/engram.ts";

const installed = spawnSync("redis-server", ["--version"]).status === 0;
if (!installed) console.log("redis-server is missing: queues are not tested (apt-get install redis-server)");

const folder = temporaryFolder();
const children = new Set<ChildProcess>();
const endAll = (): void => {
  for (const child of children) child.kill("SIGKILL");
};
process.on("exit", endAll);

/** `test`, or a skip; processes that a failure leaves running end with it. */
export const queueTest = (name: string, run: () => Promise<void>): void =>
  (installed ? test : test.skip)(name, () => run().finally(endAll));

/** A port that nobody listens on, or `serve`. */
export async function freePort(serve?: Server): Promise<number> {
  const server = serve ?? createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  if (!serve) await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(command: string, args: readonly string[]) {
  const child = spawn(command, args, { cwd: folder });
  children.add(child);
  const started = { child, said: "" };
  const hear = (text: Buffer) => {
    started.said += text;
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  ended.then(() => children.delete(child));
  return Object.assign(started, {
    async says(what: RegExp): Promise<void> {
      while (!what.test(started.said)) {
        if (child.exitCode !== null) throw new Error(`it ended and did not say ${what}: ${started.said}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async end(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal);
      return ended;
    },
  });
}

export type Started = ReturnType<typeof start>;

export async function startRedis(port: number, ...more: string[]): Promise<Started> {
  const redis = start("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", ...more]);
  await redis.says(/Ready to accept connections/);
  return redis;
}

/** `engram worker`, once it waits for candidates. */
export async function startWorker(url: string, ...more: string[]): Promise<Started> {
  const main = fileURLToPath(new URL("../../host/cli/main.ts", import.meta.url));
  const tsx = import.meta.resolve("tsx");
  const worker = start(process.execPath, ["--import", tsx, main, "worker", "--queue", url, ...more]);
  await worker.says(/waiting for candidates/);
  return worker;
}
