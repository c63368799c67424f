// Recall from damaged patterns, below, at and beyond what a Hopfield network can hold: it must fail beyond. Nothing is trained; the network
// learns from frames, as on a board, and gives in integers the same bits.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import type { Runner } from "../runner.ts";
import { type Pattern, patternsOf, probesOf, scoreRecalls } from "../sources/patterns.ts";
import { type Lesson, lessonFrames, recalled } from "../sources/recalls.ts";
import type { Task, TaskData } from "../task.ts";

const units = 128;
/** Sweeps of a recall; most end in three. */
const sweeps = 12;
/** Patterns that are stored, the part of each that is flipped, recalls of each. */
const trials = {
  exact: { stored: 6, flipped: 0.2, times: 2 },
  overlap: { stored: 17, flipped: 0.1, times: 1 },
  beyond: { stored: 26, flipped: 0.1, times: 1 },
};
type Trial = (typeof trials)[keyof typeof trials];
/** Recalls of a figure, at least. */
const counts = { val: 250, test: 1000 };

type Memory = Lesson & { wanted: Pattern[] };

function memoriesOf({ stored, flipped, times }: Trial, recalls: number, key: string): Memory[] {
  return Array.from({ length: Math.ceil(recalls / (stored * times)) }, (_, i) => {
    const random = new Random(1, "recall", key, stored, i);
    const patterns = patternsOf(stored, units, random);
    const probes = probesOf(patterns, flipped, times, random);
    const wanted = probes.map((probe) => patterns[probe.stored]);
    return {
      learns: patterns.map((pattern) => Float32Array.from(pattern)),
      recalls: probes.map(({ start }, k) => ({ from: Float32Array.from(start), wanted: Float32Array.from(wanted[k]) })),
      wanted,
    };
  });
}

async function evaluate(runner: Runner, split: "val" | "test") {
  const parts = async (trial: Trial) => {
    const memories = memoriesOf(trial, counts[split], split);
    const results = await runner.run(memories.map((memory) => lessonFrames(memory, sweeps)));
    return scoreRecalls(
      memories.flatMap((memory, i) =>
        recalled(memory, sweeps, results[i]).map((found, k) => ({ found, wanted: memory.wanted[k] })),
      ),
    );
  };
  return {
    exact: 100 * (await parts(trials.exact)).exact,
    overlap: 100 * (await parts(trials.overlap)).overlap,
    beyond: 100 * (await parts(trials.beyond)).overlap,
  };
}

const data: TaskData = {
  name: "recall",
  hash: createHash("sha256").update(JSON.stringify({ units, sweeps, trials, counts })).digest("hex"),
  batch() {
    throw new Error("nothing is trained");
  },
  calibration: () => memoriesOf(trials.beyond, 26, "calibration").map((memory) => lessonFrames(memory, sweeps)),
  evaluate,
};

export const task: Task = {
  summary: `patterns of ${units} units recalled from damaged ones by a network that stores them as they come`,
  source:
    "J. J. Hopfield, Neural networks and physical systems with emergent collective computational abilities, PNAS 79(8):2554-2558, 1982; where it collapses: D. Amit, H. Gutfreund, H. Sompolinsky, Storing infinite numbers of patterns in a spin-glass model of neural networks, Phys. Rev. Lett. 55:1530, 1985",
  inputs: units,
  outputs: units,
  metrics: {
    exact: { unit: "%", better: "higher", threshold: 99, budget: 0 },
    overlap: { unit: "%", better: "higher", threshold: 93, budget: 0 },
    // Of what is too much, little must come back.
    beyond: { unit: "%", better: "lower", threshold: 85, budget: 0 },
  },
  budgetSeconds: 60,
  recipes: {
    hopfield: {
      blueprint: {
        inputs: units,
        layers: [
          {
            name: "memory",
            cell: "hopfield",
            units,
            // Whole numbers throughout, of which no range tells: what is taught later goes further than what was seen here.
            numbers: {
              sites: { twice: "int32", bound: "int32", leaning: "int32", energy: "int32" },
              formats: Object.fromEntries(
                ["t", "n", "count", "e", "all", "others", "twice", "bound", "leaning", "energy"].map((name) => [
                  name,
                  0,
                ]),
              ),
            },
          },
        ],
      },
      untrained: true,
      batch: 1,
      steps: 0,
      validateEvery: 1,
      schedule: { kind: "cosine", rate: 1, warmUp: 0, floor: 0 },
      clipNorm: 1,
    },
  },
  open: async () => data,
};
