// Ops of memories on random and extreme integers: V8 and C are the same, what is exact by definition is exact, what approximates stays
// within the error that host/spec/ops.ts states, and comes close to it.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { OpName } from "../../host/spec/ops.ts";
import { canBuild, Harness } from "../engine/harness.ts";
import { functionMakers } from "./function-cases.ts";
import { memoryMakers } from "./memory-cases.ts";
import { type Given, oneOpModel } from "./one-op-model.ts";
import { stepOfBoth } from "./twins.ts";

type Vector = Extract<Given, { kind: "vector" }>;
const cases = 150;
const vector = (values: ArrayLike<number>, format: number): Vector => ({
  kind: "vector",
  values: Int16Array.from(values),
  format,
});
const describe = (given: Given[], rows: number, format: number) =>
  `${given.map((each) => ("values" in each ? `${each.values.constructor.name} ${each.values.length} Q${"format" in each ? each.format : ""}` : each.kind)).join(", ")} to ${rows} Q${format}`;

if (canBuild()) {
  const harness = new Harness();
  const outputOf = async (op: OpName, given: Given[], rows: number, format: number): Promise<number[]> => {
    const step = await stepOfBoth(harness, oneOpModel(op, given, { rows, format }), describe(given, rows, format));
    assert.is(step.outcome, "ok", describe(given, rows, format));
    return step.output;
  };

  for (const [op, make] of Object.entries(memoryMakers) as [OpName, (typeof memoryMakers)[string]][]) {
    test(`${op} in V8 and in C is exactly what its definition says, in ${cases} cases`, async () => {
      for (let i = 0; i < cases; i++) {
        const { given, rows, format, kind, expected } = make();
        const what = `case ${i}: ${describe(given, rows, format)}`;
        const file = oneOpModel(op, given, { rows, format, ...(kind && { kind }) });
        const { outcome, output, states } = await stepOfBoth(harness, file, what);
        assert.is(outcome, "ok", what);
        // What is not int16 cannot be a result of a step: int8 was written into the first state, int32 is set into the last.
        const found =
          kind === "int8"
            ? [...new Int8Array(states.buffer, 0, rows)]
            : kind === "int32"
              ? [...new Int32Array(states.buffer, states.length - 8 * Math.ceil(rows / 2), rows)]
              : output;
        assert.is(found.join(), expected.join(), what);
      }
    });
  }

  for (const [op, make] of Object.entries(functionMakers) as [
    OpName,
    () => ReturnType<NonNullable<(typeof functionMakers)[OpName]>>,
  ][]) {
    test(`${op} is the same in V8 and in C, and within its error of float64, in ${cases} cases`, async () => {
      for (let i = 0; i < cases; i++) {
        const { given, rows, format, exact, error } = make();
        const found = await outputOf(op, given, rows, format);
        found.forEach((value, j) => {
          const far = Math.abs(value - exact[j]);
          assert.ok(far <= error[j] + 1e-6, `case ${i}: ${describe(given, rows, format)}: ${value}, not ${exact[j]}`);
        });
      }
    });
  }

  test("softplus of every argument is within its error, which is not too wide", async () => {
    let worst = 0;
    for (const [from, to] of [
      [11, 13],
      [21, 15],
    ]) {
      const a = Int16Array.from({ length: 32767 }, (_, i) => 2 * i - 32767);
      const found = await outputOf("softplus", [vector(a, from)], a.length, to);
      found.forEach((value, i) => {
        const exact = Math.log1p(Math.exp(a[i] * 2 ** -from)) * 2 ** to;
        if (exact < 32767) worst = Math.max(worst, (Math.abs(value - exact) - 0.5) * 2 ** -to);
      });
    }
    assert.ok(worst <= 2.7e-4 && worst > 2.4e-4, `${worst}`);
  });

  test("logit of every argument is within its error, which is not too wide", async () => {
    const values = Int32Array.from({ length: 32768 }, (_, i) => (i << 17) + ((i * 7919) % 2 ** 17));
    let worst = 0;
    for (let at = 0; at < values.length; at += 8192) {
      const part = values.subarray(at, at + 8192);
      const found = await outputOf("logit", [{ kind: "vector", values: part, format: 24 }], part.length, 11);
      found.forEach((value, i) => {
        const u = (at + i + 0.5) / 2 ** 15;
        worst = Math.max(worst, Math.abs(value - 2 ** 10 * Math.log(u / (1 - u))));
      });
    }
    assert.ok(worst <= 0.82 && worst > 0.8, `${worst}`);
  });

  test("softmax and power of many shares of half a unit are half a unit each away, and no more", async () => {
    const rows = 1001;
    // 2^−15.97 is half a unit of Q0.15 and a bit, which rounds to one.
    const a = vector([0, ...Array(rows - 1).fill(-Math.floor(15.97 * Math.LN2 * 2048))], 11);
    const w = vector([32767, ...Array(rows - 1).fill(2)], 15); // 2^−14 by 1.14
    for (const [op, given, share] of [
      ["softmax", [a, vector([1], 0)], Math.exp(a.values[1] / 2048)],
      ["power", [w, vector([Math.round(1.14 * 4096)], 12)], (2 / 32767) ** 1.14],
    ] as const) {
      const found = await outputOf(op, [...given], rows, 15);
      const far = Math.abs(found[0] - 32768 / (1 + (rows - 1) * share));
      assert.ok(far > 0.45 * rows && far <= 2 + 0.5 * rows, `${op}: ${far}`);
    }
  });

  test("what is far below the greatest has no share at all: a thousand such take nothing from it", async () => {
    const rows = 1000;
    const a = vector([100, ...Array(rows - 1).fill(0)], 0);
    assert.equal(await outputOf("softmax", [a, vector([1], 0)], rows, 15), [32767, ...Array(rows - 1).fill(0)]);
    const w = vector([32767, ...Array(rows - 1).fill(327)], 15);
    assert.equal(await outputOf("power", [w, vector([10], 0)], rows, 15), [32767, ...Array(rows - 1).fill(0)]);
  });

  test("shares of softmax and power add up to 32,767 within half a unit each and one", async () => {
    for (const op of ["softmax", "power"] as const)
      for (let i = 0; i < cases; i++) {
        const { given, rows } = functionMakers[op]!();
        const found = await outputOf(op, given, rows, 15);
        const sum = found.reduce((all, value) => all + value, 0);
        if (op === "power" && given[0].kind === "vector" && given[0].values.every((value) => value <= 0))
          assert.is(sum, 0);
        else assert.ok(Math.abs(sum - 32767) <= 1 + rows / 2, `${op} of ${rows}: ${sum}`);
      }
    const many = vector(Array(2000).fill(5), 0);
    const shares = await outputOf("softmax", [many, vector([1], 0)], 2000, 15);
    assert.ok(shares.every((share) => share === 16)); // of 16.4
  });

  test("power is three units for each of γ away at most, and comes near that", async () => {
    const [rows, gamma] = [2, 64];
    let worst = 0;
    for (let w = 32000; w < 32767; w++) {
      const found = await outputOf("power", [vector([32767, w], 15), vector([gamma], 0)], rows, 15);
      worst = Math.max(worst, Math.abs(found[0] - 32768 / (1 + (w / 32767) ** gamma)));
    }
    assert.ok(worst <= 3 + 3 * gamma && worst > 1.2 * gamma, `${worst}`);
  });

  test("cosine of a row of zeros is 0, of a row that is the key 1, of one against it −1, in every format", async () => {
    for (let format = -8; format <= 24; format++) {
      const k = [9000, -7000, 20000];
      const M = vector([0, 0, 0, ...k, ...k.map((value) => -value)], format);
      const [zero, same, against] = await outputOf("cosine", [M, vector(k, 10)], 3, 15);
      assert.is(zero, 0);
      // ε is 2^−10, or a unit of the norm, which has 8 more fraction bits, where that is more.
      const norm = Math.hypot(...k) * 2 ** -format;
      const exact = 32768 * (norm / (norm + Math.max(2 ** -10, 2 ** (-8 - format)))) * 0.99996;
      assert.ok(Math.abs(same - exact) < 4, `${same}, not ${exact}, Q${format}`);
      assert.is(against, -same);
    }
    assert.equal(await outputOf("cosine", [vector([5, 5], 3), vector([0], 3)], 2, 15), [0, 0]);
  });

  test("cosine of small integers is as far away as the roots of their squares are, and no more", async () => {
    let [worst, beyond] = [0, -1];
    for (let a = 1; a < 60; a++)
      for (let b = 0; b < 20; b++) {
        const [found] = await outputOf("cosine", [vector([a, b], 2), vector([1, 1], 2)], 1, 15);
        const [row, key] = [Math.hypot(a, b), Math.SQRT2];
        const exact = (32768 * (a + b)) / ((row + 2 ** -8) * (key + 2 ** -8));
        const far = Math.abs(found - Math.min(32767, exact));
        worst = Math.max(worst, far);
        beyond = Math.max(beyond, far - 1.5 - 128 / row - 128 / key);
      }
    assert.ok(worst > 10 && beyond <= 0, `${worst}, ${beyond}`);
  });

  test("allocation is half a unit for each factor away, where a thousand factors all round one way", async () => {
    const rows = 1000;
    const found = await outputOf("allocation", [vector(Array(rows).fill(32767), 15)], rows, 15);
    const far = found.map((value, n) => Math.abs(value - (1 / 32768) * (32767 / 32768) ** n * 32768));
    assert.ok(far.every((each, n) => each <= 0.5 * (n + 1)));
    assert.is(found[0], 1);
    assert.equal(await outputOf("allocation", [vector([16384, 0, 16384, 8192], 15)], 4, 15), [0, 32767, 0, 0]);
    // Of equals the earlier is first.
    assert.equal(await outputOf("allocation", [vector([16384, 16384, 16384], 15)], 3, 15), [16384, 8192, 4096]);
  });

  test("a push onto a full stack stops the step, in C and, as a UserError, in V8", async () => {
    for (const values of [[7], [0, 0, -1], [1, 2, 3, 4]]) {
      const file = oneOpModel("free", [vector(values, 15)], { rows: values.length, format: 15 });
      assert.is((await stepOfBoth(harness, file, "full")).outcome, "trapFull");
    }
  });

  test("a symbol beyond its table, or below it, stops the step, in C and, as a UserError, in V8", async () => {
    const E: Given = { kind: "matrix", values: Int16Array.of(1, 2, 3, 4, 5, 6), columns: 2, format: 3 };
    for (const [x, format, outcome] of [
      [2, 0, "ok"],
      [3, 0, "trapSymbol"],
      [-1, 0, "trapSymbol"],
      [32767, -8, "trapSymbol"],
      [-32768, -8, "trapSymbol"],
      [19, 3, "ok"], // 2.375
      [20, 3, "trapSymbol"], // 2.5 rounds up
      [-4, 3, "ok"], // −0.5 too
      [-5, 3, "trapSymbol"],
      [32767, 24, "ok"],
    ] as const) {
      const file = oneOpModel("embed", [E, vector([x], format)], { rows: 2, format: 3 });
      assert.is((await stepOfBoth(harness, file, `${x}`)).outcome, outcome, `${x} in Q${format}`);
    }
  });

  test.after(() => harness.close());
}

test.run();
