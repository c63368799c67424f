// The search over topologies: the same seed gives the same search, a budget that is too small is said, and the cell that ships is what a
// search has found.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CellGenome, canonical, checkGenome, elman, lstm } from "../../host/evolve/genome.ts";
import { cellSource } from "../../host/evolve/genome-cell.ts";
import { brood, type Judgement, population, searchTopology } from "../../host/evolve/topology.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/anbn.ts";
import { trialsOf, worthOf } from "../../host/tasks/topology-fitness.ts";
import { TopologyJudge } from "../../host/tasks/topology-judge.ts";
import { readRows } from "../../tools/zoo/rows.ts";

const data = await task.open(undefined);
const root = fileURLToPath(new URL("../../", import.meta.url));
const path = join(root, "assembly/cells/evolved.ts");
const text = readFileSync(path, "utf8");
const rows = readRows(root);

/** Wants many products. */
const worth = ({ nodes }: CellGenome): Judgement => ({
  fitness: nodes.filter(([op]) => op === "mul").length - 0.1 * nodes.length,
  failed: false,
});

async function search(seed: number, candidates = 200, rungs = 1) {
  const judged: CellGenome[][] = [];
  const living = await searchTopology({ seed, candidates, rungs }, async (genomes, rung) => {
    judged[rung] = [...(judged[rung] ?? []), ...genomes];
    return genomes.map(worth);
  });
  return { judged, living };
}

test("the same seed gives the same search, another one another", async () => {
  const [first, again, other] = [await search(1), await search(1), await search(2)];
  assert.equal(first, again);
  assert.not.equal(first.judged, other.judged);
});

test("no genome is judged twice, the last population are the best, and they are better than the first", async () => {
  const {
    judged: [judged],
    living,
  } = await search(3);
  assert.is(judged.length, 200);
  assert.is(new Set(judged.map((genome) => JSON.stringify(canonical(genome)))).size, 200);
  const worths = judged.map((genome) => worth(genome).fitness);
  const best = [...worths].sort((a, b) => b - a).slice(0, population);
  assert.equal(
    living.map(({ fitness }) => fitness),
    best,
  );
  assert.ok(best[0] > 2 + Math.max(...worths.slice(0, population)), `${best[0]}`);
});

test("of a brood the better half is judged more thoroughly, and lives only by that; the first population all are", async () => {
  const { judged, living } = await search(1, population + 2 * brood, 3);
  assert.equal(
    judged.map(({ length }) => length),
    [2 * brood, brood, population + brood / 2],
  );
  const least = (genomes: CellGenome[]) => Math.min(...genomes.map((genome) => worth(genome).fitness));
  assert.ok(least(judged[0].slice(0, brood)) < least(judged[1].slice(0, brood / 2)));
  const last = new Set(judged[2].map((genome) => JSON.stringify(genome)));
  assert.ok(living.every(({ genome }) => last.has(JSON.stringify(genome))));
});

test("a population that has all failed is refused", async () => {
  try {
    await searchTopology({ seed: 1, candidates: 60, rungs: 1 }, async (genomes) =>
      genomes.map(() => ({ fitness: -1, failed: true })),
    );
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as UserError).message, /all 24 cells/);
    assert.match((error as UserError).hint, /budget is too small/);
  }
});

test("a short search in earnest: the LSTM counts further than Elman's network; with ten steps none does", async () => {
  const judge = (steps: number) => (genomes: readonly CellGenome[]) =>
    Promise.all(
      genomes.map(async (genome) =>
        worthOf(genome, await trialsOf(task, data, { ...task.recipes.lstm, steps }, genome, [1])),
      ),
    );
  const living = await searchTopology({ seed: 1, candidates: 3, rungs: 1 }, judge(300));
  assert.is(new Set(living.map(({ genome }) => cellSource(genome))).size, 3);
  const [lstm, elman] = [13, 2].map((nodes) => living.find(({ genome }) => genome.nodes.length === nodes)!);
  assert.ok(lstm.trials[0].value >= 8, JSON.stringify(lstm.trials));
  assert.ok(elman.fitness < lstm.fitness);
  const reason = await searchTopology({ seed: 1, candidates: 2, rungs: 1 }, judge(10)).catch(({ hint }) => hint);
  assert.match(String(reason), /budget is too small/);
});

test("threads, however many, give the trials that this one does; what is no cell has failed", async () => {
  const genomes = [lstm, elman, { nodes: [["tanh", 0]], c: 2, h: 2 } as CellGenome];
  const seeds = [1, 2, 3, 4, 5];
  const here = await trialsOf(task, data, task.recipes.lstm, lstm, seeds);
  const told = [];
  for (const count of [1, 2]) {
    const judge = new TopologyJudge({ task: "anbn", cell: "lstm" }, count);
    const first = await judge.judge(genomes, seeds.slice(0, 1));
    assert.equal(first[0].trials, here.slice(0, 1));
    told.push(await judge.judge(genomes, seeds));
    await judge.close();
  }
  assert.equal(told[0], told[1]);
  assert.equal(told[0][0], worthOf(lstm, here));
  assert.equal(
    told[0].map(({ failed }) => failed),
    [false, false, true],
  );
});

test("the cell that ships is its genome's, whose fitness comes out again", async () => {
  const notes = /^(\/\/ \S.*\n)*/
    .exec(text)![0]
    .split("\n")
    .slice(0, -1)
    .map((line) => line.slice(3));
  const genome = checkGenome(JSON.parse(/^\/\/ (\{.*\})$/m.exec(text)![1]), path);
  assert.is(cellSource(genome, notes), text);
  const [, first, counted] = /^\/\/ (\d+) … \d+, of which its integers count to\n\/\/ ([\d ]+)$/m.exec(text)!;
  const seeds = [Number(first), Number(first) + 1];
  const trials = await trialsOf(task, data, task.recipes.lstm, genome, seeds);
  assert.equal(
    trials.map(({ value }) => value),
    counted.split(" ").map(Number).slice(0, 2),
  );
});

test("from seeds that its search has not used it counts further than the LSTM, and that further than Elman's network", () => {
  const of = (architecture: string) => rows.find((row) => row.task === "anbn" && row.architecture === architecture)!;
  const [evolved, lstm, elman] = ["evolved", "lstm", "elman"].map(of);
  assert.ok(evolved.float > lstm.float && lstm.float > elman.float);
  assert.ok(evolved.board > lstm.board && lstm.board > elman.board);
  const { seeds } = evolved.medians!;
  assert.equal([lstm.medians!.seeds, elman.medians!.seeds], [seeds, seeds]);
  const last = Number(/ … (\d+), of which its integers/.exec(text)![1]);
  assert.ok(Math.min(...seeds) > last, `${seeds[0]} is not beyond ${last}`);
});

test.run();
