// Pairs of patterns that a bidirectional associative memory is to recall from damage on one side or both: B. Kosko 1988, "Bidirectional
// associative memories", IEEE Trans. Systems, Man, and Cybernetics 18(1):49-60.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import type { Recipe, TaskData } from "../task.ts";
import { damaged, isExact, type Pattern, type PatternPair, pairsOf } from "./patterns.ts";
import { type Lesson, lessonFrames, recalled } from "./recalls.ts";

export type Sizes = { xs: number; ys: number };
/** Pairs that are stored, the part of x and of y that is flipped (y without: blank), recalls of each pair. */
export type Trial = { stored: number; x: number; y?: number; times: number };
export type Asked = Lesson & { pairs: PatternPair[] };

/** Memories for at least so many recalls. */
function memoriesOf({ xs, ys }: Sizes, trial: Trial, recalls: number, key: string): Asked[] {
  const { stored, x, y, times } = trial;
  return Array.from({ length: Math.ceil(recalls / (stored * times)) }, (_, i) => {
    const random = new Random(1, "pairs", key, xs, ys, JSON.stringify(trial), i);
    const all = pairsOf(stored, xs, ys, random);
    const pairs = all.flatMap((pair) => Array.from({ length: times }, () => pair));
    const blank = new Int8Array(ys);
    return {
      learns: all.map((pair) => joined(pair.x, pair.y)),
      recalls: pairs.map((pair) => ({
        from: joined(damaged(pair.x, x, random), y === undefined ? blank : damaged(pair.y, y, random)),
        wanted: joined(pair.x, pair.y),
      })),
      pairs,
    };
  });
}

const joined = (x: Pattern, y: Pattern): Float32Array => Float32Array.from([...x, ...y]);

/** Parts of the recalls, in %, in which both patterns, and in which y, came back whole. */
async function recallsOf(
  run: (sequences: Float32Array[]) => Promise<Float32Array[]>,
  memories: readonly Asked[],
  steps: number,
): Promise<{ both: number; y: number }> {
  const results = await run(memories.map((memory) => lessonFrames(memory, steps)));
  const found = memories.flatMap((memory, i) =>
    recalled(memory, steps, results[i]).map((pair, k) => ({ pair, wanted: memory.pairs[k] })),
  );
  const right = found.map(({ pair, wanted: { x, y } }) => ({
    x: isExact(pair.subarray(0, x.length), x),
    y: isExact(pair.subarray(x.length), y),
  }));
  const part = (those: boolean[]): number => (100 * those.filter((is) => is).length) / found.length;
  return { both: part(right.map(({ x, y }) => x && y)), y: part(right.map(({ y }) => y)) };
}

const counts = { val: 240, test: 1000 };

/**
 * What a task recalls by a memory that is not trained.
 * @param setup `passes` of a recall, and trials, of which `shown` calibrates
 * @param measure makes the figures of what `recall` gives for a trial
 */
export function pairsData<Setup extends { sizes: Sizes; passes: number }>(
  name: string,
  setup: Setup,
  shown: Trial,
  measure: (
    recall: (trial: Trial) => ReturnType<typeof recallsOf>,
    memories: (trial: Trial) => Asked[],
  ) => Promise<Record<string, number>>,
): TaskData {
  const { sizes, passes } = setup;
  return {
    name,
    hash: createHash("sha256")
      .update(JSON.stringify({ ...setup, counts }))
      .digest("hex"),
    batch() {
      throw new Error("nothing is trained");
    },
    calibration: () => calibrationOf(sizes, shown, passes),
    evaluate(runner, split) {
      const memories = (trial: Trial) => memoriesOf(sizes, trial, counts[split], split);
      return measure((trial) => recallsOf((sequences) => runner.run(sequences), memories(trial), passes), memories);
    },
  };
}

/** Frames that show a memory's ranges: what it is taught, loud, and recalls of it. */
const calibrationOf = (sizes: Sizes, trial: Trial, steps: number): Float32Array[] =>
  memoriesOf(sizes, trial, trial.stored * trial.times, "calibration").map((asked) => lessonFrames(asked, steps));

/** What a memory without chance recalls of the same, in %: y' = sign(Wᵀ x), x' = sign(W y'), until nothing changes. */
export function settled({ xs, ys }: Sizes, memories: readonly Asked[]): number {
  let right = 0;
  for (const { learns, recalls } of memories) {
    const W = Array.from({ length: xs }, (_, i) =>
      Array.from({ length: ys }, (_, j) => learns.reduce((sum, pair) => sum + pair[i] * pair[xs + j], 0)),
    );
    const sign = (field: number, old: number) => Math.sign(field) || (old < 0 ? -1 : 1);
    for (const { from, wanted } of recalls) {
      const s = [...from];
      for (let before = ""; before !== s.join(); ) {
        before = s.join();
        for (let j = 0; j < ys; j++)
          s[xs + j] = sign(
            W.reduce((sum, row, i) => sum + row[j] * s[i], 0),
            s[xs + j],
          );
        for (let i = 0; i < xs; i++)
          s[i] = sign(
            W[i].reduce((sum, w, j) => sum + w * s[xs + j], 0),
            s[i],
          );
      }
      if (wanted.every((value, i) => value === s[i])) right++;
    }
  }
  return (100 * right) / memories.reduce((sum, { recalls }) => sum + recalls.length, 0);
}

/** The memory that the recipes of these tasks are. */
export const memory = ({ xs, ys, ...more }: Sizes & Record<string, number>, cell = "bam"): Recipe => ({
  blueprint: {
    inputs: xs + ys,
    layers: [
      {
        name: "memory",
        cell,
        units: xs + ys,
        sizes: { xs, ys, ...more },
        // Whole numbers throughout, of which no range tells: what is taught later goes further than what was seen here.
        numbers: {
          sites: { agreement: "int32", energy: "int32" },
          formats: Object.fromEntries(
            ["s", "e", "seen", "hy", "echo", "hx", "x", "y", "field", "agreement", "energy"].map((name) => [name, 0]),
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
});
