// What a model file says to people and hosts (section mETA, JSON). A board never reads it, nothing that runs depends on it.
import type { CellParameter, CellSite } from "../compile/cell.ts";

export type LayerMeta = {
  /** The cell's name and the options it was compiled with. */
  cell: string;
  options: Record<string, boolean>;
  /** SHA-256 of the cell's source. */
  source: string;
  sizes: Record<string, number>;
  states: string[];
  parameters: Pick<CellParameter, "name" | "role">[];
  sites: CellSite[];
};

export type Meta = {
  layers: LayerMeta[];
  labels?: string[];
  /** How it was trained: whatever the float model's file says (recipe, seed, data, accuracies). */
  training?: Record<string, unknown>;
  /** What quantization cost, measured when the file was made. */
  quantization?: Record<string, unknown>;
  engram: string;
};
