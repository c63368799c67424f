// The memories of the neural Turing machine and of the differentiable neural computer against their papers' equations, written out here once
// more, with several writes and reads; and their integers beside them. Their feed-forward controller.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type FloatLayer, shapeOf } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { quantizeTask } from "../../host/tasks/quantize-task.ts";
import { floatRunner, integerRunner } from "../../host/tasks/runner.ts";
import { initialize } from "../../host/train/initialize.ts";
import { generator, randomLayer } from "./reference.ts";

type Vector = number[];
type Matrix = Vector[];
/** A row of the interface: a matrix of the layer times the input, and a bias. */
type Interface = (matrix: string, bias: string) => Vector;
type Memory = (of: Interface) => Vector;

const sum = (v: Vector): number => v.reduce((all, value) => all + value, 0);
const dot = (a: Vector, b: Vector): number => sum(a.map((value, i) => value * b[i]));
const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
const softplus = (a: number): number => Math.log(1 + Math.exp(a));
const normalized = (v: Vector): Vector => v.map((value) => value / sum(v));
const softmax = (v: Vector): Vector => normalized(v.map(Math.exp));
const norm = (v: Vector): number => Math.sqrt(dot(v, v)) + 2 ** -10;
const content = (M: Matrix, k: Vector, beta: number): Vector =>
  softmax(M.map((row) => (beta * dot(row, k)) / (norm(row) * norm(k))));
const read = (M: Matrix, w: Vector): Vector => M[0].map((_, j) => sum(M.map((row, i) => w[i] * row[j])));
const written = (M: Matrix, w: Vector, e: Vector, a: Vector): Matrix =>
  M.map((row, i) => row.map((value, j) => value * (1 - w[i] * e[j]) + w[i] * a[j]));
const zeros = (count: number): Vector => new Array(count).fill(0);

// Graves, Wayne, Danihelka 2014, equations 5 to 9, then 2 to 4.
function turingMachine(slots: number, units: number): Memory {
  const addressed = (M: Matrix, w: Vector, of: Interface, head: string): Vector => {
    const [K, B, G, S, Y] = [..."KBGSY"].map((letter) => of(letter + head, letter.toLowerCase() + head));
    const c = content(M, K.map(Math.tanh), softplus(B[0]));
    const gate = sigmoid(G[0]);
    const mixed = c.map((value, i) => gate * value + (1 - gate) * w[i]);
    const s = softmax(S);
    const turned = mixed.map((_, i) =>
      sum([-1, 0, 1].map((by, k) => s[k] * mixed[(((i - by) % slots) + slots) % slots])),
    );
    return normalized(turned.map((value) => value ** (1 + softplus(Y[0]))));
  };
  let M: Matrix = Array.from({ length: slots }, () => zeros(units));
  let [wr, ww] = [0, 1].map(() => [1, ...zeros(slots - 1)]);
  return (of) => {
    [wr, ww] = [addressed(M, wr, of, "r"), addressed(M, ww, of, "w")];
    const r = read(M, wr);
    M = written(M, ww, of("E", "be").map(sigmoid), of("A", "ba").map(Math.tanh));
    return r;
  };
}

// Graves et al. 2016, Methods.
function neuralComputer(slots: number, units: number): Memory {
  let M: Matrix = Array.from({ length: slots }, () => zeros(units));
  let L: Matrix = Array.from({ length: slots }, () => zeros(slots));
  let [u, p, w, v] = Array.from({ length: 4 }, () => zeros(slots));
  return (of) => {
    const f = sigmoid(of("F", "bf")[0]);
    u = u.map((usage, i) => (usage + w[i] - usage * w[i]) * (1 - f * v[i]));
    const order = u.map((_, i) => i).sort((i, j) => u[i] - u[j] || i - j);
    const a = u.map((usage, i) => {
      const freer = order.slice(0, order.indexOf(i));
      return freer.reduce((product, each) => product * u[each], 1 - usage);
    });
    const [ga, gw] = [sigmoid(of("Ga", "ga")[0]), sigmoid(of("Gw", "gw")[0])];
    const c = content(M, of("Kw", "kw"), 1 + softplus(of("Bw", "bw")[0]));
    w = a.map((value, i) => gw * (ga * value + (1 - ga) * c[i]));
    M = written(M, w, of("E", "be").map(sigmoid), of("Z", "z"));
    L = L.map((row, i) => row.map((link, j) => (i === j ? 0 : (1 - w[i] - w[j]) * link + w[i] * p[j])));
    p = p.map((value, i) => (1 - sum(w)) * value + w[i]);
    const [back, here, ahead] = softmax(of("P", "bp"));
    const found = content(M, of("Kr", "kr"), 1 + softplus(of("Br", "br")[0]));
    const before = read(L, v);
    const after = L.map((row) => dot(row, v));
    v = v.map((_, i) => back * before[i] + here * found[i] + ahead * after[i]);
    return read(M, v);
  };
}

const [units, inputs, slots, steps] = [5, 6, 7, 25];

for (const [name, paper] of [
  ["ntm", turingMachine],
  ["dnc", neuralComputer],
] as const)
  test(`${name}: its paper's equations over ${steps} steps, and integers that follow`, async () => {
    const random = generator(3);
    const uniform = (reach: number) => (2 * random() - 1) * reach;
    const cell = await loadCell(name);
    const sizes = { units, inputs, slots };
    // What is not trained stays; the rest is wide, so that heads are sharp, turn and jump.
    const parameters = initialize(cell, sizes, 1, 0).map((values, i) =>
      cell.parameters[i].role === "matrix" ? values.map(() => uniform(2)) : values,
    );
    const layer: FloatLayer = { cell, sizes, parameters };
    const frames = Float32Array.from({ length: steps * inputs }, () => uniform(1));
    const memory = paper(slots, units);
    const wanted = Array.from({ length: steps }, (_, t) => {
      const x = [...frames.subarray(t * inputs, (t + 1) * inputs)];
      const at = (wanted: string) => {
        const index = cell.parameters.findIndex(({ name }) => name === wanted);
        const [rows, columns = 1] = shapeOf(cell.parameters[index].shape, layer);
        return Array.from({ length: rows }, (_, row) => [
          ...parameters[index].subarray(row * columns, (row + 1) * columns),
        ]);
      };
      return memory((matrix, bias) => {
        const b = at(bias);
        return at(matrix).map((row, i) => dot(row, x) + b[i][0]);
      });
    }).flat();
    const training = { task: "none", seed: 1, accuracy: {} } as never;
    const { file } = quantizeTask({ layers: [layer], labels: [], window: 1, training }, [frames]);
    const root = (values: Vector) => Math.sqrt(dot(values, values) / values.length);
    assert.ok(root(wanted) > 0.05, `nothing is read: ${root(wanted)}`);
    for (const [runner, bound] of [
      [floatRunner([layer]), 1e-5],
      [integerRunner(file, "it"), 0.15], // an order of slots that a unit decides is another in integers
    ] as const) {
      const [found] = await runner.run([frames]);
      const error = root(wanted.map((value, i) => value - found[i]));
      assert.ok(error <= bound * root(wanted), `${runner.name}: ${error} of ${root(wanted)}`);
    }
  });

test("perceptron: the tanh of an affine map of the frame, whatever came before", async () => {
  const cell = await loadCell("perceptron");
  const layer = randomLayer(cell, { units, inputs }, generator(4));
  const [W, b] = layer.parameters;
  const frames = Float32Array.from({ length: 3 * inputs }, (_, i) => Math.sin(i));
  const [found] = await floatRunner([layer]).run([frames]);
  found.forEach((value, i) => {
    const [t, unit] = [Math.floor(i / units), i % units];
    const x = [...frames.subarray(t * inputs, (t + 1) * inputs)];
    const wanted = Math.tanh(dot([...W.subarray(unit * inputs, (unit + 1) * inputs)], x) + b[unit]);
    assert.ok(Math.abs(value - wanted) < 1e-6, `${value}, not ${wanted}`);
  });
});

test.run();
