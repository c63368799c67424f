// Integers in V8 against doubles: every shipped cell, stacked under a read-out.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadCell } from "../../host/compile/load.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { generator, Reference, randomLayer } from "../cells/reference.ts";

for (const [name, options] of [
  ["elman", {}],
  ["gru", {}],
  ["gru", { resetBefore: true }],
  ["gru", { gru1: true }],
  ["gru", { gru2: true }],
  ["gru", { gru3: true }],
  ["gru", { mgu: true }],
  ["gru", { light: true }],
  ["lstm", {}],
  ["lstm", { peepholes: true }],
  ["jordan", {}],
] as [string, Record<string, boolean>][]) {
  test(`${name} ${JSON.stringify(options)} in integers follows doubles within 34 dB`, async () => {
    const random = generator(7);
    const layers = [
      randomLayer(await loadCell(name, options), { units: 24, inputs: 13 }, random),
      randomLayer(await loadCell("gru"), { units: 16, inputs: 24 }, random),
      randomLayer(await loadCell("dense"), { units: 5, inputs: 16 }, random),
    ];
    const reference = new Reference(layers);
    const frames = Array.from({ length: 300 }, () =>
      Int16Array.from({ length: 13 }, () => Math.round((random() * 2 - 1) * 20000)),
    );
    const float = frames.map((frame) => reference.step(Float64Array.from(frame, (value) => value / 8192)));
    const { file } = assemble(layers, { inputFormat: 13, ranges: reference.ranges, meta: { engram: "test" } });
    const model = new IntegerModel(file);
    const scale = 2 ** -model.formats.output;
    let signal = 0;
    let noise = 0;
    frames.forEach((frame, t) => {
      const integers = model.step(frame);
      float[t].forEach((value, i) => {
        signal += value * value;
        noise += (value - integers[i] * scale) ** 2;
      });
    });
    const decibels = 10 * Math.log10(signal / noise);
    assert.ok(decibels > 34, `${decibels.toFixed(1)} dB`);
  });
}

test("reset gives the same integers again", async () => {
  const random = generator(3);
  const layers = [
    randomLayer(await loadCell("gru"), { units: 64, inputs: 40 }, random),
    randomLayer(await loadCell("dense"), { units: 6, inputs: 64 }, random),
  ];
  const reference = new Reference(layers);
  const frames = Array.from({ length: 20 }, () =>
    Int16Array.from({ length: 40 }, () => Math.round((random() * 2 - 1) * 20000)),
  );
  for (const frame of frames) reference.step(Float64Array.from(frame, (value) => value / 8192));
  const { file } = assemble(layers, { inputFormat: 13, ranges: reference.ranges, meta: { engram: "test" } });
  const model = new IntegerModel(file);
  const run = () => frames.map((frame) => model.step(frame).join());
  const first = run();
  model.reset();
  assert.equal(run(), first);
});

test.run();
