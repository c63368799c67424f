// A genome as the source of a cell: a program of ops with its equations in its header, compiled like a user's own.
import type { CompiledCell } from "../compile/cell.ts";
import { compileSource } from "../compile/compile.ts";
import { UserError } from "../spec/user-error.ts";
import { type CellGenome, canonical, type GenomeNode } from "./genome.ts";

/** Constants are fixed by cell and name (host/train/fixed.ts), so all evolved cells have this one. */
const cellName = "evolved";
export const mostBytes = 2560;

/** Of nodes; x, h and c are taken. */
const letters = [..."abdefgijklmnopqrstuv"];

/** @throws UserError for a cell that reads no input, and one whose wasm is too large */
export async function compileGenome(genome: CellGenome): Promise<CompiledCell> {
  const cell = await compileSource(cellSource(genome), `${cellName}.ts`);
  if (cell.wasm.length > mostBytes)
    throw new UserError(
      `the genome compiles to ${cell.wasm.length} bytes`,
      `at most ${mostBytes} are allowed: take nodes away`,
    );
  return cell;
}

/**
 * @param notes lines of the header before the equations
 * @throws UserError for a cell that reads no input
 */
export function cellSource(genome: CellGenome, notes: readonly string[] = ["An evolved cell."]): string {
  const { nodes, c, h } = canonical(genome);
  if (!nodes.some(([op]) => op === "lin"))
    throw new UserError("a genome reads no input: no `lin` leads to its next h", "give it one");
  const name = (source: number): string => (source < 2 ? "hc"[source] : letters[source - 2]);
  const keepsC = nodes.some(([, ...sources]) => sources.includes(1));
  const inverts = nodes.some(([op]) => op === "inv");
  const lins = nodes.flatMap(([op], i) => (op === "lin" ? [letters[i]] : []));
  const equations = [
    ...nodes.map((node, i) => `${letters[i]} = ${equationOf(node, letters[i], name)}`),
    ...(keepsC ? [`c' = ${name(c)}`] : []),
    `h' = ${name(h)}`,
  ];
  const used = new Set(nodes.flatMap(([op]) => importsOf[op]));
  const ops = ["inputs", "matrix", "set", "state", "units", "Vector", "vector", ...used];
  return [
    ...[...notes, ...lined(equations)].map((line) => `// ${line}`),
    importOf(ops.sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))),
    "",
    ...lins.flatMap((l) => [
      `const W${l} = matrix(units, inputs);`,
      `const U${l} = matrix(units, units);`,
      `const b${l} = vector(units);`,
    ]),
    ...(inverts ? ["const one = vector(units); // 1", "const minus = vector(units); // −1"] : []),
    "const h = state(units);",
    ...(keepsC ? ["const c = state(units);"] : []),
    "",
    "export function step(x: Vector): Vector {",
    ...nodes.map((node, i) => `  const ${letters[i]} = ${callOf(node, letters[i], name)};`),
    ...(keepsC ? [`  set(c, ${name(c)});`] : []),
    `  return set(h, ${name(h)});`,
    "}",
    "",
  ].join("\n");
}

function importOf(names: readonly string[]): string {
  const line = `import { ${names.join(", ")} } from "#ops";`;
  return line.length <= 120 ? line : `import {\n${names.map((name) => `  ${name},\n`).join("")}} from "#ops";`;
}

const importsOf = {
  lin: ["recurrent"],
  tanh: ["tanh"],
  sigmoid: ["sigmoid"],
  inv: ["multiplyAdd"],
  add: ["add"],
  mul: ["multiply"],
} satisfies Record<GenomeNode[0], string[]>;

function callOf([op, a, b]: GenomeNode, l: string, name: (source: number) => string): string {
  if (op === "lin") return `recurrent(W${l}, x, U${l}, h, b${l})`;
  if (op === "inv") return `multiplyAdd(minus, ${name(a)}, one)`;
  if (op === "add") return `add(${name(a)}, ${name(b)})`;
  if (op === "mul") return `multiply(${name(a)}, ${name(b)})`;
  return `${op}(${name(a)})`;
}

function equationOf([op, a, b]: GenomeNode, l: string, name: (source: number) => string): string {
  if (op === "lin") return `W${l} x + U${l} h + b${l}`;
  if (op === "inv") return `1 − ${name(a)}`;
  if (op === "add") return `${name(a)} + ${name(b)}`;
  if (op === "mul") return `${name(a)} ∘ ${name(b)}`;
  return `${op === "sigmoid" ? "σ" : op}(${name(a)})`;
}

// Equations side by side, in lines of up to 120 letters.
function lined(equations: readonly string[]): string[] {
  const lines: string[] = [];
  for (const equation of equations) {
    const joined = `${lines.at(-1)}    ${equation}`;
    if (lines.length > 0 && joined.length <= 116) lines[lines.length - 1] = joined;
    else lines.push(`  ${equation}`);
  }
  return lines;
}
