// A cell's topology as a genome: a list of nodes, each of which reads the state of the step before or nodes before it, and two of which are
// the next state. Mutants and crossings of valid genomes are valid; what comes from outside is checked.
import { createHash } from "node:crypto";
import type { Random } from "../data/random.ts";
import { meant, UserError } from "../spec/user-error.ts";

/** What a node computes, with how many sources: `lin` is W x + U h + b with parameters of its own, `inv` 1 − a. */
export const nodeOps = { lin: 0, tanh: 1, sigmoid: 1, inv: 1, add: 2, mul: 2 } as const;

/** A node: its op, and what it reads: 0 is h, 1 is c, both of the step before, 2 + i is node i. */
export type GenomeNode = [op: keyof typeof nodeOps, ...sources: number[]];

export type CellGenome = {
  nodes: GenomeNode[];
  /** Sources that are the next c and the next h: nodes. */
  c: number;
  h: number;
};

export const mostNodes = 20;
/** Sources before the first node. */
const before = 2;

export const elman: CellGenome = { nodes: [["lin"], ["tanh", 2]], c: 3, h: 3 };

export const lstm: CellGenome = {
  nodes: [
    ...(["lin", "lin", "lin", "lin"] as const).map((op): GenomeNode => [op]),
    ["sigmoid", 2], // i
    ["sigmoid", 3], // f
    ["tanh", 4], // g
    ["sigmoid", 5], // o
    ["mul", 6, 8],
    ["mul", 7, 1],
    ["add", 10, 11],
    ["tanh", 12],
    ["mul", 9, 13],
  ],
  c: 12,
  h: 14,
};

/**
 * @param value may come from JSON
 * @param name what errors call it
 * @throws UserError for an op that there is not, a cycle, and what is no genome at all
 */
export function checkGenome(value: unknown, name: string): CellGenome {
  const { nodes, c, h } = (value ?? {}) as CellGenome;
  if (!Array.isArray(nodes) || nodes.length === 0 || nodes.length > mostNodes)
    throw new UserError(
      `${name} has ${Array.isArray(nodes) ? nodes.length : "no"} nodes`,
      `a genome has 1 to ${mostNodes}`,
    );
  for (const [i, node] of nodes.entries()) {
    const [op, ...sources] = Array.isArray(node) ? node : [];
    if (!Object.hasOwn(nodeOps, String(op)))
      throw new UserError(
        `node ${i} of ${name} is ${JSON.stringify(op ?? node)}, which there is not`,
        meant(String(op), ops),
      );
    if (sources.length !== nodeOps[op as keyof typeof nodeOps])
      throw new UserError(
        `node ${i} of ${name}, ${op}, reads ${sources.length} values`,
        `${op} reads ${nodeOps[op as keyof typeof nodeOps]}`,
      );
    for (const source of sources) {
      if (isWhole(source, 0, before + i - 1)) continue;
      if (isWhole(source, before + i, before + nodes.length - 1))
        throw new UserError(
          `node ${i} of ${name} reads node ${source - before}, which does not come before it: a cycle`,
          "a node reads h (0), c (1) and nodes before it (2 + i); what is to come round goes through h or c",
        );
      throw new UserError(`node ${i} of ${name} reads ${JSON.stringify(source)}`, "0 is h, 1 is c, 2 + i is node i");
    }
  }
  for (const [what, output] of Object.entries({ c, h }))
    if (!isWhole(output, before, before + nodes.length - 1))
      throw new UserError(
        `the next ${what} of ${name} is ${JSON.stringify(output)}`,
        "it is 2 + i, the value of node i",
      );
  return { nodes, c, h };
}

/**
 * The same cell without nodes of which h does not come, in one order of nodes and sources: what is the same program is the same JSON,
 * but for rewritings that take algebra, and swaps of two sources that are alike. Where c is not read, it is the next h.
 */
export function canonical({ nodes, c, h }: CellGenome): CellGenome {
  const states = c === h ? ["h", "h"] : ["h", "c"]; // where both become one node they are equal
  const alike = shapesOf(nodes, states);
  const order: GenomeNode[] = [];
  const numbers = new Map<string, number>();
  let readsC = false;
  const visit = (source: number): number => {
    if (source < before) return states.indexOf(states[source]);
    const [op, ...sources] = nodes[source - before];
    if (sources.length === 2 && alike[sources[0]] > alike[sources[1]]) sources.reverse();
    const read = sources.map(visit);
    readsC ||= read.includes(1);
    // Each lin has parameters of its own, other nodes of equal sources are one.
    const key = op === "lin" ? `${op} ${source}` : `${op} ${read}`;
    const number = numbers.get(key) ?? before + order.push([op, ...read]) - 1;
    numbers.set(key, number);
    return number;
  };
  const nextH = visit(h);
  const nextC = readsC ? visit(c) : nextH;
  const found = { nodes: order, c: nextC, h: nextH };
  return readsC && nextC === nextH ? canonical(found) : found;
}

// By source, equal for what is the same tree of ops.
function shapesOf(nodes: readonly GenomeNode[], states: readonly string[]): string[] {
  const shapes = [...states];
  for (const [op, ...sources] of nodes) {
    const read = sources.map((source) => shapes[source]).sort();
    shapes.push(
      createHash("sha256")
        .update([op, ...read].join())
        .digest("hex"),
    );
  }
  return shapes;
}

/** One to three changes. */
export function mutate(genome: CellGenome, random: Random): CellGenome {
  let mutant = genome;
  const changes = random.pick([1, 1, 2, 3]);
  for (let i = 0; i < changes; i++) mutant = change(mutant, random);
  return mutant;
}

/** One-point crossover: the first nodes of a, the rest of b. */
export function cross(a: CellGenome, b: CellGenome, random: Random): CellGenome {
  const point = 1 + random.int(Math.min(a.nodes.length, b.nodes.length));
  const nodes = [...a.nodes.slice(0, point), ...b.nodes.slice(point)];
  const most = before + nodes.length - 1;
  return { nodes, c: Math.min(b.c, most), h: Math.min(random.pick([a, b]).h, most) };
}

function change(genome: CellGenome, random: Random): CellGenome {
  const i = random.int(genome.nodes.length);
  const kind = random.uniform();
  if (kind < 0.2) return appended(genome, random);
  if (kind < 0.4) return bypassed(genome, i, random);
  if (kind < 0.55) return inserted(genome, i, random);
  const replaced = (node: GenomeNode) => ({ ...genome, nodes: genome.nodes.with(i, node) });
  if (kind < 0.7) return replaced(rewired(genome.nodes[i], i, random));
  if (kind < 0.8) return replaced(renamed(genome.nodes[i], random));
  if (kind < 0.9) return replaced(nodeAt(i, random));
  return { ...genome, [random.pick(outputs)]: before + i };
}

// A new node becomes an output, or is combined with it.
function appended(genome: CellGenome, random: Random): CellGenome {
  const output = random.pick(outputs);
  const { length } = genome.nodes;
  if (length + 2 > mostNodes) return genome;
  const added = nodeAt(length, random);
  if (random.chance(0.6)) return { ...genome, nodes: [...genome.nodes, added], [output]: before + length };
  const combined: GenomeNode = [random.pick(binary), genome[output], before + length];
  return { ...genome, nodes: [...genome.nodes, added, combined], [output]: before + length + 1 };
}

// What reads a node reads a source of it instead; an output does if that is a node.
function bypassed({ nodes, c, h }: CellGenome, i: number, random: Random): CellGenome {
  const [, ...sources] = nodes[i];
  if (sources.length === 0) return { nodes, c, h };
  const source = random.pick(sources);
  const instead = (read: number) => (read === before + i ? source : read);
  const output = (read: number) => (source < before ? read : instead(read));
  return { nodes: nodes.map(([op, ...read]): GenomeNode => [op, ...read.map(instead)]), c: output(c), h: output(h) };
}

// A new node stands between node i and one of its sources.
function inserted({ nodes, c, h }: CellGenome, i: number, random: Random): CellGenome {
  const [op, ...sources] = nodes[i];
  if (sources.length === 0 || nodes.length === mostNodes) return { nodes, c, h };
  const at = random.int(sources.length);
  const added: GenomeNode = random.chance(0.5)
    ? [random.pick(unary), sources[at]]
    : [random.pick(binary), sources[at], random.int(before + i)];
  const moved = (source: number) => (source < before + i ? source : source + 1);
  const after = nodes.slice(i + 1).map(([op, ...read]): GenomeNode => [op, ...read.map(moved)]);
  return {
    nodes: [...nodes.slice(0, i), added, [op, ...sources.with(at, before + i)], ...after],
    c: moved(c),
    h: moved(h),
  };
}

function rewired([op, ...sources]: GenomeNode, i: number, random: Random): GenomeNode {
  if (sources.length === 0) return [op];
  return [op, ...sources.with(random.int(sources.length), random.int(before + i))];
}

// Another op reads the same, or by chance the same op.
function renamed([, ...sources]: GenomeNode, random: Random): GenomeNode {
  return [random.pick(opsReading[sources.length]), ...sources];
}

function nodeAt(i: number, random: Random): GenomeNode {
  const kind = random.uniform();
  const source = () => random.int(before + i);
  if (kind < 0.3) return ["lin"];
  if (kind < 0.6) return [random.pick(unary), source()];
  return [random.pick(binary), source(), source()];
}

const ops = Object.keys(nodeOps);
const unary = ["tanh", "sigmoid", "inv"] as const;
const binary = ["add", "mul"] as const;
/** By how many sources they read. */
const opsReading: readonly (readonly GenomeNode[0][])[] = [["lin"], unary, binary];
const outputs = ["c", "h"] as const;
const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
