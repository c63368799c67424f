// Matrices laid out in pairs: the same numbers at the places that docs/container.md names, under the same name.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageRoot } from "../../host/compile/assembly.ts";
import { arranged, arrangedFor } from "../../host/model/arrange.ts";
import { type Model, readModel } from "../../host/model/model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { kinds } from "../../host/spec/container.ts";
import { oneOpModel } from "../ops/one-op-model.ts";

const pairs = 1 << kinds.int8Pairs[0];
const files = ["keywords", "microbit"].map(
  (name) => new Uint8Array(readFileSync(join(packageRoot(), "models", `${name}.engram`))),
);

/** Weight (row, column) of a matrix in pairs, read back from its lane. */
function weightAt({ file }: Model, offset: number, columns: number, row: number, column: number): number {
  const blocks = Math.ceil(columns / 4);
  const block = (row >> 2) * blocks + (column >> 2);
  const lane = ((column & 2) << 1) + (row & 2) + (column & 1);
  const value = new DataView(file.buffer, file.byteOffset).getInt16(offset + 16 * block + 2 * lane, true);
  const low = (value << 24) >> 24;
  return row & 1 ? (value - low) >> 8 : low;
}

test("every weight, constant and initial state is where its record says", () => {
  for (const file of files) {
    const before = readModel(file, "the file");
    const after = readModel(arranged(before, "int8Pairs"), "the arranged file");
    assert.is(after.layout, "int8Pairs");
    assert.is(after.sha256, before.sha256);
    assert.is(after.header.ramBytes, before.header.ramBytes);
    assert.equal(after.meta, before.meta);
    before.layers.forEach(({ records }, l) => {
      records.forEach((old, h) => {
        const now = after.layers[l].records[h];
        assert.equal({ ...now, offset: 0, constants: 0, kind: 0 }, { ...old, offset: 0, constants: 0, kind: 0 });
        const bytes = old.op === "recurrent" ? 12 * old.rows : old.op === "affine" ? 8 * old.rows : 0;
        assert.equal(
          after.file.subarray(now.constants, now.constants + bytes),
          before.file.subarray(old.constants, old.constants + bytes),
        );
        if (old.role !== "matrix") return;
        for (let i = 0; i < old.rows * old.columns; i++) {
          const [row, column] = [Math.floor(i / old.columns), i % old.columns];
          const weight = (before.file[old.offset + i] << 24) >> 24;
          assert.is(weightAt(after, now.offset, old.columns, row, column), weight);
        }
      });
    });
  }
});

test("the file itself stays as it is, also as Node reads it, whose slices are views", () => {
  const path = join(packageRoot(), "models", "microbit.engram");
  const file = readFileSync(path);
  arrangedFor(file, pairs);
  assert.ok(file.equals(readFileSync(path)));
});

test("V8 does not take a file that was laid out for a board", () => {
  assert.throws(() => new IntegerModel(arrangedFor(files[0], pairs)), /laid out for a board/);
});

test("a model with a weight of −128, or with constants beyond their bounds, is refused", () => {
  const model = (weight: number, b: number, m: number) =>
    oneOpModel(
      "affine",
      [
        { kind: "matrix", values: Int8Array.of(1, 2, weight, 4), columns: 4 },
        { kind: "vector", values: new Int16Array(4), format: 0 },
        { kind: "bias" },
      ],
      { rows: 1, format: 0 },
      Int32Array.of(b, m),
    );
  readModel(model(-127, 65536, 2 ** 31 - 1), "the model");
  readModel(model(-127, -65536, 0), "the model");
  assert.throws(() => readModel(model(-128, 0, 1), "the model"), /weight of −128/);
  assert.throws(() => readModel(model(1, 65537, 1), "the model"), /constants/);
  assert.throws(() => readModel(model(1, 0, -1), "the model"), /constants/);
});

test("for a board without pairs, and of what is no model, the file stays as it is", () => {
  assert.is(arrangedFor(files[0], 1), files[0]);
  const broken = files[0].slice(0, 1000);
  assert.is(arrangedFor(broken, pairs), broken);
});

test.run();
