// A corridor that ends in a T: at its start a signal says which way to turn at its end. B. Bakker 2001, "Reinforcement learning with long
// short-term memory", NIPS 14. What is seen on the way is noise, so that nothing but memory tells.
import { Random } from "../../data/random.ts";
import type { Episode } from "../../evolve/episode.ts";

/** What a policy can do, in the order of its results: the greatest is done, of equals the first. */
const actions = ["north", "east", "south", "west"] as const;

export type Maze = {
  /** Steps east from the start to the junction. */
  length: number;
  /** Where it must turn. */
  goal: "north" | "south";
  /** Of the noise. */
  seed: number;
};

export type Walk = {
  /** Steps from the start at its end. */
  reached: number;
  right: boolean;
  /** By how much the right turn's result was above the wrong one's, where it turned. */
  margin: number;
};

/** Actions beyond the length: whoever stands still gets nowhere. */
const spare = 10;

/** A walk through a maze, which ends with a turn at the junction or when there were actions enough. */
export function* walk({ length, goal, seed }: Maze): Episode<Walk> {
  const random = new Random(seed, "t-maze", length, goal);
  const frame = new Float32Array(3);
  let at = 0;
  for (let t = 0; t < length + spare; t++) {
    if (at === 0) frame.set(goal === "north" ? [0, 1, 1] : [1, 1, 0]);
    else if (at === length) frame.set([0, 1, 0]);
    else frame.set([random.uniform(), 0, random.uniform()]);
    const results = yield frame;
    const action = actions[results.indexOf(Math.max(...results))];
    if (action === "east") at = Math.min(length, at + 1);
    else if (action === "west") at = Math.max(0, at - 1);
    else if (at === length) {
      const northwards = results[0] - results[2];
      return { reached: at, right: action === goal, margin: goal === "north" ? northwards : -northwards };
    }
  }
  return { reached: at, right: false, margin: 0 };
}

/** Mazes of all such lengths, to the north and to the south, so many of each, in no order. @param seed of the first one's noise */
export function mazes(lengths: readonly number[], each: number, seed: number): Maze[] {
  const goals = ["north", "south"] as const;
  const all = lengths.flatMap((length) =>
    goals.flatMap((goal) => Array.from({ length: each }, (_, i): Maze => ({ length, goal, seed: seed + i }))),
  );
  return new Random(seed, "t-maze", "order").shuffle(all);
}
