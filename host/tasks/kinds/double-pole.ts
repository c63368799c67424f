// Two poles of different length on one cart, of which only places are seen, not speeds: to keep both up the network must remember. No
// target says what would have been right; weights are evolved by how long and how calmly the poles stand.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { play } from "../../evolve/episode.ts";
import { UserError } from "../../spec/user-error.ts";
import { playing, type Runner } from "../runner.ts";
import { balance, cartAt, gruau, starts, tilted } from "../sources/double-pole-cart.ts";
import type { Recipe, Task } from "../task.ts";

/** Actions of the long run, and of each start's. */
const [long, short] = [100_000, 1000];
/** The literature's 625 starts, for figures alone. */
const judged = starts([0.05, 0.25, 0.5, 0.75, 0.95]);
/** 256 others for choices, as far out on the average: the mean square of 2 f − 1 is 0.43, of the above 0.42. */
const chosen = starts([0.07, 0.33, 0.67, 0.93]);

/** Three units that see each other or not, and a force: one unit whose own feedback and bias stay zero. */
const evolved = (scales: Record<string, number> = {}): Recipe => ({
  blueprint: {
    inputs: 3,
    layers: [
      { name: "hidden", cell: "elman", units: 3 },
      { name: "force", cell: "elman", units: 1 },
    ],
  },
  seeds: 5,
  evolve: {
    lambda: 20,
    sigma: 1,
    restartAfter: 4000,
    scales: { "hidden.b": 0.1, "force.U": 0, "force.b": 0, ...scales },
    inputFormat: 12,
    range: 16,
    seedsSolved: 4,
  },
  enough: 200,
  batch: 1,
  steps: 40_000,
  validateEvery: 400,
  schedule: { kind: "cosine", rate: 1, warmUp: 0, floor: 0 },
  clipNorm: 1,
});

export const task: Task = {
  summary: "two poles balanced on a cart whose speeds are not seen, by fitness alone",
  source:
    "A. Wieland, Evolving neural network controllers for unstable systems, IJCNN 1991; fitness and starts: F. Gruau, D. Whitley, L. Pyeatt, A comparison between cellular encoding and direct encoding for genetic neural networks, GP-96; figure: K. Stanley, R. Miikkulainen, Evolving neural networks through augmenting topologies, Evolutionary Computation 10(2), 2002",
  inputs: 3,
  outputs: 1,
  metrics: {
    starts: { unit: "of 625", better: "higher", published: 286, threshold: 200, integerThreshold: 200 },
    steps: { unit: "actions", better: "higher", threshold: long, integerThreshold: long },
  },
  budgetSeconds: 180,
  // Integers are what is evolved, so theirs are the figures; the float network of the same weights is for comparison.
  recipes: {
    fitness: evolved(),
    // The same net without recurrence, which cannot know speeds.
    feedforward: { ...evolved({ "hidden.U": 0 }), seeds: 3, steps: 8000 },
  },
  async open() {
    return {
      name: "double-pole",
      hash: createHash("sha256").update(JSON.stringify({ long, short, judged, chosen })).digest("hex"),
      batch() {
        throw new UserError("double-pole has no targets to learn from", "give its recipe `evolve`");
      },
      fitness: gruau,
      calibration: pushedAbout,
      async evaluate(runner: Runner, split: "val" | "test") {
        const run = playing(runner);
        const steps = await run(balance(tilted(), long));
        // What falls in the long run is not chosen, whatever its starts.
        if (split === "val" && steps < long) return { starts: 0, steps };
        const carts = split === "val" ? chosen : judged;
        let held = 0;
        for (const cart of carts) if ((await run(balance(cart.slice(), short))) === short) held++;
        return { starts: (judged.length * held) / carts.length, steps };
      },
    };
  },
};

/** Frames of carts that are pushed at random until a pole falls: for reports, since evolution fixes the formats. */
function pushedAbout(): Float32Array[] {
  return Array.from({ length: 32 }, (_, i) => {
    const random = new Random(1, "double-pole", "calibration", i);
    const frames: number[] = [];
    const cart = cartAt(random.uniform(-1, 1), 0, random.uniform(-0.1, 0.1), 0);
    play(balance(cart, 200), (frame) => {
      frames.push(...frame);
      return Float32Array.of(random.uniform(-1, 1));
    });
    return Float32Array.from(frames);
  });
}
