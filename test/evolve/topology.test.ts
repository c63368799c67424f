// The search over topologies: the same seed gives the same search, a budget that is too small is said, and the cell that ships is what a
// search has found.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CellGenome, canonical, checkGenome } from "../../host/evolve/genome.ts";
import { cellSource } from "../../host/evolve/genome-cell.ts";
import { type Judgement, population, searchTopology } from "../../host/evolve/topology.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { task } from "../../host/tasks/kinds/anbn.ts";
import { topologyFitness } from "../../host/tasks/topology-fitness.ts";

const data = await task.open(undefined);

/** Wants many products. */
const judge = async ({ nodes }: CellGenome): Promise<Judgement> => ({
  fitness: nodes.filter(([op]) => op === "mul").length - 0.1 * nodes.length,
  failed: false,
});

async function search(seed: number, candidates = 200) {
  const judged: CellGenome[] = [];
  const living = await searchTopology({ seed, candidates }, judge, ({ genome }) => judged.push(genome));
  return { judged, living };
}

test("the same seed gives the same search, another one another", async () => {
  const [first, again, other] = [await search(1), await search(1), await search(2)];
  assert.equal(first, again);
  assert.not.equal(first.judged, other.judged);
});

test("no genome is judged twice, the last population are the best, and they are better than the first", async () => {
  const { judged, living } = await search(3);
  assert.is(judged.length, 200);
  assert.is(new Set(judged.map((genome) => JSON.stringify(canonical(genome)))).size, 200);
  const worths = await Promise.all(judged.map(async (genome) => (await judge(genome)).fitness));
  const best = [...worths].sort((a, b) => b - a).slice(0, population);
  assert.equal(
    living.map(({ fitness }) => fitness),
    best,
  );
  assert.ok(best[0] > 2 + Math.max(...worths.slice(0, population)), `${best[0]}`);
});

test("a population that has all failed is refused", async () => {
  const failing = async () => ({ fitness: -1, failed: true });
  try {
    await searchTopology({ seed: 1, candidates: 60 }, failing);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as UserError).message, /all 12 cells/);
    assert.match((error as UserError).hint, /budget is too small/);
  }
});

test("a short search in earnest: the LSTM counts further than Elman's network; with ten steps none does", async () => {
  const found: string[] = [];
  const judge = (steps: number) => (genome: CellGenome) =>
    topologyFitness(task, data, { ...task.recipes.lstm, steps }, genome, [1]);
  const living = await searchTopology({ seed: 1, candidates: 3 }, judge(300), ({ genome }) =>
    found.push(cellSource(genome)),
  );
  assert.is(new Set(found).size, 3);
  const [lstm, elman] = [13, 2].map((nodes) => living.find(({ genome }) => genome.nodes.length === nodes)!);
  assert.ok(lstm.trials[0].value >= 8, JSON.stringify(lstm.trials));
  assert.ok(elman.fitness < lstm.fitness);
  const reason = await searchTopology({ seed: 1, candidates: 2 }, judge(10)).catch(({ hint }) => hint);
  assert.match(String(reason), /budget is too small/);
});

test("the cell that ships is its genome's, whose fitness comes out again", async () => {
  const path = fileURLToPath(new URL("../../assembly/cells/evolved.ts", import.meta.url));
  const text = readFileSync(path, "utf8");
  const notes = /^(\/\/ \S.*\n)*/
    .exec(text)![0]
    .split("\n")
    .slice(0, -1)
    .map((line) => line.slice(3));
  const genome = checkGenome(JSON.parse(/^\/\/ (\{.*\})$/m.exec(text)![1]), path);
  assert.is(cellSource(genome, notes), text);
  const counted = /count to\n\/\/ ([\d ]+)\.$/m.exec(text)![1].split(" ").map(Number);
  const { trials } = await topologyFitness(task, data, task.recipes.lstm, genome, [1, 2]);
  assert.equal(
    trials.map(({ value }) => value),
    counted.slice(0, 2),
  );
});

test.run();
