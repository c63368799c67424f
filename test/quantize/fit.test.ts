// Whether a model fits a board is asked of the bytes that the board gets: matrices in pairs are padded.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadCell } from "../../host/compile/load.ts";
import { arrangedFor } from "../../host/model/arrange.ts";
import { requireFit } from "../../host/model/fit.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { header, kinds } from "../../host/spec/container.ts";

const file = randomModel(await loadCell("gru"), { units: 9, inputs: 5 });
const { ramBytes } = header.read(file);

test("a file that only fits as it is written is refused for a board that gets more", () => {
  const sent = arrangedFor(file, 1 << kinds.int8Pairs[0]).length;
  assert.ok(sent > file.length);
  requireFit(file, { board: "it", ramBytes, slotBytes: file.length });
  requireFit(file, { board: "it", ramBytes, slotBytes: sent, pairs: true });
  assert.throws(
    () => requireFit(file, { board: "it", ramBytes, slotBytes: file.length, pairs: true }),
    (error: Error) =>
      error.message ===
      `the model takes ${sent.toLocaleString("en")} bytes on it, which has room for ${file.length.toLocaleString("en")}`,
  );
});

test("a model that needs more RAM than a board gives is refused", () => {
  assert.throws(
    () => requireFit(file, { board: "it", ramBytes: ramBytes - 1, slotBytes: 1e6 }),
    /bytes of RAM; it gives/,
  );
});

test.run();
