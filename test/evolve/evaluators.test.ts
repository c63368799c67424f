// Whoever judges the candidates, the same seed gives the same bytes: this thread, threads, and the workers of a queue, of which one is
// killed; and what is said when a queue is not there, is lost, or has workers that may not judge.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import * as bullmq from "bullmq";
import * as ioredis from "ioredis";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Connection, connectQueue, queueAddress, queueName } from "../../host/evolve/evaluators/connection.ts";
import { QueueEvaluator } from "../../host/evolve/evaluators/queue.ts";
import { Threads } from "../../host/evolve/evaluators/threads.ts";
import { type Evaluate, here } from "../../host/evolve/judge.ts";
import { encodeFloatModel } from "../../host/model/float-model.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { briefOf, judgeThread, openJudge, refuseOwnCells } from "../../host/tasks/judges.ts";
import { task } from "../../host/tasks/kinds/double-pole.ts";
import { recipeFor } from "../../host/tasks/recipe.ts";
import { trainTask } from "../../host/tasks/train-task.ts";
import type { Progress } from "../../host/train/train.ts";
import { engram, temporaryFolder } from "../cli/engram.ts";
import { freePort, queueTest, startRedis, startWorker } from "./redis.ts";

const folder = temporaryFolder();
const data = await task.open(undefined);
const recipe = { ...recipeFor(task, { steps: 1200 }), validateEvery: 100 };
const seed = 1; // one that is validated at its end
const brief = briefOf("double-pole", data, recipe, seed);
const text = JSON.stringify(brief);

type Done = { model: string; checkpoint: string };

/** Of a whole training, hexadecimal. @param name of the checkpoint, which may be there already */
async function trained(
  name: string,
  evaluate?: Evaluate,
  onProgress?: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<Done | undefined> {
  const checkpoint = join(folder, name);
  const model = await trainTask("double-pole", task, data, recipe, { seed, checkpoint, evaluate }, onProgress, signal);
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  return model && { model: hex(encodeFloatModel(model)), checkpoint: hex(readFileSync(checkpoint)) };
}

const alone = (await trained("alone"))!;

/** Candidates of which one has weights that no format holds. */
const generation = [0.5, 1e9, -2].map((gene) => new Float64Array(24).fill(gene));
const verdicts = await here(await openJudge(brief))(generation);

async function refused(run: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await run.then(
    () => undefined,
    (reason) => reason,
  );
  assert.instance(error, UserError);
  assert.match(error.message, message);
  assert.ok(error.hint.length > 5);
}

for (const count of [1, 2, 3])
  test(`threads, ${count} of them, give what this thread does`, async () => {
    const threads = new Threads(judgeThread, count, {});
    assert.equal(await threads.evaluator(text)(generation), verdicts);
    assert.equal(await trained(`threads ${count}`, threads.evaluator(text)), alone);
    await threads.close();
  });

test("verdicts that there are none come from threads as they are", async () => {
  assert.ok(Number.isNaN(verdicts[1].fitness));
  assert.match(verdicts[1].refused!.what, /too large for integers/);
  const threads = new Threads(judgeThread, 1, {});
  const of = (change: object) => threads.evaluator(JSON.stringify({ ...brief, ...change }))(generation.slice(0, 1));
  assert.match((await of({ engram: "0.0.1" }))[0].threw!.what, /engram 0\.0\.1 wants candidates judged, here is/);
  assert.match(
    (await of({ data: "f00dcafe0" }))[0].threw!.what,
    /the data of double-pole here is .*training f00dcafe…/,
  );
  assert.match((await threads.judge(text, [new Float64Array(3)]))[0].threw!.what, /a candidate has 3 genes, not 24/);
  await refused(
    trained("other version", threads.evaluator(JSON.stringify({ ...brief, engram: "0" }))),
    /engram 0 wants/,
  );
  await threads.close();
});

test("a thread that ends, ends the training with a sentence", async () => {
  const threads = new Threads(new URL("data:text/javascript,throw new Error('no memory')"), 2);
  await refused(trained("ended", threads.evaluator(text)), /a thread that judges candidates ended: no memory/);
  await threads.close();
});

test("an address that is none, and a cell of one's own, are refused before anything begins, and no password is shown", () => {
  assert.is(queueAddress("redis://me:secret@host:1234/2"), "redis://host:1234/2");
  for (const bad of ["host:6379", "http://me:secret@host", "redis://", "me:secret@host", "redis://a/b"])
    assert.throws(
      () => queueAddress(bad),
      (error: unknown) =>
        error instanceof UserError && error.usage && !`${error.message}${error.hint}`.includes("secret"),
    );
  const own = { ...brief, blueprint: { ...brief.blueprint, layers: [{ cell: "./mine.ts", units: 1 }] } };
  assert.throws(() => refuseOwnCells(own), /mine\.ts is a cell of your own/);
});

test("where no queue answers, that is said within seconds and nothing is evaluated", async () => {
  const port = await freePort();
  const silent = createServer(() => {});
  const deaf = await freePort(silent);
  for (const at of [port, deaf]) {
    const begun = performance.now();
    await refused(
      connectQueue(`redis://me:secret@127.0.0.1:${at}`, { bullmq, ioredis }, "start one", () => {}),
      /no queue answers at redis:\/\/127/,
    );
    assert.ok(performance.now() - begun < 7000);
  }
  silent.close();
  const out = join(folder, "nowhere.model");
  const ran = engram(["train", "double-pole", "--queue", `redis://:secret@127.0.0.1:${port}`, "--out", out]);
  assert.is(ran.code, 1);
  assert.is(
    ran.error,
    `engram: no queue answers at redis://127.0.0.1:${port}\n  start one with \`redis-server\`, or leave --queue out to evaluate here\n`,
  );
  assert.not.ok(existsSync(out) || existsSync(`${out}.checkpoint`));
});

test("options that mean nothing to a training are refused", () => {
  const out = ["--out", join(folder, "none.model")];
  for (const [args, words] of [
    [
      ["train", "reber", "--queue", "redis://h", ...out],
      /--queue is for tasks whose weights are evolved, not for reber/,
    ],
    [["train", "reber", "--threads", "2", ...out], /--threads is for tasks whose weights are evolved/],
    [
      ["train", "keywords", "--data", ".", "--threads", "2", ...out],
      /--threads is for tasks whose weights are evolved/,
    ],
    [["train", "double-pole", "--queue", "redis://h", "--threads", "2", ...out], /its workers judge, not threads/],
    [["train", "double-pole", "--queue", "redis:/h/:secret@", ...out], /--queue is no address of a Redis/],
    [["worker"], /--queue/],
  ] as const) {
    const { code, error } = engram([...args]);
    assert.is(code, 2, error);
    assert.match(error, words);
    assert.not.match(error, /secret/);
  }
});

/** An evaluator of a queue of its own, and what was told. */
async function queueOf(port: number, patience?: number, asked = text) {
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  const connection: Connection = await connectQueue(
    `redis://127.0.0.1:${port}`,
    { bullmq, ioredis },
    "start one",
    tell,
    patience,
  );
  const evaluator = new QueueEvaluator(connection, asked, tell);
  return {
    told,
    evaluate: evaluator.evaluate,
    connection,
    async close() {
      await evaluator.close();
      connection.close();
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

queueTest(
  "a queue's workers give what this thread does, though one is killed with candidates in its hands",
  async () => {
    const port = await freePort();
    await startRedis(port);
    const url = `redis://127.0.0.1:${port}`;
    const doomed = await startWorker(url, "--threads", "1");
    const queue = await queueOf(port);
    const held = new bullmq.Queue(queueName, { connection: queue.connection.client });
    assert.equal(await queue.evaluate(generation), verdicts);
    let done = 0;
    const run = trained("killed", queue.evaluate, ({ epoch, step }) => {
      done = 100 * (epoch - 1) + step;
    });
    while (done < 100) await pause(10);
    // Stopped between two generations it has nothing in its hands: then once more.
    do {
      doomed.child.kill("SIGCONT");
      await pause(30);
      doomed.child.kill("SIGSTOP");
      await pause(100);
    } while (done < 1200 && (await held.getActiveCount()) === 0);
    assert.ok(done < 1200, "the run was over before");
    const other = await startWorker(url, "--threads", "2");
    await other.says(/judging double-pole, seed 1/);
    await doomed.end("SIGKILL");
    assert.equal(await run, alone);
    await queue.close();
    assert.is(await other.end("SIGTERM"), 130);
    assert.match(other.said, /candidates judged in 0:\d\d/);
  },
);

queueTest("a queue that is lost and comes back empty costs nothing but time", async () => {
  const port = await freePort();
  const redis = await startRedis(port);
  const worker = await startWorker(`redis://127.0.0.1:${port}`);
  const queue = await queueOf(port);
  let restarted: Promise<unknown> | undefined;
  const run = trained("restarted", queue.evaluate, ({ epoch }) => {
    if (epoch === 3)
      restarted ??= redis
        .end("SIGKILL")
        .then(() => pause(5000))
        .then(() => startRedis(port));
  });
  assert.equal(await run, alone);
  assert.ok(restarted);
  await queue.close();
  assert.ok(
    queue.told.some((line) => /does not answer; waiting for it for 60 seconds/.test(line)),
    `${queue.told}`,
  );
  assert.ok(
    queue.told.some((line) => /answers again/.test(line)),
    `${queue.told}`,
  );
  await worker.end("SIGINT");
});

queueTest("a queue that stays away ends the training, which goes on elsewhere to the same bytes", async () => {
  const port = await freePort();
  const redis = await startRedis(port);
  await startWorker(`redis://127.0.0.1:${port}`);
  const queue = await queueOf(port, 1);
  const run = trained("lost", queue.evaluate, ({ epoch, step }) => {
    if (epoch === 3 && step > 20) redis.child.kill("SIGKILL");
  });
  await refused(run, /the queue at redis:\/\/127.0.0.1:\d+ has not answered for 1 seconds/);
  await queue.close();
  const { evaluations } = JSON.parse(readFileSync(join(folder, "lost"), "utf8")).state;
  assert.ok(
    evaluations > 220 && evaluations % 100 !== 0,
    `${evaluations}: of the last generation, not of the last entry`,
  );
  assert.equal(await trained("lost"), alone);
});

queueTest("a worker refuses what it may not judge with a sentence, which ends the training", async () => {
  const port = await freePort();
  await startRedis(port);
  const worker = await startWorker(`redis://127.0.0.1:${port}`);
  const own = { blueprint: { ...brief.blueprint, layers: [{ cell: "./mine.ts", units: 1 }] } };
  for (const [change, words] of [
    [{ engram: "0.0.1" }, /engram 0\.0\.1 wants candidates judged/],
    [{ data: "f00dcafe0" }, /the data of double-pole here is/],
    [own, /mine\.ts is a cell of your own/],
    [{ task: "no-such" }, /there is no task no-such/],
  ] as const) {
    const queue = await queueOf(port, undefined, JSON.stringify({ ...brief, ...change }));
    await refused(trained("refused", queue.evaluate), words);
    await queue.close();
    await worker.says(new RegExp(`refused: .*${words.source}`));
  }
  await worker.end("SIGTERM");
  assert.match(worker.said, /\n0 candidates judged/);
});

queueTest("without a worker that is said, and Ctrl-C leaves nothing in the queue", async () => {
  const port = await freePort();
  await startRedis(port);
  const queue = await queueOf(port);
  const stop = new AbortController();
  const run = trained("nobody", queue.evaluate, undefined, stop.signal);
  while (queue.told.length === 0) await pause(50);
  assert.match(queue.told[0], /no worker is at the queue; start one: engram worker --queue redis:\/\/127/);
  const kept = new bullmq.Queue(queueName, { connection: queue.connection.client });
  assert.is(await kept.count(), 20);
  stop.abort();
  assert.is(await run, undefined);
  await queue.close();
  const after = await queueOf(port);
  assert.is(await new bullmq.Queue(queueName, { connection: after.connection.client }).count(), 0);
  await after.close();
});

queueTest("a queue with a password wants it, and never shows it", async () => {
  const port = await freePort();
  await startRedis(port, "--requirepass", "secret");
  const at = (user: string) =>
    connectQueue(`redis://${user}127.0.0.1:${port}`, { bullmq, ioredis }, "start one", () => {});
  await refused(at(""), /the queue at redis:\/\/127.0.0.1:\d+ wants a password/);
  await refused(at(":wrong@"), /refuses user or password/);
  const connection = await at(":secret@");
  assert.is(connection.shown, `redis://127.0.0.1:${port}`);
  connection.close();
});

test.run();
