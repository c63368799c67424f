// What a report is about: the facts of a .model or .engram file in one form. What the file says of its own making is JSON
// that any program may have written, so each fact is looked at before it is used.
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { readFrontEnd } from "../../features/frontend-section.ts";
import { readOutput } from "../../features/output-section.ts";
import { type Epoch, readFloatModel } from "../../model/float-model.ts";
import type { DecoderParameters } from "../../spec/decoder.ts";
import type { FrontEnd } from "../../spec/frontend.ts";
import { UserError } from "../../spec/user-error.ts";
import { type Description, describe, describeFloat, isFloatModel, openModel } from "../model-file.ts";

export type Facts = Record<string, unknown>;

export type Subject = {
  /** The file's name without its folder. */
  file: string;
  cell: string;
  labels: readonly string[];
  layers: { cell: string; sizes: Record<string, number>; macs?: number; wasmBytes?: number; calls?: number }[];
  sha256: string;
  frontEnd?: FrontEnd;
  /** Of an integer model that detects. */
  decoder?: DecoderParameters;
  /** Of an integer model. */
  board?: Pick<
    Description,
    "weightBytes" | "wasmBytes" | "fileBytes" | "ramBytes" | "ram" | "macsPerStep" | "ops" | "name"
  >;
  /** Count, of a float model. */
  parameters?: number;
  training: Facts;
  history: readonly Epoch[];
  /** The file that the history comes from, if another one. */
  historyOf?: string;
  quantization?: Facts;
};

/** @throws UserError or the system's error if the file is missing, damaged, or no model */
export function readSubject(path: string): Subject {
  const file = basename(path);
  if (isFloatModel(path)) {
    const { training, ...facts } = describeFloat(path);
    const { history = [], ...rest } = training;
    return { ...facts, labels: facts.labels.map(String), file, training: rest, history };
  }
  const model = openModel(path);
  const board = describe(model);
  const front = model.sections.get("FRNT");
  const output = model.sections.get("OUTP");
  const { cell, sha256 } = board;
  const layers = board.layers.map((layer) => ({ ...layer, cell: String(layer.cell), sizes: sizesOf(layer.sizes) }));
  const training = factsOf(board.training);
  return {
    file,
    cell,
    labels: Array.isArray(board.labels) ? board.labels.map(String) : [],
    layers,
    sha256,
    board,
    frontEnd: front && readFrontEnd(front.bytes),
    decoder: output && readOutput(output.bytes),
    training,
    quantization: board.quantization && factsOf(board.quantization),
    ...historyBeside(path, training, layers),
  };
}

// A board's file has no curves. The float model that it was made from has, if it lies beside under the same name.
function historyBeside(
  path: string,
  training: Facts,
  layers: Subject["layers"],
): Pick<Subject, "history" | "historyOf"> {
  const beside = path.replace(/(\.engram)?$/, ".model");
  if (!existsSync(beside)) return { history: [] };
  try {
    const model = readFloatModel(beside);
    const { history = [], ...rest } = model.training;
    const shapes = (list: readonly { sizes: Record<string, number> }[]) =>
      JSON.stringify(list.map(({ sizes }) => Object.entries(sizes).sort()));
    const same = JSON.stringify(rest) === JSON.stringify(training) && shapes(model.layers) === shapes(layers);
    return same && history.length > 0 ? { history, historyOf: basename(beside) } : { history: [] };
  } catch (error) {
    if (error instanceof UserError) return { history: [] };
    throw error;
  }
}

const sizesOf = (value: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries(factsOf(value)).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );

/** The record that this is, or an empty one. */
export const factsOf = (value: unknown): Facts =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Facts) : {};

/** The number that this is, if it is a finite one. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
