// The delta cell: with thresholds of 0 it is the GRU, in values and gradients; in integers its sums are exactly the products of what
// it has seen, however long it runs.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { type FloatLayer, parameterLengths } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { randomModel } from "../../host/quantize/random-model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import { squaredError } from "../../host/train/loss.ts";
import { generator } from "./reference.ts";

const sizes = { units: 7, inputs: 5 };
const [batch, steps] = [3, 6];

async function layerOf(name: string, values: (parameter: string, length: number) => Float32Array): Promise<FloatLayer> {
  const cell = await loadCell(name);
  const lengths = parameterLengths({ cell, sizes });
  return { cell, sizes, parameters: cell.parameters.map(({ name: parameter }, i) => values(parameter, lengths[i])) };
}

/** Results of each step, and the gradients of their distance from targets by parameter's name. */
function runBack(layer: FloatLayer): { results: Float32Array[]; gradients: Map<string, Float32Array> } {
  const random = generator(3);
  const draw = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);
  const network = new Network([layer], batch);
  network.begin(true);
  const results = network.run(Array.from({ length: steps }, () => draw(batch * sizes.inputs)));
  const values = results.map((node) => network.read(node));
  for (const node of results)
    squaredError(network, node, draw(batch * sizes.units), new Float32Array(batch).fill(1 / batch));
  network.backward();
  const { gradients, count } = network.parameters;
  const all = network.memory.floats(gradients, count);
  let at = 0;
  const byName = layer.cell.parameters.map(({ name }, i): [string, Float32Array] => {
    const { length } = layer.parameters[i];
    at += length;
    return [name, all.slice(at - length, at)];
  });
  return { results: values, gradients: new Map(byName) };
}

test("with thresholds of 0 results and gradients are those of the GRU", async () => {
  const random = generator(1);
  const drawn = new Map<string, Float32Array>();
  const gru = await layerOf("gru", (name, length) => {
    drawn.set(
      name,
      Float32Array.from({ length }, () => 1.4 * random() - 0.7),
    );
    return drawn.get(name)!;
  });
  const delta = await layerOf("delta", (name, length) => drawn.get(name) ?? new Float32Array(length));
  const [a, b] = [runBack(gru), runBack(delta)];
  const close = (x: Float32Array, y: Float32Array, what: string) => {
    for (const [i, value] of x.entries())
      assert.ok(Math.abs(value - y[i]) < 2e-5, `${what} ${i}: ${value} and ${y[i]}`);
  };
  for (const [t, result] of a.results.entries()) close(result, b.results[t], `step ${t}`);
  for (const [name, gradient] of a.gradients) close(gradient, b.gradients.get(name)!, name);
});

test("in integers the sums stay the products of what was seen, over 5000 steps", async () => {
  const cell = await loadCell("delta");
  const file = randomModel(cell, { units: 13, inputs: 6 });
  const model = new IntegerModel(file);
  const { records } = model.model.layers[0];
  const named = (name: string) => {
    const state = cell.states.findIndex((each) => each.name === name);
    return state >= 0 ? 1 + state : 1 + cell.states.length + cell.parameters.findIndex((each) => each.name === name);
  };
  const random = generator(9);
  const frame = new Int16Array(6);
  for (let step = 1; step <= 5000; step++) {
    frame.forEach((_, i) => {
      frame[i] = random() < 0.02 ? 32767 : random() < 0.02 ? -32768 : frame[i] + 4000 * (random() - 0.5);
    });
    model.step(frame);
    if (step % 500 !== 0) continue;
    for (const [weights, seen, sums] of [..."zrn"].flatMap((gate) => [
      [`W${gate}`, "seenX", `X${gate}`],
      [`U${gate}`, "seenH", `H${gate}`],
    ])) {
      const { offset, rows, columns } = records[named(weights)];
      const stride = Math.ceil(rows / 4) * 4;
      const at = model.values(0, named(seen));
      const matrix = new Int8Array(file.buffer, file.byteOffset + offset, stride * columns);
      const expected = Array.from({ length: rows }, (_, row) =>
        [...at].reduce((sum, value, column) => sum + matrix[column * stride + row] * value, 0),
      );
      assert.equal([...model.values(0, named(sums))], expected, `${sums} after ${step} steps`);
    }
  }
  const { done, whole } = model.work;
  assert.ok(done > 0 && done < whole, `${done} of ${whole}`);
});

test.run();
