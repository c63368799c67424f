// The tables of sigmoid and tanh, over all 65,536 arguments of Q4.11.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lookup, sigmoidTable, tanhTable } from "../../host/spec/activations.ts";

const bounds = { sigmoid: 1.2, tanh: 2.4 }; // units of Q0.15; docs/arithmetic.md states them

for (const [name, table, exact, whole] of [
  ["sigmoid", sigmoidTable(), (x: number) => 1 / (1 + Math.exp(-x)), 32768],
  ["tanh", tanhTable(), Math.tanh, 0],
] as const) {
  test(`${name} is within ${bounds[name]} units everywhere, never decreases by more than its error, and is symmetric`, () => {
    let worst = 0;
    for (let a = -32768; a < 32768; a++) {
      const positive = lookup(table, Math.min(32767, Math.abs(a)));
      const result = a < 0 ? whole - positive : positive;
      assert.ok(result >= -32767 && result <= 32767);
      worst = Math.max(worst, Math.abs(result - exact(a / 2048) * 32768));
    }
    assert.ok(worst <= bounds[name], `${worst}`);
    assert.ok(worst > bounds[name] - 0.2, `the stated bound of ${bounds[name]} is too wide: ${worst}`);
  });
}

test.run();
