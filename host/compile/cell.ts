// What the compiler knows of a cell besides its wasm: everything that a model, a tape or a report needs to name its parts.
import { opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";

/** A size: one that the layer gives (`units`, `inputs`, `slots` …) or a number. */
export type Size = string | number;

/** Element kinds of states and sites. */
export type Kind = "int8" | "int16" | "int32";

export type CellState = { name: string; shape: Size[]; kind: Kind };
export type CellParameter = { name: string; role: "matrix" | "vector"; shape: Size[] };
/**
 * Sequences that go through a float network at a time, forward. One where a cell keeps a stack and branches on what it is told, as trees
 * want it: a condition holds for all lanes or for none, and what one sequence leaves on the stack is no beginning for the next.
 */
export const lanesOf = (layers: readonly Pick<FloatLayer, "cell">[]): number => {
  const grows = ({ cell: { sites } }: Pick<FloatLayer, "cell">): boolean =>
    sites.some(({ op }) => op === "free") && sites.some(({ op }) => opOf(op)?.result === "condition");
  return layers.some(grows) ? 1 : 32;
};

/** A call site: the op, the exported function or helper in which it stands, the line, and the variable it defines, if any. */
export type CellSite = { op: string; function: string; line: number; name: string };

/**
 * A compiled cell. Handles are one space: inputs, then states, then parameters, then call sites; the wasm's constants are
 * these numbers, and every op returns its own site's handle (or, for a condition, 0 or 1).
 */
export type CompiledCell = {
  name: string;
  /** The chosen value of each option that the source declares. */
  options: Record<string, boolean>;
  wasm: Uint8Array;
  /** SHA-256 of the source text, hex. */
  source: string;
  /** Names of `step`'s parameters, the first handles. */
  inputs: string[];
  states: CellState[];
  parameters: CellParameter[];
  sites: CellSite[];
  /** Exported functions, `step` first. */
  functions: string[];
  /** Named sizes that the layer must give, with their defaults (`units` and `inputs` have none). */
  sizes: Record<string, number | undefined>;
};

export const firstState = (cell: CompiledCell): number => cell.inputs.length;
export const firstParameter = (cell: CompiledCell): number => cell.inputs.length + cell.states.length;
export const firstSite = (cell: CompiledCell): number => firstParameter(cell) + cell.parameters.length;
export const handleCount = (cell: CompiledCell): number => firstSite(cell) + cell.sites.length;

/** What people call a call site: cell, line, op, and the variable it makes. */
export function siteName(
  cell: Pick<CompiledCell, "name" | "sites" | "inputs" | "states" | "parameters">,
  handle: number,
): string {
  const first = cell.inputs.length + cell.states.length + cell.parameters.length;
  if (handle < first) return `input of ${cell.name}`;
  const { op, line, name } = cell.sites[handle - first];
  return `${cell.name} line ${line}: ${op}${name ? ` of ${name}` : ""}`;
}

/**
 * A part of a layer's input: a result, from element `at` of the input on.
 * Pieces are joined end to end; one that `adds` is added to what others put there.
 */
export type Piece = {
  /** 0: the network's input; k: the result of layer k − 1. */
  source: number;
  /** The result of the step before, zero at the start: of this layer, or of one that runs after it. */
  previous: boolean;
  /** Of an earlier layer or the input: as it was so many steps before, zero at the start. */
  delay?: number;
  at: number;
  length: number;
  adds: boolean;
};

/** A layer with its trained values: one Float32Array for each of the cell's parameters, matrices row by row. */
export type FloatLayer = {
  cell: CompiledCell;
  sizes: Record<string, number>;
  parameters: Float32Array[];
  /** What it reads; the result of the layer before if absent. */
  pieces?: Piece[];
  numbers?: Numbers;
  /** Steps through a window from its last step to its first. */
  backward?: boolean;
};

/** A matrix of wider rows, or one of entries that a generator draws, each a multiple of a scale that is a power of two (host/spec/seeded.ts). */
export type MatrixNumbers =
  | "int16"
  | "int32"
  | { seed: number; degree: number; most: number; positive?: boolean; scale: number };

/** How a board holds a layer's values where the usual kinds do not do. */
export type Numbers = {
  /** Of all matrices, or by name; int8 by row if absent. */
  matrices?: "int16" | Record<string, MatrixNumbers>;
  /** Of an input that is gathered. */
  input?: "int32";
  /** Results of call sites that are held in 32 bits, by the variable that they define. */
  sites?: Record<string, "int32">;
  /** Of states, by name, besides those that the cell declares so. */
  states?: Record<string, "int32">;
  /** Fraction bits of states, vector parameters and results of call sites, by name: of whole numbers 0, which no range shows. */
  formats?: Record<string, number>;
};

/** What a blueprint says of a parameter. */
export const numbersOf = (
  { cell, numbers }: Pick<FloatLayer, "cell" | "numbers">,
  parameter: number,
): MatrixNumbers | "int8" => {
  const matrices = numbers?.matrices ?? {};
  return typeof matrices === "string" ? matrices : (matrices[cell.parameters[parameter].name] ?? "int8");
};

/** The result that a layer reads as it lies, 0 the network's input, k that of layer k − 1; undefined if it gathers pieces. */
export function aliasOf(layers: readonly Pick<FloatLayer, "pieces" | "backward">[], layer: number): number | undefined {
  const { pieces } = layers[layer];
  if (readsWindows(layers)) return undefined;
  if (!pieces) return layer;
  return pieces.length === 1 && !pieces[0].previous && !pieces[0].delay ? pieces[0].source : undefined;
}

/** Whether a network reads whole windows: some layer begins at their end. */
export const readsWindows = (layers: readonly Pick<FloatLayer, "backward">[]): boolean =>
  layers.some(({ backward }) => backward);

/** The pieces of a layer's input, also of one that reads a single result. */
export function piecesOf(layers: readonly Pick<FloatLayer, "pieces" | "sizes">[], layer: number): Piece[] {
  const { pieces, sizes } = layers[layer];
  return pieces ?? [{ source: layer, previous: false, at: 0, length: sizes.inputs, adds: false }];
}

/** How far back the results of each source are read, 0 the input: what keeps the past of it. */
export function delaysOf(layers: readonly Pick<FloatLayer, "pieces">[]): Map<number, number> {
  const depths = new Map<number, number>();
  for (const { source, delay = 0 } of layers.flatMap(({ pieces }) => pieces ?? []))
    if (delay > 0) depths.set(source, Math.max(delay, depths.get(source) ?? 0));
  return depths;
}

/** Values of a frame of a network of such layers. */
export function networkInputs(layers: readonly Pick<FloatLayer, "sizes" | "pieces">[]): number {
  const pieces = layers.flatMap(({ pieces }) => pieces ?? []);
  return pieces.find(({ source }) => source === 0)?.length ?? layers[0].sizes.inputs;
}

/** A shape in numbers. @throws UserError if the layer lacks a size */
export function shapeOf(shape: readonly Size[], { cell, sizes }: Pick<FloatLayer, "cell" | "sizes">): number[] {
  return shape.map((size) => {
    const value = typeof size === "number" ? size : (sizes[size] ?? cell.sizes[size]);
    if (value === undefined) throw new UserError(`cell ${cell.name} needs the size ${size}`, "give it with the layer");
    return value;
  });
}

/** Elements of each parameter, in the cell's order. */
export const parameterLengths = (layer: Pick<FloatLayer, "cell" | "sizes">): number[] =>
  layer.cell.parameters.map(({ shape }) => shapeOf(shape, layer).reduce((a, b) => a * b, 1));
