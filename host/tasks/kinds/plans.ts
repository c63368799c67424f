// Jordan's task: from a plan, told at every step, a sequence is to be produced that returns to the same symbols in other places. The network
// runs on its own results; while training its state is fed with the targets.
import { createHash } from "node:crypto";
import { Random } from "../../data/random.ts";
import { UserError } from "../../spec/user-error.ts";
import { forceState } from "../../train/forcing.ts";
import { greatest, oneHot } from "../../train/loss.ts";
import { probabilityLoss } from "../../train/probability-loss.ts";
import type { Runner } from "../runner.ts";
import type { Batch, Recipe, Task, TaskData } from "../task.ts";

const symbols = ["a", "b", "c", "d", "end"];
const count = symbols.length;
const plans = 8;
const length = 8;

/** What a plan asks for; plans of one width. */
export type Planned = { plan: readonly number[]; sequence: readonly number[] };

// The second symbol repeats the first: what follows it, the last result alone cannot tell.
function makePlans(): Planned[] {
  return Array.from({ length: plans }, (_, i) => {
    const random = new Random(1, "plans", i);
    const first = random.int(count - 1);
    const rest = Array.from({ length: length - 2 }, () => random.int(count - 1));
    return {
      plan: Array.from({ length: plans }, (_, k) => Number(k === i)),
      sequence: [first, first, ...rest, count - 1],
    };
  });
}

/** @throws UserError for plans of different widths, and for one plan that asks for two sequences */
export function checkPlans(planned: readonly Planned[]): void {
  planned.forEach(({ plan, sequence }, i) => {
    if (plan.length !== planned[0].plan.length)
      throw new UserError(
        `plan ${i + 1} has ${plan.length} values, plan 1 has ${planned[0].plan.length}`,
        "give all plans the same width",
      );
    const twin = planned.findIndex((other) => other.plan.every((value, k) => value === plan[k]));
    if (planned[twin].sequence.join() !== sequence.join())
      throw new UserError(
        `plans ${twin + 1} and ${i + 1} are equal and ask for different sequences`,
        "tell them apart: no network can",
      );
  });
}

/**
 * The states that the targets make, step by step, with noise, so that free running returns to them. @param mu how much stays from step to step
 * @throws UserError for a mu with which states grow without bound
 */
export function statesOf(planned: readonly Planned[], mu: number, noise: () => number): Float32Array[] {
  if (!(mu >= 0 && mu < 1)) throw new UserError(`mu is ${mu}`, "give 0 or more, and less than 1");
  let state = new Float32Array(planned.length * count);
  return planned[0].sequence.map((_, step) => {
    const targets = targetsAt(planned, step);
    state = state.map((value, i) => mu * value + targets[i] + noise());
    return state;
  });
}

const targetsAt = (planned: readonly Planned[], step: number): Float32Array =>
  oneHot(
    planned.map(({ sequence }) => sequence[step]),
    count,
  );

/** Each plan is one-hot. */
export const planned: readonly Planned[] = makePlans();
checkPlans(planned);
const rowsOf = (size: number): Planned[] => Array.from({ length: size }, (_, row) => planned[row % plans]);

function batch(size: number): Batch {
  const rows = rowsOf(size);
  const frame = Float32Array.from(rows.flatMap(({ plan }) => plan));
  return {
    frames: Array.from({ length: length + 1 }, () => frame),
    loss(network, results) {
      const each = new Float32Array(size).fill(1 / (size * results.length));
      let [loss, correct] = [0, 0];
      results.forEach((result, step) => {
        loss += probabilityLoss(network, result, targetsAt(rows, step), each);
        const values = network.read(result);
        for (const [row, { sequence }] of rows.entries())
          if (greatest(values, row * count, count) === sequence[step]) correct++;
      });
      return { loss, correct, examples: size * results.length };
    },
  };
}

const frames = planned.map(({ plan }) => Float32Array.from(new Array(length + 1).fill(plan).flat()));

// There is nothing but these plans: what is trained, chosen by and tested is whether the sequences come without help.
async function evaluate(runner: Runner) {
  const found = await runner.run(frames);
  const right = planned.map(({ sequence }, i) =>
    sequence.filter((symbol, t) => greatest(found[i], t * count, count) === symbol),
  );
  const whole = right.filter(({ length: symbols }) => symbols === length + 1);
  return {
    sequences: (100 * whole.length) / plans,
    symbols: (100 * right.flat().length) / (plans * (length + 1)),
  };
}

const data: TaskData = {
  name: "plans",
  hash: createHash("sha256").update(JSON.stringify(planned)).digest("hex"),
  batch,
  calibration: () => frames,
  evaluate,
};

const recipe = (mu: number): Recipe => ({
  blueprint: { inputs: plans, layers: [{ cell: "jordan", units: count, sizes: { hidden: 16 } }] },
  batch: plans,
  steps: 3000,
  validateEvery: 300,
  schedule: { kind: "cosine", rate: 1e-2, floor: 1e-3 },
  clipNorm: 1,
  // No gradient reaches it while states are forced: it stays.
  initialize(_, parameter, values) {
    if (parameter === "mu") values.fill(mu);
  },
  prepare(network, _, random) {
    forceState(
      network.layers[0],
      statesOf(rowsOf(network.batch), mu, () => 0.05 * random.normal()),
    );
  },
});

export const task: Task = {
  summary: "produce eight sequences of symbols, each from its plan, without help",
  source: "M. I. Jordan, Serial order: a parallel distributed processing approach, ICS report 8604, UC San Diego, 1986",
  inputs: plans,
  outputs: count,
  labels: symbols,
  metrics: {
    sequences: { unit: "%", better: "higher", threshold: 100 },
    symbols: { unit: "%", better: "higher", threshold: 100 },
  },
  budgetSeconds: 60,
  recipes: {
    jordan: recipe(0.7),
    // Plan and last result alone.
    forgetful: recipe(0),
  },
  open: async () => data,
};
