// A corridor whose signal at the start says which way to turn at its end: weights are evolved by how far a policy comes, and which way it
// turns.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { type Episode, play } from "../../evolve/episode.ts";
import type { Worth } from "../../evolve/judge.ts";
import { UserError } from "../../spec/user-error.ts";
import { playing, type Runner } from "../runner.ts";
import { type Maze, mazes, walk } from "../sources/t-maze.ts";
import type { Recipe, Task } from "../task.ts";

const furthest = 70;
const lengths = Array.from({ length: furthest / 5 }, (_, i) => 5 * (i + 1));
/** Short ones too: what they need of memory is soon found. */
const learnt = mazes([1, 2, 4, 8, 16, 32, furthest], 3, 1);
const [chosen, judged] = [1001, 2001].map((seed) => mazes(lengths, 10, seed));

const evolved = (scales: Record<string, number> = {}, cell = "elman"): Recipe => ({
  blueprint: {
    inputs: 3,
    layers: [
      { name: "hidden", cell, units: 3 },
      { name: "action", cell: "dense", units: 4 },
    ],
  },
  seeds: 5,
  evolve: {
    lambda: 16,
    sigma: 1,
    restartAfter: 4000,
    scales,
    inputFormat: 12,
    range: 16,
    seedsSolved: 4,
  },
  enough: 100,
  batch: 1,
  steps: 20_000,
  validateEvery: 400,
  schedule: { kind: "cosine", rate: 1, warmUp: 0, floor: 0 },
  clipNorm: 1,
});

export const task: Task = {
  summary: "a corridor whose signal at the start says which way to turn at its end, by fitness alone",
  source: "B. Bakker, Reinforcement learning with long short-term memory, NIPS 14, 2001",
  inputs: 3,
  outputs: 4,
  metrics: {
    solved: { unit: "%", better: "higher", threshold: 95 },
    furthest: { unit: "%", better: "higher", threshold: 95 },
  },
  budgetSeconds: 180,
  recipes: {
    fitness: evolved(),
    // The same net without recurrence, which turns the same way always.
    feedforward: { ...evolved({ "hidden.U": 0 }), seeds: 3, steps: 8000 },
  },
  async open() {
    return {
      name: "t-maze",
      hash: createHash("sha256").update(JSON.stringify({ learnt, chosen, judged })).digest("hex"),
      batch() {
        throw new UserError("t-maze has no targets to learn from", "give its recipe `evolve`");
      },
      fitness: () => learnt.map(worthOf),
      calibration: walkedAbout,
      async evaluate(runner: Runner, split: "val" | "test") {
        const run = playing(runner);
        const shares = { solved: [0, 0], furthest: [0, 0] };
        for (const maze of split === "val" ? chosen : judged) {
          const { right } = await run(walk(maze));
          for (const share of maze.length === furthest ? [shares.solved, shares.furthest] : [shares.solved]) {
            if (right) share[0]++;
            share[1]++;
          }
        }
        const percent = ([right, all]: number[]) => (100 * right) / all;
        return { solved: percent(shares.solved), furthest: percent(shares.furthest) };
      },
    };
  },
};

/** Half for the way, and half for the turn: some of it for how clear that was, which memory improves before it decides. */
function* worthOf(maze: Maze): Episode<Worth> {
  const { reached, right, margin } = yield* walk(maze);
  const turn = (right ? 0.25 : 0) + 0.25 * Math.max(-1, Math.min(1, margin));
  return { fitness: (0.5 * reached) / maze.length + turn, whole: right };
}

/** Frames of walks that stumble: for reports, since evolution fixes the formats. */
function walkedAbout(): Float32Array[] {
  return mazes([10, 40], 8, 5001).map((maze: Maze, i) => {
    const random = new Random(1, "t-maze", "calibration", i);
    const frames: number[] = [];
    play(walk(maze), (frame) => {
      frames.push(...frame);
      const east = random.uniform(0, 4);
      return Float32Array.of(random.uniform(), east, random.uniform(), random.uniform());
    });
    return Float32Array.from(frames);
  });
}
