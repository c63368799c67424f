// A thread that judges candidates (host/evolve/evaluators/threads.ts). Its judges stay open: those of the last few trainings.
import { parentPort, workerData } from "node:worker_threads";
import type { Question } from "../evolve/evaluators/threads.ts";
import { type Judge, threw, type Verdict } from "../evolve/judge.ts";
import { openJudge } from "./judges.ts";

const most = 8;
const judges = new Map<string, Promise<Judge>>();
const { folder } = workerData as { folder?: string };

parentPort!.on("message", async (question: Question) => parentPort!.postMessage(await verdictsOn(question)));

async function verdictsOn({ brief, candidates }: Question): Promise<Verdict[]> {
  if (judges.size >= most && !judges.has(brief)) judges.clear();
  if (!judges.has(brief)) judges.set(brief, openJudge(JSON.parse(brief), folder));
  try {
    return candidates.map(await judges.get(brief)!);
  } catch (error) {
    return candidates.map(() => threw(error as Error));
  }
}
