// Candidates judged on threads of this process. Which thread judges one makes no difference, so each takes the next as it comes free.
import { Worker } from "node:worker_threads";
import { UserError } from "../../spec/user-error.ts";
import type { Evaluate, Verdict } from "../judge.ts";

/** What a thread is sent, and answers with as many verdicts. */
export type Question<Asked = Float64Array> = {
  /** What its judge has to know, as JSON. */
  brief: string;
  candidates: Asked[];
};

type Waiting<Asked, Told> = { brief: string; asked: Asked; resolve(told: Told): void; reject(error: Error): void };

/** Candidates and verdicts are plain data: genes, where nothing else is said. */
export class Threads<Asked = Float64Array, Told = Verdict> {
  readonly #workers: Worker[];
  readonly #free: Worker[];
  readonly #waiting: Waiting<Asked, Told>[] = [];
  readonly #asked = new Map<Worker, Waiting<Asked, Told>[]>();
  #broken: UserError | undefined;

  /**
   * @param entry a module that answers each `Question` with its verdicts, in order
   * @param given its workerData
   */
  constructor(entry: URL, count: number, given?: unknown) {
    this.#workers = Array.from({ length: count }, () => {
      const worker = start(entry, given);
      worker.on("message", (verdicts: Told[]) => {
        for (const [i, { resolve }] of this.#asked.get(worker)!.entries()) resolve(verdicts[i]);
        this.#asked.delete(worker);
        this.#free.push(worker);
        this.#ask();
      });
      worker.on("error", (error) => this.#break(error));
      worker.on("exit", (code) => this.#break(new Error(`exit code ${code}`)));
      return worker;
    });
    this.#free = [...this.#workers];
  }

  /**
   * Verdicts in the order of the candidates.
   * @throws UserError if a thread has ended
   */
  judge(brief: string, candidates: readonly Asked[]): Promise<Told[]> {
    const verdicts = candidates.map(
      (asked) =>
        new Promise<Told>((resolve, reject) => {
          this.#waiting.push({ brief, asked, resolve, reject });
        }),
    );
    this.#ask();
    return Promise.all(verdicts);
  }

  evaluator(this: Threads, brief: string): Evaluate {
    return (generation) => this.judge(brief, generation);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  // Several at a time, since a message takes as long as a short episode; fewer towards the end, for all to end together.
  #ask(): void {
    if (this.#broken) for (const { reject } of this.#waiting.splice(0)) reject(this.#broken);
    while (this.#free.length > 0 && this.#waiting.length > 0) {
      const [{ brief }] = this.#waiting;
      const other = this.#waiting.findIndex((waiting) => waiting.brief !== brief);
      const alike = other < 0 ? this.#waiting.length : other;
      const next = this.#waiting.splice(0, Math.ceil(alike / (2 * this.#workers.length)));
      const worker = this.#free.pop()!;
      this.#asked.set(worker, next);
      worker.postMessage({ brief, candidates: next.map(({ asked }) => asked) } satisfies Question<Asked>);
    }
  }

  // One that ends has met a bug, or taken all the memory: so would the others with its candidate.
  #break(cause: Error): void {
    this.#broken ??= new UserError(
      `a thread that judges candidates ended: ${cause.message}`,
      "look for it in the task's fitness, or give fewer --threads, which take less memory",
      { cause },
    );
    for (const { reject } of [...this.#asked.values()].flat()) reject(this.#broken);
    this.#ask();
  }
}

// In the source tree modules are TypeScript, and a thread of Node 20 does not inherit what reads that.
function start(entry: URL, workerData: unknown): Worker {
  if (!entry.pathname.endsWith(".ts")) return new Worker(entry, { workerData });
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const code = `import(${tsx}).then(({ register }) => (register(), import(${JSON.stringify(entry)})))`;
  return new Worker(code, { eval: true, workerData });
}
