// Candidates judged by the workers of a queue: BullMQ on Redis. A worker that dies has its candidates handed to others by BullMQ; what the
// queue itself forgets is put into it again. Verdicts depend on the genes alone, so a candidate that is judged twice does no harm.
import { randomUUID } from "node:crypto";
import type { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import { UserError } from "../../spec/user-error.ts";
import type { Evaluate, Verdict } from "../judge.ts";
import { type Connection, queueName } from "./connection.ts";

/** A candidate in the queue. */
export type Asked = {
  /** What its judge has to know, as JSON. */
  brief: string;
  /** 64-bit floats, in base64. */
  genes: string;
};
/** A verdict in JSON, which has no NaN. */
export type Told = Omit<Verdict, "fitness"> & { fitness: string };

type Pending = { data: Asked; resolve(verdict: Verdict): void; reject(error: Error): void };

const secondsBetweenLooks = 2;

export class QueueEvaluator {
  readonly #connection: Connection;
  readonly #brief: string;
  readonly #tell: (text: string) => void;
  readonly #queue: Queue<Asked, Told>;
  readonly #pending = new Map<string, Pending>();
  readonly #timer: NodeJS.Timeout;
  #events: QueueEvents | undefined;
  #ears: Redis | undefined; // the connection of the events
  #heard = true; // a verdict since the last look
  #missed = false; // it was said that no worker is there

  /** @param tell is told when no worker is there */
  constructor(connection: Connection, brief: string, tell: (text: string) => void) {
    this.#connection = connection;
    this.#brief = brief;
    this.#tell = tell;
    this.#queue = new connection.bullmq.Queue(queueName, {
      connection: connection.client,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    this.#queue.on("error", () => {}); // the connection is watched
    this.#timer = setInterval(() => this.#look().catch(() => {}), secondsBetweenLooks * 1000);
  }

  /** @throws UserError where the queue is lost, or workers gave a candidate up */
  readonly evaluate: Evaluate = async (generation) => {
    const { lost } = this.#connection;
    this.#events ??= await Promise.race([this.#listen(), lost]);
    const verdicts = Promise.all(
      generation.map(
        (genes) =>
          new Promise<Verdict>((resolve, reject) => {
            const bytes = Buffer.from(genes.buffer, genes.byteOffset, genes.byteLength);
            const data = { brief: this.#brief, genes: bytes.toString("base64") };
            this.#pending.set(randomUUID(), { data, resolve, reject });
          }),
      ),
    );
    const put = Promise.all([this.#put([...this.#pending]), verdicts]);
    return Promise.race([put.then(() => verdicts), lost]);
  };

  /** Takes out what nobody has begun. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { client } = this.#connection;
    if (client.status === "ready")
      await Promise.allSettled([...this.#pending.keys()].map((id) => this.#queue.remove(id)));
    this.#events?.close().catch(() => {}); // waits for what never comes where the connection is gone already
    this.#ears?.disconnect();
    await this.#queue.close();
  }

  async #put(pending: readonly (readonly [string, Pending])[]): Promise<void> {
    const jobs = pending.map(([jobId, { data }]) => ({ name: "candidate", data, opts: { jobId } }));
    await this.#queue.addBulk(jobs).catch((cause: Error) => {
      const { shown } = this.#connection;
      throw new UserError(`the queue at ${shown} takes no candidates: ${cause.message}`, "look at its Redis", {
        cause,
      });
    });
  }

  async #listen(): Promise<QueueEvents> {
    const { bullmq, client } = this.#connection;
    const [now] = await client.time(); // without a beginning the events of the first moments are missed
    this.#ears = client.duplicate();
    this.#ears.on("error", () => {});
    const events = new bullmq.QueueEvents(queueName, {
      connection: this.#ears,
      lastEventId: `${Number(now) * 1000}-0`,
    });
    events.on("error", () => {});
    events.on("completed", ({ jobId, returnvalue }) => {
      const { fitness, ...rest } = returnvalue as unknown as Told;
      this.#settle(jobId)?.resolve({ ...rest, fitness: Number(fitness) });
    });
    events.on("failed", ({ jobId, failedReason }) =>
      this.#settle(jobId)?.reject(
        new UserError(
          `a candidate was given up by the queue's workers: ${failedReason}`,
          "look at what the workers have printed",
        ),
      ),
    );
    return events;
  }

  #settle(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending) [this.#heard, this.#missed] = [true, false];
    this.#pending.delete(id);
    return pending;
  }

  // After a time without verdicts: are there workers, and does the queue still hold what it was given?
  async #look(): Promise<void> {
    const quiet = !this.#heard && this.#pending.size > 0;
    this.#heard = false;
    if (!quiet) return;
    if (!this.#missed && (await this.#queue.getWorkersCount().catch(() => 1)) === 0) {
      this.#missed = true;
      this.#tell(`no worker is at the queue; start one: engram worker --queue ${this.#connection.shown}`);
    }
    const asked = [...this.#pending];
    const held = await Promise.all(asked.map(([id]) => this.#queue.getJob(id)));
    await this.#put(asked.filter(([id], i) => !held[i] && this.#pending.has(id)));
  }
}
