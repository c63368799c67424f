// engram worker: judges candidates of evolutions that run elsewhere.
import { clock } from "../progress.ts";
import { wholeNumber } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = { queue: string; data?: string; threads?: number };

/** Of progress, where there is no terminal. */
const secondsOfLine = 10;

export const verb: Verb<Options> = {
  summary: "judge candidates that `engram train --queue` puts into a queue (BullMQ on Redis), until Ctrl-C",
  examples: [
    "engram worker --queue redis://localhost:6379",
    "engram worker --queue redis://:PASSWORD@trainer:6379 --threads 4",
  ],
  declare(command) {
    command
      .requiredOption("--queue <url>", "the queue's address, redis://HOST:PORT")
      .option("--data <folder>", "the folder of real data sets, for tasks that read any")
      .option(
        "--threads <n>",
        "candidates that are judged at the same time (default: one a core)",
        wholeNumber("--threads", 1, 256),
      );
  },
  async run({ options: { queue, data: folder, threads: wanted }, output, signal }) {
    const { availableParallelism } = await import("node:os");
    const { serveQueue } = await import("../../evolve/evaluators/queue-worker.ts");
    const { Threads } = await import("../../evolve/evaluators/threads.ts");
    const { judgeThread, shippedBrief } = await import("../../tasks/judges.ts");
    const { threw } = await import("../../evolve/judge.ts");
    const { openQueue } = await import("../evaluators.ts");
    const connection = await openQueue(queue, "", output);
    const count = wanted ?? availableParallelism();
    const threads = new Threads(judgeThread, count, { folder });
    const said = new Set<string>();
    const sayOnce = (text: string): void => {
      if (!said.has(text)) output.note(text);
      said.add(text);
    };
    let [judged, refused, begun] = [0, 0, 0];
    output.note(`waiting for candidates at ${connection.shown}, with ${count} ${count === 1 ? "thread" : "threads"}`);
    const judge = async (text: string, genes: Float64Array) => {
      begun ||= performance.now();
      try {
        const { task, seed } = shippedBrief(text);
        sayOnce(`judging ${task}, seed ${seed}`);
      } catch (error) {
        return threw(error as Error);
      }
      return (await threads.judge(text, [genes]))[0];
    };
    try {
      await serveQueue(
        connection,
        count,
        async (text, genes) => {
          const verdict = await judge(text, genes);
          if (verdict.threw) sayOnce(`refused: ${verdict.threw.what}`);
          if (verdict.threw) refused++;
          else judged++;
          const seconds = (performance.now() - begun) / 1000;
          output.progress(
            `${judged} candidates, ${(judged / seconds).toFixed(0)} a second`,
            Math.floor(seconds / secondsOfLine),
          );
          return verdict;
        },
        signal,
      );
    } finally {
      connection.close();
      await threads.close();
    }
    const seconds = begun && (performance.now() - begun) / 1000;
    output.value({ queue: connection.shown, judged, refused, threads: count, seconds });
    output.line(`${judged.toLocaleString("en")} candidates judged in ${clock(seconds)}`);
  },
};
