// The other end of the queue: takes candidates, has them judged, says what came out.
import type { Verdict } from "../judge.ts";
import { type Connection, queueName } from "./connection.ts";
import type { Asked, Told } from "./queue.ts";

/**
 * A worker that is silent for so long is dead, and its candidates are others': it speaks twice as often, whatever its threads do.
 * A candidate that this befalls more often is given up.
 */
const lock = { lockDuration: 4000, stalledInterval: 2000, maxStalledCount: 3 };

/**
 * Serves the queue until the signal comes; what is begun is then ended.
 * @param atOnce candidates that are judged side by side
 * @param judge of what comes from the queue, unchecked
 * @throws UserError where the queue is lost, and what `judge` throws
 */
export async function serveQueue(
  { bullmq, client, lost }: Connection,
  atOnce: number,
  judge: (brief: string, genes: Float64Array) => Promise<Verdict>,
  signal: AbortSignal,
): Promise<void> {
  let broken: (error: Error) => void;
  const ended = new Promise<void>((resolve, reject) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    broken = reject;
  });
  const worker = new bullmq.Worker<Asked, Told>(
    queueName,
    async ({ data: { brief, genes } }) => {
      try {
        const { fitness, ...rest } = await judge(brief, numbers(genes));
        return { ...rest, fitness: String(fitness) };
      } catch (error) {
        broken(error as Error);
        throw error;
      }
    },
    { connection: client, concurrency: atOnce, ...lock },
  );
  worker.on("error", () => {}); // the connection is watched
  try {
    if (!signal.aborted) await Promise.race([ended, lost]);
  } finally {
    // Without a connection what was begun cannot be handed in.
    await worker.close(client.status !== "ready");
  }
}

function numbers(base64: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new Float64Array(bytes.buffer, 0, Math.floor(bytes.length / 8));
}
