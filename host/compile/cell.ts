// What the compiler knows of a cell besides its wasm: everything that a model, a tape or a report needs to name its parts.
import { UserError } from "../spec/user-error.ts";

/** A size: one that the layer gives (`units`, `inputs`, `slots` …) or a number. */
export type Size = string | number;

/** Element kinds of states and sites. */
export type Kind = "int8" | "int16" | "int32";

export type CellState = { name: string; shape: Size[]; kind: Kind };
export type CellParameter = { name: string; role: "matrix" | "vector"; shape: Size[] };
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

/** A layer with its trained values: one Float32Array for each of the cell's parameters, matrices row by row. */
export type FloatLayer = { cell: CompiledCell; sizes: Record<string, number>; parameters: Float32Array[] };

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
