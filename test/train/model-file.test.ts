// The .model file: what is written comes back, and nothing damaged or foreign is taken for a model.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
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

test("a folder that takes no files is named, and nothing stays behind", async ({ folder }) => {
  const path = join(folder, "missing", "m.model");
  const model = await smallModel();
  assert.throws(() => writeFloatModel(path, model), isUserError);
  assert.equal(readdirSync(folder), []);
});

test.run();
