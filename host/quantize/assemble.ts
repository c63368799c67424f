// The model compiler: a trained float network and its calibrated ranges to the bytes of an .engram file.
import { type FloatLayer, firstParameter, firstSite, firstState, handleCount, shapeOf } from "../compile/cell.ts";
import { firstOffset, nextOffset, writeContainer } from "../model/container.ts";
import type { LayerMeta, Meta } from "../model/meta.ts";
import {
  codeEntry,
  codeHead,
  kinds,
  layer as layerEntry,
  layersHead,
  modelLimits,
  type Role,
  record,
  roles,
  type SectionTag,
} from "../spec/container.ts";
import { decoderHead } from "../spec/decoder.ts";
import { frontEndHead } from "../spec/frontend.ts";
import { opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import { chooseFormats, type LayerFormats } from "./formats.ts";
import { type Placement, place } from "./place.ts";
import { productConstants, type Rows, roundRows } from "./weights.ts";

export type AssembleOptions = {
  /** Fraction bits of the model's input. */
  inputFormat: number;
  /** Greatest absolute value by layer and handle on calibration data. */
  ranges: Float32Array[];
  /** FRNT and, made for the format that the logits got, OUTP. */
  frontEnd?: Uint8Array;
  output?: (format: number) => Uint8Array;
  meta: Omit<Meta, "layers">;
};

export type Assembled = {
  file: Uint8Array;
  formats: LayerFormats[];
  placement: Placement;
  /** Sites whose format was made coarser than their range asked for, since a weight's ratio would not fit. */
  coarser: { layer: number; site: number; format: number }[];
};

/**
 * Compiles a model.
 * @throws UserError if a cell or its weights cannot be followed in integers
 */
export function assemble(layers: FloatLayer[], options: AssembleOptions): Assembled {
  for (const layer of layers) checkSizes(layer);
  const formats: LayerFormats[] = [];
  const coarser: Assembled["coarser"] = [];
  const weights = new Weights();
  const parts: { constants: Map<number, number>; data: Map<number, number> }[] = [];
  let inputFormat = options.inputFormat;
  layers.forEach((layer, i) => {
    const chosen = chooseFormats(layer, options.ranges[i], inputFormat);
    formats.push(chosen);
    parts.push(
      addWeights(layer, chosen, weights, (site) => coarser.push({ layer: i, site, format: chosen.formats[site] })),
    );
    checkShifts(layer, chosen);
    inputFormat = chosen.formats[chosen.result];
  });
  const placement = place(layers, formats);
  const modules = [...new Map(layers.map(({ cell }) => [Buffer.from(cell.wasm).toString("hex"), cell.wasm])).values()];

  const records = layers.reduce((sum, { cell }) => sum + handleCount(cell) * record.bytes, 0);
  const layersSection = new Uint8Array(layersHead.bytes + layers.length * layerEntry.bytes);
  const code = new Uint8Array(
    codeHead.bytes + modules.length * codeEntry.bytes + modules.reduce((sum, { length }) => sum + length, 0),
  );
  const count = 5 + (options.frontEnd ? 1 : 0) + (options.output ? 1 : 0);
  const siteAt = nextOffset(firstOffset(count), layersSection.length);
  const codeAt = nextOffset(siteAt, records);
  const weightsAt = nextOffset(codeAt, code.length);

  layersHead.write(layersSection, 0, { count: layers.length, result: layers.length - 1 });
  const site = new Uint8Array(records);
  let recordsAt = 0;
  layers.forEach((layer, i) => {
    const { cell } = layer;
    layerEntry.write(layersSection, layersHead.bytes + i * layerEntry.bytes, {
      records: siteAt + recordsAt,
      handles: handleCount(cell),
      states: cell.states.length,
      parameters: cell.parameters.length,
      inputs: cell.inputs.length,
      module: modules.findIndex((module) => Buffer.from(module).equals(cell.wasm)),
      result: formats[i].result,
      source: i,
      reserved: 0,
      initial: 0,
    });
    for (let handle = 0; handle < handleCount(cell); handle++, recordsAt += record.bytes) {
      record.write(site, recordsAt, recordOf(layer, i, handle));
    }
  });
  codeHead.write(code, 0, { count: modules.length });
  modules.reduce(
    (at, module, i) => {
      code.set(module, at);
      codeEntry.write(code, codeHead.bytes + i * codeEntry.bytes, { offset: codeAt + at, length: module.length });
      return at + module.length;
    },
    codeHead.bytes + modules.length * codeEntry.bytes,
  );

  function recordOf(layer: FloatLayer, i: number, handle: number) {
    const { cell } = layer;
    const { constants, data } = parts[i];
    const role = roleIn(layer, formats[i], handle);
    const shape = role === "matrix" ? shapeOf(cell.parameters[handle - firstParameter(cell)].shape, layer) : [];
    const inFile = data.get(handle);
    return {
      offset: inFile !== undefined ? weightsAt + inFile : role === "bias" ? 0 : placement.offsets[i][handle],
      rows: placement.rows[i][handle],
      columns: shape[1] ?? 0,
      role: roles[role][0],
      kind: kinds[role === "matrix" ? "int8" : "int16"][0],
      format: formats[i].formats[handle],
      op: role === "site" ? opOf(cell.sites[handle - firstSite(cell)].op)!.code : 255,
      constants: constants.has(handle) ? weightsAt + constants.get(handle)! : 0,
    };
  }

  const output = options.output?.(inputFormat);
  const ram = (bytes: number) => Math.ceil(bytes / 8) * 8;
  const ramBytes =
    ram(placement.stateBytes) +
    ram(placement.arenaBytes) +
    (options.frontEnd ? ram(frontEndHead.read(options.frontEnd).ramBytes) : 0) +
    (output ? ram(decoderHead.read(output).ramBytes) : 0);
  const meta: Meta = { ...options.meta, layers: layers.map(layerMeta) };
  const sections: [SectionTag, Uint8Array][] = [
    ["LAYR", layersSection],
    ["SITE", site],
    ["CODE", code],
    ["WGHT", weights.bytes()],
    ...(options.frontEnd ? [["FRNT", options.frontEnd] as [SectionTag, Uint8Array]] : []),
    ...(output ? [["OUTP", output] as [SectionTag, Uint8Array]] : []),
    ["mETA", new TextEncoder().encode(JSON.stringify(meta))],
  ];
  const { stateBytes, arenaBytes } = placement;
  return { file: writeContainer(sections, { ramBytes, stateBytes, arenaBytes }), formats, placement, coarser };
}

function layerMeta({ cell, sizes }: FloatLayer): LayerMeta {
  return {
    cell: cell.name,
    options: cell.options,
    source: cell.source,
    sizes,
    states: cell.states.map(({ name }) => name),
    parameters: cell.parameters.map(({ name, role }) => ({ name, role })),
    sites: cell.sites,
  };
}

function roleIn({ cell }: FloatLayer, { elementwise }: LayerFormats, handle: number): Role {
  if (handle < firstState(cell)) return "input";
  if (handle < firstParameter(cell)) return "state";
  if (handle >= firstSite(cell)) return "site";
  if (cell.parameters[handle - firstParameter(cell)].role === "matrix") return "matrix";
  return elementwise.has(handle) ? "vector" : "bias";
}

/** The section WGHT while it grows. */
class Weights {
  readonly #parts: { at: number; bytes: Uint8Array }[] = [];
  #end = 0;

  /** @returns where the bytes lie in the section */
  add(values: Int8Array | Int16Array | Int32Array): number {
    const at = this.#end;
    this.#parts.push({ at, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
    this.#end = nextOffset(at, values.byteLength);
    return at;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#end);
    for (const part of this.#parts) bytes.set(part.bytes, part.at);
    return bytes;
  }
}

// Rounds what a layer has, and makes the constants of its products; a site gets a coarser format where they would not fit.
function addWeights(layer: FloatLayer, chosen: LayerFormats, weights: Weights, coarsened: (site: number) => void) {
  const { cell, parameters } = layer;
  const { formats, flow, elementwise } = chosen;
  const data = new Map<number, number>();
  const constants = new Map<number, number>();
  const matrices = new Map<number, Rows>();
  cell.parameters.forEach(({ role, shape, name }, i) => {
    const handle = firstParameter(cell) + i;
    const bad = parameters[i].findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new UserError(
        `parameter ${name} of ${cell.name} holds ${parameters[i][bad]}`,
        "the training diverged: train again with a lower learning rate",
      );
    if (role === "matrix") {
      const [rows, columns = 0] = shapeOf(shape, layer);
      matrices.set(handle, roundRows(parameters[i], rows, columns));
      data.set(handle, weights.add(matrices.get(handle)!.values));
    } else if (elementwise.has(handle)) {
      data.set(
        handle,
        weights.add(
          Int16Array.from(parameters[i], (value) =>
            Math.max(-32768, Math.min(32767, Math.round(value * 2 ** formats[handle]))),
          ),
        ),
      );
    }
  });
  for (const { op, site, arguments: given } of flow.visits) {
    const { arguments: takes, length } = opOf(op)!;
    if (length !== "rows") continue;
    const terms = takes.flatMap(([, kind], a) =>
      kind === "matrix" ? [{ matrix: matrices.get(given[a][0])!, format: formats[given[a + 1][0]] }] : [],
    );
    const bias = parameters[given[takes.findIndex(([, kind]) => kind === "bias")][0] - firstParameter(cell)];
    let made = productConstants(bias, terms, formats[site]);
    const wanted = formats[site];
    while (!made && formats[site] > modelLimits.formatLeast) made = productConstants(bias, terms, --formats[site]);
    if (!made)
      throw new UserError(
        `${cell.name} has weights too large for integers at ${op} in line ${cell.sites[site - firstSite(cell)].line}`,
        "train with weight decay",
      );
    if (formats[site] !== wanted) coarsened(site);
    constants.set(site, weights.add(made));
  }
  return { constants, data };
}

// The bounds within which the element-wise ops are exact in 64 bits; beyond them a board would trap.
function checkShifts({ cell }: FloatLayer, { formats, flow }: LayerFormats): void {
  for (const { op, site, arguments: given } of flow.visits) {
    const { length, result } = opOf(op)!;
    if (length === "rows" || result === "condition") continue;
    const choices = given.reduce<number[][]>(
      (all, handles) => all.flatMap((some) => handles.map((handle) => [...some, formats[handle]])),
      [[]],
    );
    for (const choice of choices) {
      const [up, shift] = shiftsOf(op, choice, formats[site]);
      if (up - Math.min(shift, 0) > 30 || shift > 46 || shift < -15 || (op === "blend" && choice[0] !== 15)) {
        const { line } = cell.sites[site - firstSite(cell)];
        throw new UserError(
          `${cell.name} line ${line}: ${op} meets values of too different size`,
          op === "blend" ? "z of blend must come from sigmoid" : "bring them to a similar scale",
        );
      }
    }
  }
}

function shiftsOf(op: string, from: number[], to: number): [up: number, shift: number] {
  if (op === "multiply") return [0, from[0] + from[1] - to];
  if (op === "multiplyAdd") {
    const finest = Math.max(from[0] + from[1], from[2]);
    return [finest - Math.min(from[0] + from[1], from[2]), finest - to];
  }
  if (op === "blend" || op === "add") {
    const [a, b] = from.slice(-2);
    return [Math.abs(a - b), Math.max(a, b) - to + (op === "blend" ? 15 : 0)];
  }
  return op === "set" ? [0, from[1] - from[0]] : [0, from[0] - 11];
}

function checkSizes(layer: FloatLayer): void {
  layer.cell.parameters.forEach(({ name, shape }, i) => {
    const [rows, columns = 0] = shapeOf(shape, layer);
    const count = rows * Math.max(1, columns);
    if (layer.parameters[i].length !== count)
      throw new Error(`${name} has ${layer.parameters[i].length} values, not ${count}`);
    if (columns > modelLimits.columns || rows > modelLimits.rows) {
      throw new UserError(
        `${name} of ${layer.cell.name} is ${rows} × ${columns}; at most ${modelLimits.rows} × ${modelLimits.columns} fit`,
        "use fewer units or inputs",
      );
    }
  });
}
