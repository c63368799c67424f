// Genomes: mutants are valid, equal cells are one, what is no genome is refused, and a cell computes what its genome says.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FloatNetwork } from "../../host/autodiff/float-network.ts";
import type { CompiledCell, FloatLayer } from "../../host/compile/cell.ts";
import { loadCell } from "../../host/compile/load.ts";
import { Random } from "../../host/data/random.ts";
import {
  type CellGenome,
  canonical,
  checkGenome,
  cross,
  elman,
  lstm,
  mostNodes,
  mutate,
} from "../../host/evolve/genome.ts";
import { cellSource, compileGenome } from "../../host/evolve/genome-cell.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { initialize } from "../../host/train/initialize.ts";

const seed = 1;
const sizes = { units: 3, inputs: 2 };

/** Descendants of Elman's network and the LSTM, of ever more generations. */
function descendants(count: number): CellGenome[] {
  const random = new Random(seed, "genome test");
  const living = [elman, lstm];
  while (living.length < count) {
    const [a, b] = [random.pick(living), random.pick(living)];
    living.push(mutate(random.chance(0.5) ? cross(a, b, random) : a, random));
  }
  return living;
}

const layerOf = (cell: CompiledCell): FloatLayer => ({
  cell,
  sizes,
  parameters: initialize(cell, sizes, seed, "test"),
});

function run(layer: FloatLayer, steps = 12): number[] {
  const network = new FloatNetwork([layer], 1);
  const random = new Random(seed, "genome input");
  return Array.from({ length: steps }, () => [
    ...network.step(Float32Array.from({ length: sizes.inputs }, () => random.normal())),
  ]).flat();
}

// The genome itself, node by node; its lins have the layer's parameters in their order.
function interpreted({ nodes, c, h }: CellGenome, { cell, parameters }: FloatLayer, steps = 12): number[] {
  const { units, inputs } = sizes;
  const random = new Random(seed, "genome input");
  let values = [new Array<number>(units).fill(0), new Array<number>(units).fill(0)];
  const of = (name: string) => parameters[cell.parameters.findIndex((each) => each.name === name)];
  const lins = cell.parameters.flatMap(({ name }) => (/^W/.test(name) ? [name.slice(1)] : []));
  return Array.from({ length: steps }, () => {
    const x = Array.from({ length: inputs }, () => Math.fround(random.normal()));
    let lin = 0;
    for (const [op, a, b] of nodes) {
      const letter = op === "lin" ? lins[lin++] : "";
      values.push(
        Array.from({ length: units }, (_, i) => {
          if (op === "tanh") return Math.tanh(values[a][i]);
          if (op === "sigmoid") return 1 / (1 + Math.exp(-values[a][i]));
          if (op === "inv") return 1 - values[a][i];
          if (op === "add") return values[a][i] + values[b][i];
          if (op === "mul") return values[a][i] * values[b][i];
          const row = (matrix: Float32Array, by: number[]) =>
            by.reduce((sum, value, k) => sum + matrix[i * by.length + k] * value, 0);
          return row(of(`W${letter}`), x) + row(of(`U${letter}`), values[0]) + of(`b${letter}`)[i];
        }),
      );
    }
    values = [values[h], values[c]];
    return values[0];
  }).flat();
}

const near = (a: number[], b: number[], what: string) =>
  a.forEach((value, i) => {
    assert.ok(Math.abs(value - b[i]) <= 2e-5 * Math.max(1, Math.abs(b[i])), `${what}, value ${i}: ${value}, ${b[i]}`);
  });

const refused = (value: unknown, what: RegExp, hint: RegExp) => {
  try {
    checkGenome(value, "the genome");
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as UserError).message, what);
    assert.match((error as UserError).hint, hint);
    return;
  }
  assert.unreachable(`${JSON.stringify(value)} passes`);
};

test("every mutant and every crossing is a genome, and so is its canonical form, which is its own", () => {
  for (const genome of descendants(2000)) {
    checkGenome(genome, JSON.stringify(genome));
    const one = canonical(genome);
    checkGenome(one, JSON.stringify(one));
    assert.ok(genome.nodes.length <= mostNodes && one.nodes.length <= genome.nodes.length);
    assert.equal(canonical(one), one, `seed ${seed}`);
  }
});

test("nodes that are not read, their order and that of two sources make no other cell", () => {
  const plain = canonical(lstm);
  const padded: CellGenome = {
    nodes: [
      ["lin"], // o
      ["tanh", 2], // nobody reads it
      ["lin"], // f
      ["sigmoid", 4],
      ["mul", 1, 5],
      ["lin"], // g
      ["lin"], // i
      ["sigmoid", 8],
      ["tanh", 7],
      ["mul", 10, 9],
      ["add", 6, 11],
      ["sigmoid", 2],
      ["tanh", 12],
      ["mul", 14, 13],
    ],
    c: 12,
    h: 15,
  };
  assert.equal(canonical(checkGenome(padded, "padded")), plain);
  assert.is(cellSource(padded), cellSource(lstm));
  // Whatever the next c is, where nobody reads c.
  assert.equal(canonical({ ...elman, c: 2 }), canonical(elman));
  assert.not.match(cellSource(elman), /const c =/);
  // Each lin is one of its own.
  assert.is(canonical({ nodes: [["lin"], ["lin"], ["add", 2, 3]], c: 4, h: 4 }).nodes.length, 3);
});

test("a cycle, an unknown op and what is no genome are refused", () => {
  refused({ nodes: [["tanh", 3], ["lin"]], c: 2, h: 2 }, /node 0 of the genome reads node 1, .* a cycle/, /before it/);
  refused({ nodes: [["tanh", 2]], c: 2, h: 2 }, /a cycle/, /h or c/);
  refused({ nodes: [["lin"], ["tan", 2]], c: 2, h: 2 }, /node 1 of the genome is "tan"/, /tanh/);
  refused({ nodes: [["lin"], ["toString", 2]], c: 2, h: 2 }, /toString/, /./);
  refused({ nodes: [["add", 0]], c: 2, h: 2 }, /add, reads 1 values/, /reads 2/);
  refused({ nodes: [["tanh", 7]], c: 2, h: 2 }, /reads 7/, /0 is h/);
  refused({ nodes: [["lin"]], c: 0, h: 2 }, /the next c of the genome is 0/, /node/);
  refused({ nodes: [] }, /0 nodes/, /1 to 20/);
  refused({ nodes: new Array(21).fill(["lin"]), c: 2, h: 2 }, /21 nodes/, /1 to 20/);
  refused(undefined, /no nodes/, /./);
  refused({ nodes: ["lin"], c: 2, h: 2 }, /reads|lin/, /./);
  assert.throws(() => cellSource({ nodes: [["lin"], ["tanh", 0]], c: 3, h: 3 }), /reads no input/);
});

test("the LSTM's genome computes what the cell does that ships", async () => {
  const genome = layerOf(await compileGenome(lstm));
  const shipped = layerOf(await loadCell("lstm"));
  // In the order in which the next h comes of them: g, i, f, o.
  for (const [from, to] of ["ag", "di", "gf", "mo"].map((pair) => [...pair]))
    for (const kind of ["W", "U", "b"]) {
      const at = ({ cell, parameters }: FloatLayer, name: string) =>
        parameters[cell.parameters.findIndex((each) => each.name === name)];
      at(shipped, kind + to).set(at(genome, kind + from));
    }
  near(run(genome), run(shipped), "LSTM");
});

test("what mutants become is a cell that computes what its genome says, or is refused", async () => {
  const all = descendants(2000).map(canonical);
  const full = (ops: string[]) => all.find(({ nodes }) => ops.every((op) => nodes.some((node) => node[0] === op)))!;
  const some = [
    full(["lin", "inv", "add", "mul", "tanh", "sigmoid"]),
    ...all.slice(500, 2000).filter((_, i) => i % 500 === 0),
  ];
  for (const genome of some) {
    if (!genome.nodes.some(([op]) => op === "lin")) {
      assert.throws(() => cellSource(genome), /reads no input/);
      continue;
    }
    const layer = layerOf(await compileGenome(genome));
    const values = run(layer);
    if (values.every((value) => Math.abs(value) < 1e4))
      near(values, interpreted(genome, layer), JSON.stringify(genome));
  }
});

test.run();
