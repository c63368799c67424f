// Every float op's gradient against finite differences, over a batch and lengths that fill no tile; what has no gradient, and the edges
// of what has one, against values worked out by hand.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, padStride } from "../../host/autodiff/memory.ts";
import { floatOp, missingOps, type Operand } from "../../host/autodiff/op.ts";
import { stride } from "../../host/autodiff/ops/sweep.ts";
import { type Bias, type Matrix, type Node, Tape } from "../../host/autodiff/tape.ts";
import { Random } from "../../host/data/random.ts";
import { type Op, type OpName, ops } from "../../host/spec/ops.ts";
import { UserError } from "../../host/spec/user-error.ts";

const batch = 3;
const garbage = 0.3;
const rows = 13;
const columns = 10;

/** A value for element `i` of one of the batch's sequences. */
type Values = (random: Random, i: number, sequence: number) => number;
const within =
  (low: number, high: number): Values =>
  (random) =>
    random.uniform(low, high);
const anything = within(-1.5, 1.5);
// Of a scalar that counts from 0 on: the last sequence has it below, where it takes no gradient.
const clamped =
  (low: number, high: number): Values =>
  (random, _, sequence) =>
    sequence === batch - 1 ? -0.5 : random.uniform(low, high);
const strengths: Values = (random) => 0.3 + random.uniform(-0.01, 0.01);

// The column of a pair: that behind its row, its row, the one after.
const columnAt = (i: number): number => ((Math.floor(i / 6) + [1, 0, 2][Math.floor(i / 2) % 3]) % 3) / 32768;

// Lengths that fit, and values with no kink within a step, by op. What is not here takes `anything` of the default lengths.
type Particular = {
  lengths?: number[];
  values?: Values[];
  /** Elements of the first argument that have no gradient: whole numbers, and what lies at an edge. */
  held?: (i: number) => boolean;
};
const particular: Partial<Record<OpName, Particular>> = {
  // Beyond its threshold change is smooth; what it gives back through it is no derivative, and tested with the cell.
  change: { values: [anything, anything, within(-1.5, -0.1)] },
  rowsDot: { lengths: [30, 5] },
  weightedRows: { lengths: [30, 6] },
  outer: { lengths: [30, 6, 5] },
  erase: { lengths: [30, 6, 5] },
  // Two weights that together are above 1, so that one link each way is cut.
  link: {
    lengths: [25, 5, 5],
    values: [anything, (random, i) => (i % 3 === 1 ? 0.7 : 0.1) + random.uniform(-0.05, 0.05), anything],
  },
  // Three pairs a row of three rows: one stays, one is empty, one has the row's own column.
  sparseLink: {
    lengths: [18, 3, 3],
    values: [
      (random, i) => (i % 2 === 1 ? columnAt(i) : i % 6 === 2 ? 0 : random.uniform(0.3, 0.6)),
      within(0.05, 0.3),
      within(0.3, 1),
    ],
    held: (i) => i % 2 === 1 || i % 6 === 2,
  },
  ...Object.fromEntries(
    ["sparseRowsDot", "sparseWeightedRows"].map((name) => [
      name,
      {
        lengths: [18, 3],
        values: [(random: Random, i: number) => (i % 2 === 1 ? columnAt(i) : random.uniform(-1, 1)), anything],
        held: (i: number) => i % 2 === 1,
      },
    ]),
  ),
  cosine: { lengths: [30, 5], values: [within(0.3, 1.5), anything] },
  softmax: { lengths: [13, 2], values: [anything, clamped(0.5, 2)] },
  shift: { lengths: [13, 5] },
  power: {
    lengths: [13, 2],
    values: [(random, i) => (i === 4 ? -0.5 : random.uniform(0.3, 1.5)), clamped(0.6, 2)],
  },
  spread: { lengths: [2, 13] },
  slice: { lengths: [15, 13, 1], values: [anything, anything, () => 2] },
  place: { lengths: [13, 5, 1], values: [anything, anything, () => 3] },
  // All far enough from each other to keep their order; two beyond the bounds.
  allocation: {
    values: [
      (random, i, sequence) => {
        const place = (i * 5 + sequence) % 13;
        return place === 0 ? -0.5 : place === 12 ? 1.5 : (place + 0.5) / 13 + random.uniform(-0.01, 0.01);
      },
    ],
  },
  // Two go and a third is halved.
  pop: { lengths: [8, 2], values: [strengths, clamped(0.73, 0.77)] },
  // Three are whole and a fourth is in part.
  top: { values: [strengths] },
  // The same symbol twice.
  embed: { lengths: [rows, 2], values: [anything, (_, i, sequence) => (i > 0 ? 99 : sequence === 1 ? 12 : 4)] },
};

// No gradient passes them; their values are tested.
const withoutGradient: readonly OpName[] = ["fires", "free", "signs", "sweep", "random", "logit", "thin"];

type Trial = {
  tape: Tape;
  operands: Operand[];
  /** Flat values of each operand, and a function that puts them to work. */
  values: Float32Array[];
  write(): void;
  gradients(): Float32Array[];
};

// Operands of an op with random values: vectors after a matrix have its columns, all else has its rows, but for what `particular` says.
function trial(op: Op, seed: number, { lengths, values: given }: (typeof particular)[OpName] = {}): Trial {
  const random = new Random(seed, "operands");
  const memory = new Memory();
  const tape = new Tape(memory, batch, 64);
  const made = op.arguments.map(([, takes], i) => {
    const after = takes === "vector" && op.arguments[i - 1]?.[1] === "matrix";
    if (takes === "matrix") {
      const [source, gradient] = [memory.keep(rows * columns), memory.keep(rows * columns)];
      const byRows = memory.keep(padStride(rows) * columns);
      const byColumns = memory.keep(rows * padStride(columns));
      return { operand: { rows, columns, gradient, byRows, byColumns } as Matrix, source, count: rows * columns };
    }
    if (takes === "bias") {
      const [padded, gradient] = [memory.keep(padStride(rows)), memory.keep(padStride(rows))];
      return { operand: { length: rows, padded, gradient } as Bias, source: padded, count: rows };
    }
    return { operand: undefined, source: 0, count: batch * (lengths?.[i] ?? (after ? columns : rows)) };
  });
  const values = made.map(({ operand, count }, i) => {
    const [value, length] = [given?.[i] ?? anything, operand ? count : count / batch];
    return Float32Array.from({ length: count }, (_, k) => value(random, k % length, Math.floor(k / length)));
  });
  tape.recording = true;
  const operands = made.map(({ operand, count }) => operand ?? tape.node(count / batch, true));
  const write = () =>
    operands.forEach((operand, i) => {
      if ("value" in operand) {
        const all = memory.floats(operand.value, tape.count(operand)).fill(garbage); // padding must not matter
        for (let b = 0; b < batch; b++) {
          all.set(values[i].subarray(b * operand.length, (b + 1) * operand.length), b * operand.stride);
        }
        return;
      }
      memory.floats(made[i].source, values[i].length).set(values[i]);
      if (!("byRows" in operand)) return;
      tape.kernels.packRows(made[i].source, rows, columns, operand.byRows);
      tape.kernels.packColumns(made[i].source, rows, columns, operand.byColumns);
    });
  const gradients = () =>
    operands.map((operand, i) => {
      if (!("value" in operand)) return memory.floats(operand.gradient, values[i].length).slice();
      const out = new Float32Array(values[i].length);
      if (operand.gradient === 0) return out; // nothing has come
      const all = memory.floats(operand.gradient, tape.count(operand));
      for (let b = 0; b < batch; b++) {
        out.set(all.subarray(b * operand.stride, b * operand.stride + operand.length), b * operand.length);
      }
      return out;
    });
  return { tape, operands, values, write, gradients };
}

// Σ weight · result over what is no padding; with `back` the gradient of it is carried back.
function total(
  { tape, operands, write }: Trial,
  run: (tape: Tape, ...operands: Operand[]) => Node,
  weights: Float32Array,
  back: boolean,
): number {
  write();
  const y = run(tape, ...operands);
  const values = tape.memory.floats(y.value, tape.count(y));
  let sum = 0;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < y.length; i++) sum += weights[b * y.length + i] * values[b * y.stride + i];
  }
  if (!back) return sum;
  const at = tape.zeroedGradient(y);
  const gradient = tape.memory.floats(at, tape.count(y));
  for (let b = 0; b < batch; b++) {
    gradient.set(weights.subarray(b * y.length, (b + 1) * y.length), b * y.stride);
  }
  tape.backward();
  return sum;
}

function checkGradients(op: Op, run: (tape: Tape, ...operands: Operand[]) => Node, name: string): void {
  const special = particular[name as OpName];
  const seed = 5;
  const weights = Float32Array.from(
    { length: batch * 64 },
    (
      (r) => () =>
        r.uniform(-1, 1)
    )(new Random(seed, "weights")),
  );
  const exact = trial(op, seed, special);
  // Leaves without an entry of their own keep their gradients after the backward pass.
  total(exact, run, weights, true);
  const gradients = exact.gradients();
  const probe = trial(op, seed, special);
  const step = 0.01;
  probe.values.forEach((values, i) => {
    for (let k = 0; k < values.length; k++) {
      const at = values[k];
      if (i === 0 && special?.held?.(k % special.lengths![0])) continue;
      values[k] = at + step;
      const above = total(probe, run, weights, false);
      values[k] = at - step;
      const below = total(probe, run, weights, false);
      values[k] = at;
      const difference = (above - below) / (2 * step);
      assert.ok(
        Math.abs(difference - gradients[i][k]) < 1e-3 * (1 + Math.abs(difference)),
        `${name}, seed ${seed}, argument ${i}, element ${k}: ${gradients[i][k]} against ${difference}`,
      );
    }
  });
}

test("every op of the table has a float body", () => {
  assert.equal(missingOps(), []);
});

for (const name of Object.keys(ops) as OpName[]) {
  const op: Op = ops[name];
  if (op.result === "condition" || name === "set" || withoutGradient.includes(name)) continue;
  test(`the gradient of ${name} equals finite differences`, () => {
    checkGradients(op, (tape, ...operands) => floatOp(name)(tape, ...operands) as Node, name);
  });
}

test("gradients add up where a value is used more than once", () => {
  const call = (name: OpName, tape: Tape, ...operands: Operand[]) => floatOp(name)(tape, ...operands) as Node;
  const run = (tape: Tape, a: Operand, b: Operand, c: Operand): Node => {
    const product = call("multiply", tape, a, a);
    const sum = call("add", tape, product, product);
    const mixed = call("blend", tape, call("sigmoid", tape, a), sum, call("tanh", tape, sum));
    const chained = call("multiplyAdd", tape, mixed, b, mixed);
    return call("add", tape, call("multiplyAdd", tape, c, chained, c), call("blend", tape, a, chained, chained));
  };
  checkGradients(ops.multiplyAdd, run as (tape: Tape, ...operands: Operand[]) => Node, "the expression");
});

// Runs an op on vectors, one sequence each, beside padding and in memory of NaN: the result, which must have none, and gradients for `dy`.
function once(name: OpName, vectors: readonly (readonly number[])[], dy: readonly number[] = []) {
  const memory = new Memory();
  const tape = new Tape(memory, 1, 64);
  memory.floats(memory.temporary(10000), 10000).fill(Number.NaN); // what a pass before may leave
  tape.clear();
  tape.recording = true;
  const nodes = vectors.map((values) => {
    const node = tape.node(values.length, true);
    tape.memory.floats(node.value, tape.count(node)).fill(Number.NaN).set(values);
    return node;
  });
  const y = floatOp(name)(tape, ...nodes) as Node;
  const all = tape.memory.floats(y.value, tape.count(y));
  assert.ok(
    all.subarray(y.length).every((value) => value === 0),
    `${name}: padding is not 0`,
  );
  const values = [...all.subarray(0, y.length)];
  if (dy.length === 0) return { values, gradients: [] };
  assert.ok(y.wants);
  const at = tape.zeroedGradient(y);
  tape.memory.floats(at, y.length).set(dy);
  tape.backward();
  const gradients = nodes.map((node) => {
    if (node.gradient === 0) return new Array<number>(node.length).fill(0);
    const found = tape.memory.floats(node.gradient, tape.count(node));
    assert.ok(
      found.subarray(node.length).every((value) => value === 0),
      `${name}: a gradient of padding is not 0`,
    );
    return [...found.subarray(0, node.length)];
  });
  return { values, gradients };
}

const near = (found: readonly number[], expected: readonly number[], what: string): void => {
  const equals = (value: number, i: number) => Math.abs(value - expected[i]) <= 1e-6 * (1 + Math.abs(expected[i]));
  const same = found.length === expected.length && found.every(equals);
  assert.ok(same, `${what}: ${found} is not ${expected}`);
};

// biome-ignore format: one case a line
const worked: [name: OpName, what: string, operands: number[][], expected: number[]][] = [
  ["rowsDot", "two rows of three", [[1, 2, 3, 4, 5, 6], [1, 0, -1]], [-2, -2]],
  ["weightedRows", "two rows of three", [[1, 2, 3, 4, 5, 6], [1, -1]], [-3, -3, -3]],
  ["outer", "two rows of three", [[1, 1, 1, 1, 1, 1], [1, 2], [3, 4, 5]], [4, 5, 6, 7, 9, 11]],
  ["erase", "two rows of three", [[1, 2, 3, 4, 5, 6], [1, 0.5], [1, 0, 0.5]], [0, 2, 1.5, 2, 5, 4.5]],
  ["link", "a pair beyond 1, and the diagonal", [[9, 1, 1, 1, 9, 1, 1, 1, 9], [0.75, 0.5, 0], [0, 0.5, 1]], [0, 0.375, 1, 0, 0, 1, 0.25, 0.5, 0]],
  // Two pairs a row. Of the second row 0.25 stays, 1 falls to a half and is still more; of the third both are more than the new 0.125.
  ["sparseLink", "an empty row, one that loses its least, one that stays", [[0, 0, 0, 0, 1, 0, 0.125, 2 / 32768, 0.5, 0, 0.75, 1 / 32768], [0.5, 0.5, 0], [0.5, 0.25, 1]], [0.125, 1 / 32768, 0.5, 2 / 32768, 0.25, 0, 0.5625, 2 / 32768, 0.25, 0, 0.375, 1 / 32768]],
  ["sparseRowsDot", "two pairs a row", [[0.5, 0, 0.25, 1 / 32768, 1, 1 / 32768, 0, 0], [1, 2]], [1, 2]],
  ["sparseWeightedRows", "two pairs a row", [[0.5, 0, 0.25, 1 / 32768, 1, 1 / 32768, 0, 0], [1, 2]], [0.5, 2.25]],
  ["thin", "all and none", [[9, 9, 9], [1, 2, 3], [0.5], [1]], [0, 0, 0]],
  ["cosine", "a row of zeros", [[0, 0, 3, 4], [3, 4]], [0, 25 / (5 + 2 ** -10) ** 2]],
  ["cosine", "a key of zeros", [[1, 2, 3, 4], [0, 0]], [0, 0]],
  ["softmax", "β below 0", [[1, 5], [-2]], [0.5, 0.5]],
  ["softmax", "what would overflow", [[1000, -1000], [9]], [1, 0]],
  ["shift", "s0 alone: each takes its successor", [[1, 2, 3, 4], [1, 0, 0]], [2, 3, 4, 1]],
  ["shift", "the last of s alone: each takes its predecessor", [[1, 2, 3, 4], [0, 0, 1]], [4, 1, 2, 3]],
  ["shift", "as long as w", [[1, 2, 3], [1, 10, 100]], [312, 123, 231]],
  ["power", "zeros and what is below", [[0, 3, 1, -2], [2]], [0, 0.9, 0.1, 0]],
  ["power", "γ below 0", [[0, 3, 1, -2], [-1]], [0, 0.5, 0.5, 0]],
  ["power", "nothing above 0", [[0, -1, 0], [2]], [0, 0, 0]],
  ["power", "what would underflow", [[1e-30, 1e-30], [5]], [0.5, 0.5]],
  ["softplus", "far out", [[-200, 0, 200]], [0, Math.log(2), 200]],
  ["spread", "the first alone", [[7, 8], [1, 2, 3]], [7, 7, 7]],
  ["slice", "from the second on", [[1, 2, 3, 4], [0, 0], [1]], [2, 3]],
  ["place", "to the end", [[1, 2, 3, 4], [8, 9], [2]], [1, 2, 8, 9]],
  ["allocation", "ties", [[0.5, 0.25, 0.5, 0.25]], [0.03125, 0.75, 0.015625, 0.1875]],
  ["allocation", "nothing used: the first takes all", [[0, 0, 0]], [1, 0, 0]],
  ["allocation", "beyond the bounds", [[2, 0.5, -1]], [0, 0, 1]],
  ["allocation", "everything used", [[1, 1, 1]], [0, 0, 0]],
  ["pop", "one whole and one in part", [[0.5, 0.75, 0.5], [0.75]], [0.5, 0.5, 0]],
  ["pop", "less than 2^−8 left where something is taken", [[2 ** -9, 0.5, 0], [0.5 - 2 ** -9]], [2 ** -9, 0, 0]],
  ["pop", "2^−8 left", [[1, 0.5], [0.5 - 2 ** -8]], [1, 2 ** -8]],
  ["pop", "exactly one", [[2 ** -9, 0.5], [0.5]], [2 ** -9, 0]],
  ["pop", "nothing, and below it", [[2 ** -9, 0.5], [-1]], [2 ** -9, 0.5]],
  ["pop", "more than there is", [[0.5, 0.5], [3]], [0, 0]],
  ["free", "behind the last, not in a gap", [[1, 0, 0.5, 0, 0]], [0, 0, 0, 1, 0]],
  ["free", "an empty stack", [[0, 0]], [1, 0]],
  ["top", "two whole and one in part", [[1, 0.5, 0.25, 0.5, 0]], [0, 0.25, 0.25, 0.5, 0]],
  ["signs", "of h, or of s where h is 0", [[2, -2, 0, 0, 0], [-1, 1, -1, 1, 0]], [1, -1, -1, 1, 1]],
  // The order is 0, 1, 2 (3 elements, steps of 1): the second sees the first as it has become, and the third stays at a sum of 0. What
  // stands on the diagonal does not count.
  ["sweep", "values that count at once", [[1, 1, -1], [9, 0, 1, 1, 9, 0, 1, -1, 9], [0, 0, 0]], [-1, -1, -1]],
  ["sweep", "thresholds", [[1, 1], [0, 1, 1, 0], [2, -3]], [-1, 1]],
  // 8 elements, steps of 5, 0 5 2 7 4 1 6 3: each of these takes the value of the one before it, which is that of 0, which stays.
  ["sweep", "the order", [[1, -1, -1, -1, -1, -1, -1, -1], copies([0, 5, 2, 7, 4, 1, 6, 3]), [0, 0, 0, 0, 0, 0, 0, 0]], [1, 1, 1, 1, 1, 1, 1, 1]],
  // xorshift32 from 1, 270369; from 0 as if from 2654435769 (i + 1).
  ["random", "1", [[2 ** -24]], [270369 / 2 ** 24]],
  ["logit", "the middle and the ends", [[0, -(2 ** -24), -128]], [Math.log(0.5 / (2 ** 15 - 0.5)) / 2, Math.log((2 ** 15 - 0.5) / 0.5) / 2, Math.log((2 ** 14 + 0.5) / (2 ** 14 - 0.5)) / 2]],
];

// The weights with which each of `order` copies the one before it.
function copies(order: readonly number[]): number[] {
  const weights = new Array<number>(order.length ** 2).fill(0);
  for (let n = 1; n < order.length; n++) weights[order[n] * order.length + order[n - 1]] = 1;
  return weights;
}

for (const [name, what, operands, expected] of worked)
  test(`${name}: ${what}`, () => near(once(name, operands).values, expected, name));

test("random goes through xorshift32 from 0, as far as floats keep it", () => {
  // In 64-bit whole numbers, another way than the op's.
  const next = (x: bigint): bigint => {
    x ^= (x << 13n) & 0xffffffffn;
    x ^= x >> 17n;
    return x ^ ((x << 5n) & 0xffffffffn);
  };
  const found = once("random", [[0, 0, 0]]).values;
  found.forEach((value, i) => {
    const number = next((2654435769n * BigInt(i + 1)) & 0xffffffffn);
    assert.is(value, Math.fround(Number(BigInt.asIntN(32, number)) / 2 ** 24));
  });
});

test("sweep visits every element once, whatever their number", () => {
  for (let n = 1; n < 100; n++) {
    const seen = new Set(Array.from({ length: n }, (_, visit) => (visit * stride(n)) % n));
    assert.is(seen.size, n);
  }
  assert.equal([1, 2, 3, 8, 10, 16, 25].map(stride), [1, 1, 1, 5, 3, 9, 14]);
});

test("ops without gradient record none", () => {
  const tape = new Tape(new Memory(), 1, 8);
  tape.recording = true;
  const s = tape.node(1, true);
  for (const name of withoutGradient) {
    tape.memory.floats(s.value, tape.count(s)).fill(0);
    assert.not((floatOp(name)(tape, s, s, s, s) as Node).wants, name);
  }
});

test("gradients at the edges", () => {
  const check = (name: OpName, operands: number[][], dy: number[], ...expected: number[][]): void => {
    const { gradients } = once(name, operands, dy);
    for (const [i, found] of gradients.entries()) near(found, expected[i], `${name}, argument ${i}`);
  };
  const epsilon = 2 ** -10;
  const scale = 1 / (epsilon * (5 + epsilon));
  check(
    "cosine",
    [
      [0, 0],
      [3, 4],
    ],
    [1],
    [3 * scale, 4 * scale],
    [0, 0],
  );
  check(
    "cosine",
    [
      [0, 0],
      [0, 0],
    ],
    [1],
    [0, 0],
    [0, 0],
  );
  // a = (1 − u0, (1 − u1) u0 u2, (1 − u2) u0) at u0 = 0: no factor divides.
  check("allocation", [[0, 0.5, 0.25]], [1, 2, 3], [-1 + 2 * 0.5 * 0.25 + 3 * 0.75, 0, 0]);
  check("allocation", [[-1, 2, 0]], [1, 2, 3], [0, 0, 0]);
  check("power", [[0, -1, 0], [2]], [1, 2, 3], [0, 0, 0], [0]);
  check("power", [[0, 1, 1], [0]], [5, 1, 2], [0, 0, 0], [0]);
  check("softplus", [[-200, 200]], [1, 1], [0, 1]);
  // What is dropped is a constant.
  check("pop", [[1, 0.5], [0.5 - 2 ** -9]], [1, 2], [1, 0], [0]);
  check("pop", [[1, 0.5, 0.25], [0.5]], [1, 2, 4], [1, 2, 2], [-2]);
  check("pop", [[1, 0.5], [-1]], [1, 2], [1, 2], [0]);
  // A push of 1 keeps its gradient, and what is below it has none.
  check("top", [[0.5, 1, 0]], [1, 2, 4], [0, 2, 4]);
  check("top", [[1, 1, 0.25]], [1, 2, 4], [0, 0, 4 - 2]);
});

test("one node in two places takes both gradients", () => {
  const tape = new Tape(new Memory(), 1, 8);
  tape.recording = true;
  const v = tape.node(3, true);
  tape.memory.floats(v.value, 3).set([1, 2, 3]);
  const y = floatOp("rowsDot")(tape, v, v) as Node;
  tape.memory.floats(tape.zeroedGradient(y), 1)[0] = 1;
  tape.backward();
  assert.equal([...tape.memory.floats(v.gradient, 3)], [2, 4, 6]);
});

test("a full stack is refused", () => {
  try {
    once("free", [[0, 1]]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as UserError).message, "the model's stack is full (2 entries)");
  }
});

test("embed refuses a symbol that has no row", () => {
  for (const symbol of [-1, rows, Number.NaN]) {
    const { tape, operands, values, write } = trial(ops.embed, 1, particular.embed);
    values[1][2] = symbol;
    write();
    assert.throws(
      () => floatOp("embed")(tape, ...operands),
      (error: unknown) => error instanceof UserError && error.message === `symbol ${symbol} of ${rows}`,
    );
  }
});

test.run();
