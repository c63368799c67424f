// The float side of a model, a .model file: safetensors with the layers' parameters; the metadata hold the compiled cells
// themselves, so that nothing needs a compiler afterwards, and how the model was trained.
import { createHash } from "node:crypto";
import { checkBounds } from "../compile/bounds.ts";
import { type CompiledCell, type FloatLayer, readsWindows, shapeOf } from "../compile/cell.ts";
import { checkModule } from "../compile/subset.ts";
import type { DecoderParameters } from "../spec/decoder.ts";
import type { FrontEnd } from "../spec/frontend.ts";
import { UserError } from "../spec/user-error.ts";
import { modelFile } from "./container.ts";
import type { Window } from "./pieces.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "./safetensors.ts";
import { type FileKind, readWhole, writeWhole } from "./whole-file.ts";

/** What an epoch of training came to; the same for the same training, so no times. */
export type Epoch = {
  /** From 1. */
  epoch: number;
  /** Mean of its steps. */
  loss: number;
  /** Of evolution: the fitness of the best of a generation, mean of its generations; the loss is its opposite. */
  fitness?: number;
  /** Fraction of its training examples that came out right, 0 … 1. */
  accuracy: number;
  /** Fraction of validation examples, 0 … 1, after its last step. */
  validation?: number;
  /** Learning rate of its last step; of evolution σ after its last generation. */
  rate: number;
};

/** How a model came about; for people, for `inspect` and `report`. */
export type Training = {
  /** The task's name and its recipe: every number that decided the outcome. */
  task: string;
  recipe: Record<string, unknown>;
  seed: number;
  /** Name and hash of the data set. */
  data: { name: string; hash: string };
  /** Fractions right, 0 … 1, by split; values of the metric where there is one. */
  accuracy: Record<string, number>;
  /** Of users' own sequences: how they are read, and what the test found (`host/tasks/own-data`). */
  sequences?: Record<string, unknown>;
  test?: Record<string, unknown>;
  /** What is measured where it is not the fraction right. */
  metric?: { name: string; unit: string; better: "higher" | "lower" };
  /** Of weights that were evolved: evaluations that were done, and what came of them. */
  evolution?: { evaluations: number; reached: boolean; fitness: number; restarts: number; failed: number };
  /** Epoch by epoch; files of older versions have none. */
  history?: Epoch[];
};

/** A decoder but for what the model says anyway. */
export type Decoding = Omit<DecoderParameters, "labels" | "format">;

export type FloatModel = {
  layers: FloatLayer[];
  labels: string[];
  frontEnd?: FrontEnd;
  /** How the results become detections, where that is not as of keywords. */
  decoding?: Decoding;
  /** Frames whose logits are averaged. */
  window: number;
  /** Of a network that reads whole windows. */
  reads?: Window;
  training: Training;
};

/** The safetensors that `encodeFloatModel` writes. */
export const floatModelFile: FileKind = {
  name: "float model",
  begins: (head) => head.startsWith('{"__metadata__":{"format":"engram","version"', 8),
};

/** Writes a model beside `path` and renames it. @throws UserError if the disk does not take it */
export function writeFloatModel(path: string, model: FloatModel): void {
  writeWhole(path, encodeFloatModel(model));
}

/** @throws UserError if the file is missing, damaged, or no float model */
export function readFloatModel(path: string): FloatModel {
  const bytes = readWhole(path);
  if (modelFile.begins(Buffer.from(bytes.subarray(0, 4)).toString("latin1")))
    throw new UserError(`${path} is quantized already`, "give the .model file that it was made from");
  return decodeFloatModel(bytes, path);
}

/** The bytes of a .model file. */
export function encodeFloatModel({ layers, ...facts }: FloatModel): Uint8Array {
  const cells = layers.map(({ cell, parameters: _, ...rest }) => ({
    cell: { ...cell, wasm: Buffer.from(cell.wasm).toString("base64") },
    ...rest,
  }));
  const tensors = namedTensors(layers);
  const description = { layers: JSON.stringify(cells), facts: JSON.stringify(facts) };
  const metadata = { format: "engram", version: "1", ...description, sha256: digest(description, tensors) };
  return encodeSafetensors({ metadata, tensors });
}

/** The model in the bytes of a file. @throws UserError if they are no model, or damaged */
export function decodeFloatModel(bytes: Uint8Array, name: string): FloatModel {
  const { metadata, tensors } = decodeSafetensors(bytes, name);
  const broken = (what: string) =>
    new UserError(`${name}: ${what}`, "train the model again with this version of engram");
  if (metadata.format !== "engram" || metadata.version !== "1")
    throw broken("it is no model of this version of engram");
  if (digest(metadata, tensors) !== metadata.sha256) throw broken("it is damaged: its checksum does not match");
  let layers: (Omit<FloatLayer, "cell" | "parameters"> & { cell: CompiledCell & { wasm: unknown } })[];
  let facts: Omit<FloatModel, "layers">;
  try {
    layers = JSON.parse(metadata.layers);
    facts = JSON.parse(metadata.facts);
    if (!Array.isArray(layers) || !Array.isArray(facts.labels) || !(facts.window >= 1)) throw new Error("wrong type");
    if (!facts.training || !isHistory(facts.training.history ?? [])) throw new Error("wrong type");
  } catch {
    throw broken("its description is damaged");
  }
  const model: FloatModel = {
    ...facts,
    layers: layers.map((layer, i) => {
      const cell = checkCell(layer?.cell);
      if (typeof cell === "string") throw broken(`layer ${i}: ${cell}`);
      const size = Object.entries(layer.sizes ?? {}).find(([, given]) => !(Number.isInteger(given) && given >= 1));
      if (!layer.sizes || size) throw broken(`layer ${i} has ${size ? `${size[0]} ${size[1]}` : "no sizes"}`);
      const parameters = cell.parameters.map(({ name: parameter, shape }) => {
        const tensor = tensors.get(`${i}.${parameter}`);
        const wanted = shapeOf(shape, layer);
        if (!tensor || tensor.shape.join() !== wanted.join())
          throw broken(`${i}.${parameter} is not of shape ${wanted.join(" × ")}`);
        if (!tensor.values.every(Number.isFinite)) throw broken(`${i}.${parameter} has values that are no numbers`);
        return tensor.values;
      });
      return { ...layer, cell, parameters };
    }),
  };
  checkWhole(model, tensors, broken);
  model.layers.forEach((layer, i) => {
    checkBounds(layer, `layer ${i} (${layer.cell.name}) of ${name}`);
  });
  return model;
}

// Whether the parts belong together: weights of one variant of a cell mean nothing to another.
function checkWhole(model: FloatModel, tensors: Map<string, Tensor>, broken: (what: string) => UserError): void {
  const { layers, labels, reads } = model;
  const known = namedTensors(layers);
  const stray = [...tensors.keys()].find((tensor) => !known.has(tensor));
  if (stray !== undefined) {
    const { cell } = layers[Number.parseInt(stray, 10)] ?? {};
    const variant = Object.keys(cell?.options ?? {}).filter((option) => cell?.options[option]);
    throw broken(
      `it holds ${stray}, which ${cell ? [cell.name, ...variant].join("+") : "no layer of it"} does not use`,
    );
  }
  const { units } = layers[layers.length - 1].sizes;
  if (labels.length > 0 && labels.length !== units)
    throw broken(`it has ${labels.length} labels and a read-out of ${units} units`);
  layers.forEach(({ pieces, sizes: { inputs } }, i) => {
    const { units } = layers[i - 1]?.sizes ?? { units: inputs };
    if (!pieces && inputs !== units) throw broken(`layer ${i} takes ${inputs} values, layer ${i - 1} gives ${units}`);
  });
  if (reads && !(reads.before >= 0 && reads.hop >= 1 && reads.after >= 0))
    throw broken(`its window is ${JSON.stringify(reads)}`);
  if (readsWindows(layers) !== (reads !== undefined))
    throw broken(reads ? "it has a window and no backward layer" : "it has a backward layer and no window");
}

function isHistory(history: unknown): history is Epoch[] {
  const isEpoch = (entry: Partial<Epoch> | null): boolean =>
    [entry?.epoch, entry?.loss, entry?.accuracy, entry?.rate, entry?.validation ?? 0].every(Number.isFinite);
  return Array.isArray(history) && history.every(isEpoch);
}

// SHA-256 of everything that makes the model.
function digest({ layers, facts }: Record<string, string>, tensors: Map<string, Tensor>): string {
  const hash = createHash("sha256").update(`${layers}\n${facts}\n`);
  for (const [name, { shape, values }] of tensors) {
    hash
      .update(`${name} ${shape.join()}\n`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

/** Parameters by the name LAYER.PARAMETER. */
export function namedTensors(layers: readonly FloatLayer[]): Map<string, Tensor> {
  return new Map(
    layers.flatMap(({ cell, sizes, parameters }, i) =>
      cell.parameters.map(({ name, shape }, p): [string, Tensor] => [
        `${i}.${name}`,
        { shape: shapeOf(shape, { cell, sizes }), values: parameters[p] },
      ]),
    ),
  );
}

// A cell from the description, or what is wrong with it.
function checkCell(cell: (Omit<CompiledCell, "wasm"> & { wasm: unknown }) | undefined): CompiledCell | string {
  const lists = [cell?.inputs, cell?.states, cell?.parameters, cell?.sites, cell?.functions];
  if (!cell || typeof cell.wasm !== "string" || !lists.every(Array.isArray)) return "its cell is damaged";
  const wasm = new Uint8Array(Buffer.from(cell.wasm, "base64"));
  return checkModule(wasm, cell.inputs.length) ?? { ...cell, wasm };
}
