// A thread that tries topologies (host/evolve/evaluators/threads.ts): trains each from some seeds.
import { parentPort } from "node:worker_threads";
import type { Question } from "../evolve/evaluators/threads.ts";
import { taskOf } from "./registry.ts";
import { trialsOf } from "./topology-fitness.ts";
import type { TopologyBrief, TopologyTrials } from "./topology-judge.ts";

parentPort!.on("message", async ({ brief, candidates }: Question<TopologyTrials>) => {
  const { task: name, cell } = JSON.parse(brief) as TopologyBrief;
  const task = await taskOf(name);
  const data = await task.open(undefined);
  const answers = [];
  for (const { genome, seeds } of candidates)
    answers.push(await trialsOf(task, data, task.recipes[cell], genome, seeds));
  parentPort!.postMessage(answers);
});
