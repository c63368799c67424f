// A model file for a verb: read, checked, and described.
import { createHash } from "node:crypto";
import { readOutput } from "../features/output-section.ts";
import { readFloatModel } from "../model/float-model.ts";
import { type Model, ramParts, readModel } from "../model/model.ts";
import { readWhole } from "../model/whole-file.ts";
import { type OpName, opNames, ops } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";

/** What `engram inspect` says of a model file; times of a step depend on the board. */
export type Description = {
  /** Cells of the layers before the read-out. */
  cell: string;
  labels: string[];
  /** Bytes of all modules. */
  wasmBytes: number;
  /** Bytes of weights with their scales, biases and initial states. */
  weightBytes: number;
  fileBytes: number;
  /** What a board gives the model: states, arena, front end, decoder. */
  ramBytes: number;
  ram: ReturnType<typeof ramParts>;
  /** Multiplications of a weight and a value in a step. */
  macsPerStep: number;
  ops: OpName[];
  layers: { cell: string; sizes: Record<string, number>; macs: number; wasmBytes: number; calls: number }[];
  /** SHA-256 of the file's bytes. */
  sha256: string;
  /** The name by which boards know it: SHA-256 of what follows the header. */
  name: string;
  training?: Record<string, unknown>;
  quantization?: Record<string, unknown>;
};

/** Reads a model file for a board. UserError if it is missing, not quantized yet, or whatever a board would refuse. */
export function openModel(path: string): Model {
  if (isFloatModel(path)) throw notQuantized(path);
  return readModel(readWhole(path), path);
}

/** @param instead what else can be done */
export const notQuantized = (path: string, instead = ""): UserError =>
  new UserError(`${path} is a float model, and boards run integers`, `quantize it first${instead}`);

/** Whether a file is one that `engram train` wrote: safetensors begin with the length of their JSON. */
export function isFloatModel(path: string): boolean {
  const head = Buffer.from(readWhole(path).subarray(0, 9));
  return head.length === 9 && head[8] === "{".charCodeAt(0) && head.readUInt32LE(4) === 0;
}

/** What `engram inspect` says of a float model. UserError if it is damaged. */
export function describeFloat(path: string) {
  const { layers, labels, frontEnd, training } = readFloatModel(path);
  const parameters = layers.flatMap((layer) => layer.parameters.map(({ length }) => length));
  return {
    cell:
      layers.length > 1
        ? layers
            .slice(0, -1)
            .map(({ cell }) => cell.name)
            .join("+")
        : layers[0].cell.name,
    labels,
    parameters: parameters.reduce((sum, length) => sum + length, 0),
    layers: layers.map(({ cell, sizes }) => ({ cell: cell.name, sizes })),
    frontEnd,
    training,
    sha256: createHash("sha256").update(readWhole(path)).digest("hex"),
  };
}

/** Codes of the ops that a model's layers call. */
export function opCodes(model: Model): number[] {
  return opsOf(model).map((name) => ops[name].code);
}

export function describe(model: Model): Description {
  const { layers, modules, meta, sections } = model;
  const output = sections.get("OUTP");
  const described = layers.map((layer, i) => ({
    cell: meta?.layers[i]?.cell ?? "?",
    sizes: meta?.layers[i]?.sizes ?? {},
    macs: layer.records.reduce((sum, { role, rows, columns }) => sum + (role === "matrix" ? rows * columns : 0), 0),
    wasmBytes: modules[layer.module].length,
    calls: layer.records.filter(({ role }) => role === "site").length,
  }));
  const before = described.length > 1 ? described.slice(0, -1) : described;
  return {
    cell: before.map(({ cell }) => cell).join("+"),
    labels: output ? readOutput(output.bytes).labels : (meta?.labels ?? []),
    wasmBytes: modules.reduce((sum, { length }) => sum + length, 0),
    weightBytes: sections.get("WGHT")?.bytes.length ?? 0,
    fileBytes: model.file.length,
    ramBytes: model.header.ramBytes,
    ram: ramParts(model),
    macsPerStep: described.reduce((sum, { macs }) => sum + macs, 0),
    ops: opsOf(model),
    layers: described,
    sha256: createHash("sha256").update(model.file).digest("hex"),
    name: model.sha256,
    training: meta?.training,
    quantization: meta?.quantization,
  };
}

function opsOf(model: Model): OpName[] {
  const used = new Set(model.layers.flatMap(({ records }) => records.map(({ op }) => op)));
  return opNames.filter((name) => used.has(name));
}
