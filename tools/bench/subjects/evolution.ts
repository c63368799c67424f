// Candidates of `double-pole` judged in this thread and by threads: generations alternate, and all give the same verdicts.
import { availableParallelism } from "node:os";
import { Random } from "../../../host/data/random.ts";
import { Threads } from "../../../host/evolve/evaluators/threads.ts";
import { here } from "../../../host/evolve/judge.ts";
import { briefOf, judgeThread, openJudge } from "../../../host/tasks/judges.ts";
import { task } from "../../../host/tasks/kinds/double-pole.ts";
import { median } from "../statistics.ts";

/** Of which the first are not counted: threads compile for themselves what is slow to begin with. */
const [rounds, first] = [160, 80];
const [candidates, genes] = [100, 24];

export async function bench(): Promise<void> {
  const brief = briefOf("double-pole", await task.open(undefined), task.recipes.fitness, 1);
  const counts = [2, 4, 8].filter((count) => count <= Math.max(2, availableParallelism()));
  const threads = counts.map((count) => new Threads(judgeThread, count, {}));
  const ways = [here(await openJudge(brief)), ...threads.map((each) => each.evaluator(JSON.stringify(brief)))];
  const times: number[][] = ways.map(() => []);
  const found: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const random = new Random(1, "bench", round);
    const generation = Array.from({ length: candidates }, () =>
      Float64Array.from({ length: genes }, () => 3 * random.normal()),
    );
    for (const [i, evaluate] of ways.entries()) {
      const begun = performance.now();
      found[i] = JSON.stringify(await evaluate(generation));
      if (round >= first) times[i].push(performance.now() - begun);
    }
    if (new Set(found).size > 1) throw new Error("verdicts differ");
  }
  await Promise.all(threads.map((each) => each.close()));
  const names = ["this thread", ...counts.map((count) => `${count} threads`)];
  for (const [i, name] of names.entries()) {
    const ratio = median(times[0].map((time, n) => time / times[i][n]));
    const rate = (1000 * candidates) / median(times[i]);
    console.log(`${name}: ${rate.toFixed(0)} candidates a second, ${ratio.toFixed(2)} times this thread's rate`);
  }
}
