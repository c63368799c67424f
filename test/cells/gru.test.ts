// The variants of the GRU against their papers' equations, written out here once more; and options that exclude each other.
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FloatNetwork } from "../../host/autodiff/float-network.ts";
import { Network } from "../../host/autodiff/network.ts";
import { compileCell } from "../../host/compile/compile.ts";
import { loadCell } from "../../host/compile/load.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { initialize } from "../../host/train/initialize.ts";
import { squaredError } from "../../host/train/loss.ts";
import { Optimizer } from "../../host/train/optimizer.ts";
import { generator, randomLayer } from "./reference.ts";

const [units, inputs] = [7, 4];
const source = fileURLToPath(new URL("../../assembly/cells/gru.ts", import.meta.url));

type Vector = number[];
/** A matrix times a vector, and a vector, by the names of a layer's parameters. */
type Named = { times(matrix: string, x: Vector): Vector; at(vector: string): Vector };

const sum = (...terms: Vector[]): Vector => terms[0].map((_, i) => terms.reduce((so, term) => so + term[i], 0));
const product = (a: Vector, b: Vector): Vector => a.map((value, i) => value * b[i]);
const sigmoid = (a: Vector): Vector => a.map((value) => 1 / (1 + Math.exp(-value)));
const tanh = (a: Vector): Vector => a.map(Math.tanh);
const mix = (z: Vector, a: Vector, b: Vector): Vector => z.map((part, i) => part * a[i] + (1 - part) * b[i]);

const fullGate = ({ times, at }: Named, gate: string, x: Vector, h: Vector) =>
  sigmoid(sum(times(`W${gate}`, x), times(`U${gate}`, h), at(`b${gate}`)));
const candidate = ({ times, at }: Named, x: Vector, h: Vector) => sum(times("Wn", x), times("Un", h), at("bn"));
// Dey and Salem: the GRU of Cho with other gates.
const withGates = (gate: (p: Named, name: string, h: Vector) => Vector) => (p: Named, x: Vector, h: Vector) =>
  mix(gate(p, "z", h), h, tanh(candidate(p, x, product(gate(p, "r", h), h))));

const variants: Record<string, { step(p: Named, x: Vector, h: Vector): Vector; parameters: string }> = {
  "": {
    step: (p, x, h) => {
      const n = tanh(
        sum(p.times("Wn", x), p.at("bn"), product(fullGate(p, "r", x, h), sum(p.times("Un", h), p.at("cn")))),
      );
      return mix(fullGate(p, "z", x, h), h, n);
    },
    parameters: "Wz Uz bz Wr Ur br Wn bn Un cn",
  },
  resetBefore: {
    step: (p, x, h) => withGates((_, name) => fullGate(p, name, x, h))(p, x, h),
    parameters: "Wz Uz bz Wr Ur br Wn bn Un",
  },
  gru1: {
    step: withGates((p, name, h) => sigmoid(sum(p.times(`U${name}`, h), p.at(`b${name}`)))),
    parameters: "Uz bz Ur br Wn bn Un",
  },
  gru2: {
    step: withGates((p, name, h) => sigmoid(sum(p.times(`U${name}`, h), p.at("zero")))),
    parameters: "Uz Ur Wn bn Un zero",
  },
  gru3: { step: withGates((p, name) => sigmoid(p.at(`b${name}`))), parameters: "bz br Wn bn Un" },
  mgu: {
    step: (p, x, h) => {
      const f = fullGate(p, "z", x, h);
      return mix(f, tanh(candidate(p, x, product(f, h))), h);
    },
    parameters: "Wz Uz bz Wn bn Un",
  },
  light: {
    step: (p, x, h) => {
      const n = candidate(p, x, h).map((value) => Math.max(0, value));
      return mix(fullGate(p, "z", x, h), h, n);
    },
    parameters: "Wz Uz bz Wn bn Un",
  },
};

for (const [option, { step, parameters }] of Object.entries(variants)) {
  test(`gru ${option}: its paper's equations, no other parameters, a small module`, async () => {
    const cell = await loadCell("gru", option ? { [option]: true } : {});
    assert.is(cell.parameters.map(({ name }) => name).join(" "), parameters);
    assert.ok(cell.wasm.length <= 1024, `${cell.wasm.length} bytes`);
    const random = generator(5);
    const layer = randomLayer(cell, { units, inputs }, random);
    const index = (name: string) => cell.parameters.findIndex((parameter) => parameter.name === name);
    const named: Named = {
      times: (matrix, x) =>
        Array.from({ length: units }, (_, row) =>
          x.reduce((so, value, i) => so + value * layer.parameters[index(matrix)][row * x.length + i], 0),
        ),
      at: (vector) => [...layer.parameters[index(vector)]],
    };
    const network = new FloatNetwork([layer], 1);
    let h: Vector = new Array(units).fill(0);
    for (let t = 0; t < 10; t++) {
      const x = Float32Array.from({ length: inputs }, () => random() * 4 - 2);
      h = step(named, [...x], h);
      const found = network.step(x);
      for (const [i, value] of h.entries())
        assert.ok(Math.abs(found[i] - value) < 1e-5, `step ${t}, unit ${i}: ${found[i]} against ${value}`);
    }
  });
}

test("gates of GRU2 stay without a bias in training", async () => {
  const cell = await loadCell("gru", { gru2: true });
  const sizes = { units, inputs };
  const network = new Network([{ cell, sizes, parameters: initialize(cell, sizes, 1, 0) }], 1);
  const optimizer = new Optimizer(network, { kind: "adam" });
  const before = network.readParameters()[0];
  network.begin(true);
  const y = [1, 2].map(() => network.step(new Float32Array(inputs).fill(1)))[1];
  squaredError(network, y, new Float32Array(units).fill(1), Float32Array.of(1));
  network.backward();
  optimizer.step(0.1, 1);
  const after = network.readParameters()[0];
  assert.ok(after.at(-1)!.every((value) => value === 0));
  assert.not.equal(after[0], before[0]);
});

test("two variants at once are refused, compiled or by name", async () => {
  const both = { gru1: true, mgu: true };
  for (const make of [() => compileCell(source, both), () => loadCell("gru", both)]) {
    const error = await make().catch((error: UserError) => error);
    assert.instance(error, UserError);
    const { message, hint } = error as UserError;
    assert.match(`${message} ${hint}`, /gru1 and mgu, two options of "variant"|no cell gru\+gru1\+mgu .*leave one out/);
  }
});

test.run();
