import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Notices } from "../../../host/data/notices.ts";
import { readSequences } from "../../../host/data/sequences/read.ts";
import { type Files, inFolder, npy, read, refuses, WHOLE } from "./files.ts";

const X = npy("<i2", [2, 3, 1], Int16Array.of(1, -2, 3, 4, 5, -32768));
const Y = npy("|u1", [2], Uint8Array.of(10, 9));

test("arrays named by split are joined with the labels beside them", async () => {
  const test = npy("<f4", [1, 3], Float32Array.of(0.5, 1.5, 2.5));
  await inFolder(
    {
      "train-x.npy.gz": gzipSync(X),
      "train-y.npy": Y,
      "test-x.npy": test,
      "test-y.npy": npy("|i1", [1], Int8Array.of(9)),
    },
    async (folder) => {
      const set = await readSequences([folder], new Notices(), WHOLE);
      assert.equal(set.labels, ["9", "10"]);
      assert.equal(set.sequences, [
        { x: Float32Array.of(0.5, 1.5, 2.5), steps: 3, split: "test", label: 0, origin: `${folder}/test-x.npy[0]` },
        { x: Float32Array.of(1, -2, 3), steps: 3, split: "train", label: 1, origin: `${folder}/train-x.npy.gz[0]` },
        { x: Float32Array.of(4, 5, -32768), steps: 3, split: "train", label: 0, origin: `${folder}/train-x.npy.gz[1]` },
      ]);
      const alone = await readSequences([join(folder, "train-x.npy.gz")], new Notices(), WHOLE);
      assert.equal(alone.sequences, set.sequences.slice(1));
    },
  );
});

test("the names X_train and y_train, and x beside y, are understood; other arrays beside them are not read", async () => {
  const both: Files[] = [
    { "X_train.npy": X, "y_train.npy": Y, "subjects.npy": Y },
    { "x.npy": X, "Y.npy": Y },
  ];
  for (const files of both) {
    const { sequences, labels } = await read(files);
    assert.is(sequences.length, 2);
    assert.equal(labels, ["9", "10"]);
  }
  const { labels, inputs } = await read({ "waves.npy": npy("|i1", [2, 2, 3], new Int8Array(12)) });
  assert.equal([labels, inputs], [undefined, 3]);
});

test("every type and header version gives the numbers that were stored", async () => {
  const arrays: [string, ArrayBufferView][] = [
    ["|b1", Uint8Array.of(0, 1, 1)],
    ["|i1", Int8Array.of(-128, 127, 1)],
    ["|u1", Uint8Array.of(255, 0, 1)],
    ["<i2", Int16Array.of(-32768, 32767, 1)],
    ["<u2", Uint16Array.of(65535, 0, 1)],
    ["<i4", Int32Array.of(-(2 ** 24), 2 ** 24, 1)],
    ["<u4", Uint32Array.of(2 ** 24, 0, 1)],
    ["<i8", BigInt64Array.of(-5n, 2n ** 24n, 1n)],
    ["<f4", Float32Array.of(-0.1, 3e38, 1)],
    ["<f8", Float64Array.of(-0.1, 1e-300, 1)],
  ];
  for (const [descr, data] of arrays)
    for (const version of [1, 2]) {
      const { sequences } = await read({ "a.npy": npy(descr, [1, 3], data, { version }) });
      assert.equal(sequences[0].x, Float32Array.from(data as unknown as number[], Number), descr);
    }
});

test("rows longer than what is read at once are whole", async () => {
  const data = Float64Array.from({ length: 100_000 }, (_, n) => n);
  const { sequences } = await read({ "a.npy.gz": gzipSync(npy("<f8", [2, 25_000, 2], data)) });
  assert.equal([...sequences[0].x, ...sequences[1].x], [...data]);
});

test("a y of more dimensions holds targets of each step", async () => {
  const y = npy(
    "<f4",
    [2, 3, 2],
    Float32Array.from({ length: 12 }, (_, n) => n),
  );
  const { sequences, labels } = await read({ "x.npy": X, "y.npy": y });
  assert.is(labels, undefined);
  assert.equal([...sequences[1].targets!], [6, 7, 8, 9, 10, 11]);
  const short = npy("<f4", [2, 1], new Float32Array(2));
  await refuses({ "x.npy": X, "y.npy": short }, "y.npy has targets of 1 steps, expected 3 as in x.npy");
});

test("Fortran order, big-endian and other types are refused", async () => {
  const floats = new Float32Array(4);
  await refuses(
    { "a.npy": npy("<f4", [2, 2], floats, { fortran: true }) },
    "a.npy is in Fortran order, expected C order",
  );
  await refuses({ "a.npy": npy(">f4", [2, 2], floats) }, "a.npy is big-endian (>f4)");
  for (const descr of ["<f2", "<c8", "<u8", "<M8[s]"])
    await refuses(
      { "a.npy": npy(descr, [2, 2], floats) },
      `a.npy holds numbers of type "${descr}", expected integers or floats`,
    );
  for (const [descr, what] of [
    ["<U4", "text"],
    ["|S4", "text"],
    ["|O", "objects"],
  ])
    await refuses(
      { "a.npy": npy(descr, [2, 2], floats) },
      `a.npy holds ${what} (${descr}), expected integers or floats`,
    );
  const record = npy("<f4", [2, 2], floats).toString("latin1").replace("'<f4'", "[   ]");
  await refuses({ "a.npy": Buffer.from(record, "latin1") }, "a.npy holds records, expected integers or floats");
});

test("a file that is cut short is refused wherever it ends, packed or not", async () => {
  const whole = npy(
    "<i4",
    [40, 5],
    Int32Array.from({ length: 200 }, (_, n) => Math.imul(n, 0x9e3779b1)),
  );
  const packed = gzipSync(whole);
  for (let length = 0; length < whole.length; length += 7)
    await refuses({ "a.npy": whole.subarray(0, length) }, /^a.npy .*cut short/);
  for (let length = 1; length < packed.length; length += 7)
    await refuses(
      { "a.npy.gz": packed.subarray(0, length) },
      /^a.npy.gz (ends before its gzip stream does|.*cut short)/,
    );
  await refuses({ "a.npy.gz": gzipSync(whole.subarray(0, -4)) }, /^a.npy.gz is cut short/);
  await refuses({ "x.npy": X, "y.npy.gz": gzipSync(Y).subarray(0, -3) }, "y.npy.gz ends before its gzip stream does");
});

test("a header that promises more than the file can hold takes no memory", async () => {
  const huge = npy("<f4", [1, 2 ** 40], new Float32Array(4));
  await refuses({ "a.npy": huge }, /^a.npy has 144 bytes, expected at least \d+: it is cut short$/);
  await refuses({ "a.npy.gz": gzipSync(huge) }, /^a.npy.gz has \d+ bytes, .*cut short$/);
});

test("what is no npy file, too long, or of a wrong shape is refused", async () => {
  await refuses({ "a.npy": "x,y\n1,2\n3,4\n" }, "a.npy is not a npy file");
  await refuses({ "a.npy": Buffer.concat([X, Buffer.of(0)]) }, "a.npy is longer than its header says");
  const shape = "expected (sequences, steps) or (sequences, steps, inputs)";
  await refuses({ "a.npy": npy("<f4", [4], new Float32Array(4)) }, `a.npy has shape (4), ${shape}`);
  await refuses({ "a.npy": npy("<f4", [1, 1, 1, 4], new Float32Array(4)) }, `a.npy has shape (1, 1, 1, 4), ${shape}`);
  await refuses({ "a.npy": npy("<f4", [3, 0], new Float32Array(0)) }, `a.npy has shape (3, 0), ${shape}`);
  await refuses({ "a.npy": npy("<f4", [0, 3], new Float32Array(0)) }, / holds no sequences$/);
  await refuses({ "a.npy": npy("<f4", [1, 1], new Float32Array(1), { version: 4 }) }, /^a.npy is npy version 4/);
});

test("labels that do not fit or are no integers are refused", async () => {
  const three = npy("|u1", [3], new Uint8Array(3));
  await refuses({ "x.npy": X, "y.npy": three }, "y.npy is for 3 sequences, expected 2 as in x.npy");
  const half = npy("<f4", [2], Float32Array.of(1, 1.5));
  await refuses({ "x.npy": X, "y.npy": half }, "y.npy[1] is 1.5, expected the integer of a class");
});

test("NaN and infinity are refused with sequence, step and column", async () => {
  const data = new Float32Array(12);
  data[9] = Number.NaN;
  const message = 'a.npy[1]: step 2, column 2 holds "NaN", not a finite number';
  await refuses({ "a.npy": npy("<f4", [2, 3, 2], data) }, message);
  const large = Float64Array.of(1, 1e300);
  await refuses(
    { "a.npy": npy("<f8", [1, 2], large) },
    'a.npy[0]: step 2, column 1 holds "Infinity", not a finite number',
  );
});

test("arrays have no names: a column that is named is refused", async () => {
  const files = { "a.npy": npy("<f4", [1, 2], Float32Array.of(1, 2)) };
  const naming = { label: "kind" };
  await refuses(files, "a.npy has no column for label: arrays have no names", { ...WHOLE, naming });
});

test.run();
