// The .model file: what is written comes back, and nothing damaged or foreign is taken for a model.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FloatLayer } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import {
  decodeFloatModel,
  encodeFloatModel,
  type FloatModel,
  readFloatModel,
  writeFloatModel,
} from "../../host/model/float-model.ts";
import { keywordFrontEnd } from "../../host/spec/frontend.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { initialize } from "../../host/train/initialize.ts";

const test = suite<{ folder: string }>("model file");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "engram-model-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

async function smallModel(): Promise<FloatModel> {
  const sizes = [
    { units: 3, inputs: 2 },
    { units: 2, inputs: 3 },
  ];
  const cells = [await loadCell("gru"), await loadCell("dense")];
  return {
    layers: cells.map((cell, i) => ({ cell, sizes: sizes[i], parameters: initialize(cell, sizes[i], 1, i) })),
    labels: ["yes", "nö"],
    frontEnd: keywordFrontEnd,
    window: 30,
    training: { task: "t", recipe: { rate: 1 }, seed: 1, data: { name: "d", hash: "h" }, accuracy: { val: 0.5 } },
  };
}

const isUserError = (error: unknown): boolean => error instanceof UserError && error.hint.length > 0;

test("a model comes back as it was written, cells included", async ({ folder }) => {
  const model = await smallModel();
  const path = join(folder, "m.model");
  writeFloatModel(path, model);
  assert.equal(readFloatModel(path), model);
  assert.equal(readdirSync(folder), ["m.model"]);
});

test("a file that ends anywhere before its end is refused", async () => {
  const bytes = encodeFloatModel(await smallModel());
  for (let length = 0; length < bytes.length; length += length < 64 ? 1 : 37) {
    assert.throws(() => decodeFloatModel(bytes.subarray(0, length), "m"), isUserError, `${length} bytes`);
  }
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  assert.throws(() => decodeFloatModel(longer, "m"), isUserError);
});

test("a changed byte is noticed wherever it is", async () => {
  const bytes = encodeFloatModel(await smallModel());
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at] ^= 1 + (at % 255);
    let error: unknown;
    try {
      decodeFloatModel(damaged, "m");
    } catch (caught) {
      error = caught;
    }
    // Spaces that fill the header up to a multiple of 8 say nothing, and other white space is as good.
    const filling = bytes[at] === 0x20 && [0x09, 0x0a, 0x0d].includes(damaged[at]);
    assert.ok(filling || isUserError(error), `byte ${at}: ${error}`);
  }
});

test("foreign files, missing files and values that are no numbers are refused", async ({ folder }) => {
  const path = join(folder, "m.model");
  assert.throws(() => readFloatModel(path), isUserError);
  writeFileSync(path, "yes, no, up, down: this is no model at all");
  assert.throws(() => readFloatModel(path), isUserError);
  const model = await smallModel();
  model.layers[0].parameters[2][1] = Number.NaN;
  assert.throws(() => decodeFloatModel(encodeFloatModel(model), "m"), isUserError);
});

/** A model of a cell under a read-out. */
async function modelOf(wanted: string): Promise<FloatModel> {
  const [name, ...chosen] = wanted.split("+");
  const cell = await loadCell(name, Object.fromEntries(chosen.map((option) => [option, true])));
  const sizes = { units: 3, inputs: 2 };
  const model = await smallModel();
  return { ...model, layers: [{ cell, sizes, parameters: initialize(cell, sizes, 1, 0) }, model.layers[1]] };
}

function refusal(model: FloatModel): UserError {
  try {
    decodeFloatModel(encodeFloatModel(model), "m");
  } catch (error) {
    assert.ok(isUserError(error), `${error}`);
    return error as UserError;
  }
  throw new Error("not refused");
}

for (const [held, named, message] of [
  ["lstm+peepholes", "lstm", /m: it holds 0\.pi, which lstm does not use/],
  ["gru", "gru+resetBefore", /m: it holds 0\.cn, which gru\+resetBefore does not use/],
  ["gru+resetBefore", "gru", /m: 0\.cn is not of shape 3/],
] as const)
  test(`weights of ${held} are not taken for those of ${named}`, async () => {
    const model = await modelOf(held);
    const { parameters, options } = (await modelOf(named)).layers[0].cell;
    const said = Object.assign([...model.layers[0].cell.parameters], { toJSON: () => parameters });
    model.layers[0].cell = { ...model.layers[0].cell, options, parameters: said };
    assert.match(refusal(model).message, message);
  });

const firstLayer = (change: Partial<FloatLayer>) => (model: FloatModel) => ({
  ...model,
  layers: [{ ...model.layers[0], ...change }, model.layers[1]],
});

/** Sets one value of the first layer. */
const setting = (parameter: string, value: number) => (model: FloatModel) => {
  const [{ cell, parameters }] = model.layers;
  parameters[cell.parameters.findIndex(({ name }) => name === parameter)][1] = value;
  return model;
};

const dense = await loadCell("dense");
const readOut = (units: number) => ({
  cell: dense,
  sizes: { units, inputs: 2 },
  parameters: [2 * units, units].map((count) => new Float32Array(count)),
});

for (const [what, cell, change, message] of [
  ["units of 0", "gru", firstLayer(readOut(0)), /layer 0 has units 0/],
  [
    "a result that the next layer does not take",
    "gru",
    firstLayer(readOut(4)),
    /layer 1 takes 3 values, layer 0 gives 4/,
  ],
  [
    "more labels than results",
    "gru",
    (model) => ({ ...model, labels: ["a", "b", "c"] }),
    /3 labels .* read-out of 2 units/,
  ],
  ["a backward layer without a window", "gru", firstLayer({ backward: true }), /a backward layer and no window/],
  [
    "a window without a backward layer",
    "gru",
    (model) => ({ ...model, reads: { before: 1, hop: 1, after: 1 } }),
    /a window and no backward/,
  ],
  [
    "a window of 0 steps",
    "gru",
    (model) => ({ ...model, reads: { before: 1, hop: 0, after: 1 } }),
    /window is .*"hop":0/,
  ],
  [
    "a context that grows",
    "jordan",
    setting("mu", 1),
    /mu of layer 0 \(jordan\) of m is 1 at unit 1, not 0 or more, below 1/,
  ],
  ["a context that turns its sign", "jordan", setting("mu", -0.25), /mu .* is -0\.25 at unit 1/],
  ["a time constant below one step", "mtrnn", setting("rate", 1.5), /rate of layer 0 \(mtrnn\) of m is 1\.5/],
  [
    "a threshold of changes below 0",
    "delta",
    setting("thetaX", -0.5),
    /thetaX of .* is -0\.5 at unit 1, not 0 or more/,
  ],
  [
    "neurons that fire at rest",
    "lsm",
    setting("theta", 0),
    /theta of layer 0 \(lsm\) of m is 0 at unit 0, not above 0/,
  ],
  [
    "a unit that more than doubles in a step",
    "indrnn",
    setting("u", -2.5),
    /u of .* is -2\.5 at unit 1, not at most 2\.0/,
  ],
] as [string, string, (model: FloatModel) => FloatModel, RegExp][])
  test(`a file with ${what} is refused`, async () => {
    assert.match(refusal(change(await modelOf(cell))).message, message);
  });

test("a folder that takes no files is named, and nothing stays behind", async ({ folder }) => {
  const path = join(folder, "missing", "m.model");
  const model = await smallModel();
  assert.throws(() => writeFloatModel(path, model), isUserError);
  assert.equal(readdirSync(folder), []);
});

test.run();
