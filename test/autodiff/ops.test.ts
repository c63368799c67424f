// Every float op's gradient against finite differences, over a batch and lengths that fill no tile.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, padStride } from "../../host/autodiff/memory.ts";
import { floatOp, missingOps, type Operand } from "../../host/autodiff/op.ts";
import { type Bias, type Matrix, type Node, Tape } from "../../host/autodiff/tape.ts";
import { Random } from "../../host/data/random.ts";
import { type Op, type OpName, ops } from "../../host/spec/ops.ts";

const batch = 3;
const rows = 13;
const columns = 10;

type Trial = {
  tape: Tape;
  operands: Operand[];
  /** Flat values of each operand, and a function that puts them to work. */
  values: Float32Array[];
  write(): void;
  gradients(): Float32Array[];
};

// Operands of an op with random values: vectors after a matrix have its columns, all else has its rows.
function trial(op: Op, seed: number): Trial {
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
    return { operand: undefined, source: 0, count: batch * (after ? columns : rows) };
  });
  // Beyond its threshold change is smooth; what it gives back through it is no derivative, and tested with the cell.
  const most = (i: number) => (op === ops.change && i === 2 ? -0.1 : 1.5);
  const values = made.map(({ count }, i) => Float32Array.from({ length: count }, () => random.uniform(-1.5, most(i))));
  tape.recording = true;
  const operands = made.map(({ operand, count }) => operand ?? tape.node(count / batch, true));
  const write = () =>
    operands.forEach((operand, i) => {
      if ("value" in operand) {
        const all = memory.floats(operand.value, tape.count(operand)).fill(0.3); // padding must not matter
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
  const seed = 5;
  const weights = Float32Array.from(
    { length: batch * rows },
    (
      (r) => () =>
        r.uniform(-1, 1)
    )(new Random(seed, "weights")),
  );
  const exact = trial(op, seed);
  // Leaves without an entry of their own keep their gradients after the backward pass.
  total(exact, run, weights, true);
  const gradients = exact.gradients();
  const probe = trial(op, seed);
  const step = 0.01;
  probe.values.forEach((values, i) => {
    for (let k = 0; k < values.length; k++) {
      const at = values[k];
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
  if (op.result === "condition" || name === "set" || name === "fires") continue;
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

test.run();
