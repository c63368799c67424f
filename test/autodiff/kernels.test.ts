// The kernels of assembly/float against plain arithmetic in double precision.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, padStride } from "../../host/autodiff/memory.ts";
import { Random } from "../../host/data/random.ts";

test("products of all small sizes are right, and leave what is beside them", () => {
  const memory = new Memory();
  const { kernels } = memory;
  const random = new Random(3);
  const place = (values: ArrayLike<number>) => {
    const at = memory.temporary(values.length + 8);
    memory.floats(at, values.length + 8).fill(7);
    memory.floats(at, values.length).set(Array.from(values));
    return at;
  };
  for (const rows of [1, 4, 7, 8, 9, 17]) {
    for (const columns of [1, 3, 8, 11]) {
      const batch = 8;
      const [xStride, yStride] = [padStride(columns), padStride(rows)];
      const w = Float32Array.from({ length: rows * columns }, () => random.uniform(-1, 1));
      const x = Float32Array.from({ length: batch * xStride }, () => random.uniform(-1, 1));
      const dy = Float32Array.from({ length: batch * yStride }, () => random.uniform(-1, 1));
      const [atW, atX, atDy] = [w, x, dy].map(place);
      const panels = memory.temporary(yStride * columns);
      const y = memory.temporary(batch * yStride);
      kernels.packRows(atW, rows, columns, panels);
      const zeros = memory.temporary(yStride);
      kernels.clear(zeros, yStride * 4);
      kernels.product(y, yStride / 8, batch, zeros, 0, atX, xStride, columns, panels, 0, 0, 0, 0);
      const gradient = place(new Float32Array(rows * columns));
      kernels.transposedProduct(gradient, rows, columns, batch, atDy, yStride, atX, xStride);
      for (let r = 0; r < rows; r++) {
        for (let b = 0; b < batch; b++) {
          let sum = 0;
          for (let c = 0; c < columns; c++) sum += w[r * columns + c] * x[b * xStride + c];
          const found = memory.floats(y, batch * yStride)[b * yStride + r];
          assert.ok(Math.abs(found - sum) < 1e-5, `${rows} × ${columns}: ${found} against ${sum}`);
        }
        for (let c = 0; c < columns; c++) {
          let sum = 0;
          for (let b = 0; b < batch; b++) sum += dy[b * yStride + r] * x[b * xStride + c];
          const found = memory.floats(gradient, rows * columns)[r * columns + c];
          assert.ok(Math.abs(found - sum) < 1e-5, `gradient of ${rows} × ${columns}: ${found} against ${sum}`);
        }
      }
      const beside = memory.floats(gradient + rows * columns * 4, 8);
      assert.equal([...beside], new Array(8).fill(7), `${rows} × ${columns} writes beside its matrix`);
    }
  }
});

test("sigmoid and tanh are exact to the last bits of a float, and at the ends", () => {
  const memory = new Memory();
  const values = Float32Array.from({ length: 4000 }, (_, i) => (i - 2000) ** 3 / 1e8);
  values.set([0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-20, -1e-20, 1e30, -1e30]);
  const [from, to] = [memory.temporary(4000), memory.temporary(4000)];
  memory.floats(from, 4000).set(values);
  memory.kernels.sigmoid(to, from, 4000);
  memory.floats(to, 4000).forEach((y, i) => {
    assert.ok(Math.abs(y - 1 / (1 + Math.exp(-values[i]))) < 1.2e-7, `sigmoid(${values[i]}) = ${y}`);
  });
  memory.kernels.tanh(to, from, 4000);
  memory.floats(to, 4000).forEach((y, i) => {
    assert.ok(Math.abs(y - Math.tanh(values[i])) <= 4e-7 * Math.abs(values[i] && y), `tanh(${values[i]}) = ${y}`);
  });
});

test("what is no number stays none, so that divergence shows", () => {
  const memory = new Memory();
  const [from, to] = [memory.temporary(4), memory.temporary(4)];
  for (const kernel of ["sigmoid", "tanh"] as const) {
    memory.floats(from, 4).fill(Number.NaN);
    memory.kernels[kernel](to, from, 4);
    assert.ok(memory.floats(to, 4).every(Number.isNaN));
  }
  assert.ok(Number.isNaN(memory.kernels.greatest(from, 1, 3, 4)));
});

test.run();
