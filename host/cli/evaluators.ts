// Who judges the candidates of an evolution, as the command line says: this thread, threads, or the workers of a queue.
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { type Connection, connectQueue, queueAddress } from "../evolve/evaluators/connection.ts";
import { QueueEvaluator } from "../evolve/evaluators/queue.ts";
import { Threads } from "../evolve/evaluators/threads.ts";
import type { Evaluate } from "../evolve/judge.ts";
import { UserError } from "../spec/user-error.ts";
import { type Brief, judgeThread, refuseOwnCells } from "../tasks/judges.ts";
import { optionalPackage } from "./optional.ts";
import type { Output } from "./output.ts";

export type Judging = {
  /** Address of a queue. */
  queue?: string;
  threads?: number;
};

/** Candidates of a generation for each thread, lest it is not worth its beginning. */
const leastOfThread = 2;

/**
 * @param lambda candidates of a generation
 * @param folder of real data sets, if the task reads any
 * @param use is given nothing for this thread
 */
export async function withEvaluator<Result>(
  brief: Brief,
  lambda: number,
  { queue, threads }: Judging,
  folder: string | undefined,
  output: Output,
  use: (evaluate?: Evaluate) => Promise<Result>,
): Promise<Result> {
  if (queue !== undefined && threads !== undefined)
    throw new UserError("with --queue its workers judge, not threads", "leave --threads out", { usage: true });
  if (queue !== undefined) return withQueue(brief, queue, output, use);
  const count = threads ?? Math.min(availableParallelism(), Math.floor(lambda / leastOfThread));
  if (count <= 1) return use();
  const started = new Threads(judgeThread, count, { folder });
  try {
    return await use(started.evaluator(JSON.stringify(brief)));
  } finally {
    await started.close();
  }
}

async function withQueue<Result>(
  brief: Brief,
  url: string,
  output: Output,
  use: (evaluate: Evaluate) => Promise<Result>,
): Promise<Result> {
  refuseOwnCells(brief);
  const connection = await openQueue(url, ", or leave --queue out to evaluate here", output);
  const evaluator = new QueueEvaluator(connection, JSON.stringify(brief), output.note);
  try {
    return await use(evaluator.evaluate);
  } finally {
    await evaluator.close();
    connection.close();
  }
}

/** @param otherwise what to do instead where there is no queue, as the end of a hint */
export async function openQueue(url: string, otherwise: string, output: Output): Promise<Connection> {
  queueAddress(url);
  const require = createRequire(import.meta.url);
  const load = (name: string) => require(optionalPackage(name, "a queue"));
  const packages = { bullmq: load("bullmq"), ioredis: load("ioredis") };
  return connectQueue(url, packages, `start one with \`redis-server\`${otherwise}`, output.note);
}
