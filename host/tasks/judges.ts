// A task's judge of candidates, wherever it is opened: what it has to know goes there as plain data, the task comes from its own place.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../compile/assembly.ts";
import { type Blueprint, layersOf, nameOf } from "../compile/blueprint.ts";
import { isPath } from "../compile/load.ts";
import { Candidates, type Genome } from "../evolve/candidates.ts";
import { type Judge, judgeOf } from "../evolve/judge.ts";
import { UserError } from "../spec/user-error.ts";
import { taskOf } from "./registry.ts";
import type { Recipe, TaskData } from "./task.ts";

/** What a judge has to know. */
export type Brief = {
  /** The version that asks. */
  engram: string;
  task: string;
  /** SHA-256 of the task's data. */
  data: string;
  seed: number;
  blueprint: Blueprint;
  genome: Genome;
};

/** What a thread that judges by a brief begins with. */
export const judgeThread = new URL(
  `judge-thread${import.meta.url.slice(import.meta.url.lastIndexOf("."))}`, // .ts in the source tree, .js in the package
  import.meta.url,
);

/** engram's own version. */
export const version = (): string =>
  (JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string }).version;

/** @param recipe with `evolve` */
export function briefOf(task: string, data: TaskData, { blueprint, evolve }: Recipe, seed: number): Brief {
  const { scales, inputFormat, range } = evolve!;
  return { engram: version(), task, data: data.hash, seed, blueprint, genome: { scales, inputFormat, range } };
}

/**
 * @param folder of real data sets, if the task reads any
 * @throws UserError for a brief of another version or other data
 */
export async function openJudge({ engram, task, data, blueprint, genome }: Brief, folder?: string): Promise<Judge> {
  if (engram !== version())
    throw new UserError(
      `engram ${engram} wants candidates judged, here is ${version()}`,
      "install the same version on all machines",
    );
  const opened = await (await taskOf(task)).open(folder);
  if (opened.hash !== data)
    throw new UserError(
      `the data of ${task} here is ${opened.hash.slice(0, 8)}…, that of the training ${data.slice(0, 8)}…`,
      "give workers the same data: --data FOLDER",
    );
  if (!opened.fitness) throw new UserError(`${task} gives no fitness`, "write its `fitness`");
  const candidates = new Candidates(await layersOf(blueprint), blueprint.layers.map(nameOf), genome);
  const judge = judgeOf(candidates, opened.fitness);
  return (genes) => {
    if (genes.length === candidates.genes) return judge(genes);
    throw new UserError(`a candidate has ${genes.length} genes, not ${candidates.genes}`, "look at what asks for it");
  };
}

/** A brief that came over a queue. @throws UserError for what `refuseOwnCells` refuses */
export function shippedBrief(text: string): Brief {
  const brief = JSON.parse(text) as Brief;
  refuseOwnCells(brief);
  return brief;
}

/** @throws UserError for a cell of the user's own: no other machine compiles what a message brings */
export function refuseOwnCells({ blueprint }: Brief): void {
  const own = blueprint.layers.find(({ cell }) => isPath(cell));
  if (own)
    throw new UserError(
      `${own.cell} is a cell of your own, which a queue's workers do not have`,
      "leave --queue out to evaluate here",
    );
}
