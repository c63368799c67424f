// The model compiler: a trained float network and its calibrated ranges to the bytes of an .engram file.
import {
  aliasOf,
  type FloatLayer,
  firstParameter,
  firstSite,
  firstState,
  handleCount,
  networkInputs,
  numbersOf,
  type Piece,
  piecesOf,
  shapeOf,
} from "../compile/cell.ts";
import { firstOffset, nextOffset, writeContainer } from "../model/container.ts";
import type { LayerMeta, Meta } from "../model/meta.ts";
import { flowSection, type Window } from "../model/pieces.ts";
import {
  backwardFlag,
  codeEntry,
  codeHead,
  gathered,
  kinds,
  layer as layerEntry,
  layersHead,
  modelLimits,
  type Role,
  record,
  roles,
  type SectionTag,
  seed,
  valueBytes,
} from "../spec/container.ts";
import { decoderHead } from "../spec/decoder.ts";
import { frontEndHead } from "../spec/frontend.ts";
import { opOf, termsOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import { calibrated, chooseFormats, followFirst, type LayerFormats } from "./formats.ts";
import { type Placement, place } from "./place.ts";
import { checkShifts } from "./shifts.ts";
import { byColumns, finestScales, powerScales, productConstants, roundRows, wideConstants } from "./weights.ts";

export type AssembleOptions = {
  /** Fraction bits of the model's input. */
  inputFormat: number;
  /** Greatest absolute value by layer and handle on calibration data. */
  ranges: Float32Array[];
  /** Of a network that reads whole windows. */
  window?: Window;
  /** FRNT and, made for the format that the logits got, OUTP. */
  frontEnd?: Uint8Array;
  output?: (format: number) => Uint8Array;
  meta: Omit<Meta, "layers">;
};

export type Assembled = {
  file: Uint8Array;
  formats: LayerFormats[];
  placement: Placement;
  /** As they were given. */
  ranges: Float32Array[];
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
  const frame: { format: number; kind: number } = { format: options.inputFormat, kind: kinds.int16[0] };
  const results = [frame];
  layers.forEach((layer, i) => {
    const source = aliasOf(layers, i);
    const wide = layer.numbers?.input === "int32";
    const gathers = {
      format: wide
        ? calibrated(options.ranges[i][0], kinds.int32[0])
        : gatheredFormat(piecesOf(layers, i), results, options.ranges[i][0]),
      kind: wide ? kinds.int32[0] : kinds.int16[0],
    };
    const chosen = chooseFormats(layer, options.ranges[i], source === undefined ? gathers : results[source]);
    formats.push(chosen);
    parts.push(
      addWeights(layer, chosen, weights, (site) => coarser.push({ layer: i, site, format: chosen.formats[site] })),
    );
    followFirst(chosen.flow, chosen.formats);
    checkShifts(layer, chosen);
    results.push({ format: chosen.formats[chosen.result], kind: chosen.kinds[chosen.result] });
  });
  const last = results[layers.length];
  if (last.kind !== kinds.int16[0])
    throw new UserError("the last layer gives 32 bits", "add a read-out: a layer of cell dense");
  const placement = place(layers, formats);
  const modules = [...new Map(layers.map(({ cell }) => [Buffer.from(cell.wasm).toString("hex"), cell.wasm])).values()];

  const records = layers.reduce((sum, { cell }) => sum + handleCount(cell) * record.bytes, 0);
  const layersSection = new Uint8Array(layersHead.bytes + layers.length * layerEntry.bytes);
  const code = new Uint8Array(
    codeHead.bytes + modules.length * codeEntry.bytes + modules.reduce((sum, { length }) => sum + length, 0),
  );
  const pieces = layers.flatMap((_, i) =>
    aliasOf(layers, i) === undefined ? piecesOf(layers, i).map((piece) => ({ ...piece, layer: i })) : [],
  );
  const chained = layers.every((_, i) => aliasOf(layers, i) === i);
  const count = 5 + (chained ? 0 : 1) + (options.frontEnd ? 1 : 0) + (options.output ? 1 : 0);
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
      source: aliasOf(layers, i) ?? gathered,
      flags: layer.backward ? backwardFlag : 0,
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
      kind: role === "bias" ? kinds.int16[0] : formats[i].kinds[handle],
      format: formats[i].formats[handle],
      op: role === "site" ? opOf(cell.sites[handle - firstSite(cell)].op)!.code : 255,
      constants: constants.has(handle) ? weightsAt + constants.get(handle)! : 0,
    };
  }

  const output = options.output?.(last.format);
  const ram = (bytes: number) => Math.ceil(bytes / 8) * 8;
  const { window } = options;
  const rowBytes = [networkInputs(layers) * 2, ...layers.map((_, i) => resultBytes(formats[i], placement.rows[i]))];
  const windowBytes = window
    ? (window.before + window.hop + window.after) * rowBytes.reduce((sum, bytes) => sum + ram(bytes), 0)
    : 0;
  const ramBytes =
    ram(placement.stateBytes) +
    ram(placement.arenaBytes) +
    windowBytes +
    (options.frontEnd ? ram(frontEndHead.read(options.frontEnd).ramBytes) : 0) +
    (output ? ram(decoderHead.read(output).ramBytes) : 0);
  const frameRecord = { offset: window ? 0 : placement.frame, rows: networkInputs(layers), format: frame.format };
  const meta: Meta = { ...options.meta, layers: layers.map(layerMeta) };
  const sections: [SectionTag, Uint8Array][] = [
    ["LAYR", layersSection],
    ["SITE", site],
    ["CODE", code],
    ["WGHT", weights.bytes()],
    ...(chained
      ? []
      : [["FLOW", flowSection(frameRecord, pieces, window, placement.lines)] as [SectionTag, Uint8Array]]),
    ...(options.frontEnd ? [["FRNT", options.frontEnd] as [SectionTag, Uint8Array]] : []),
    ...(output ? [["OUTP", output] as [SectionTag, Uint8Array]] : []),
    ["mETA", new TextEncoder().encode(JSON.stringify(meta))],
  ];
  const { stateBytes, arenaBytes } = placement;
  const file = writeContainer(sections, { ramBytes, stateBytes, arenaBytes });
  return { file, formats, placement, ranges: options.ranges, coarser };
}

const resultBytes = ({ result, kinds: kindOf }: LayerFormats, rows: Uint16Array): number =>
  rows[result] * valueBytes(kindOf[result]);

// Pieces that are only joined keep what the coarsest of them has; sums and what comes back show their range.
function gatheredFormat(pieces: Piece[], results: { format: number }[], range: number): number {
  const joined = pieces.every(({ previous, adds }) => !previous && !adds); // a delay changes no value
  return joined ? Math.min(...pieces.map(({ source }) => results[source].format)) : calibrated(range);
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
  const { formats, kinds: kindOf, flow, elementwise } = chosen;
  const data = new Map<number, number>();
  const constants = new Map<number, number>();
  const scales = new Map<number, Float64Array>();
  const products = productsOf(flow);
  const wide = (product: Product) =>
    !product.op.endsWith("Sums") &&
    ([product.site, ...product.vectors].some((handle) => kindOf[handle] !== kinds.int16[0]) ||
      product.matrices.some((handle) => kindOf[handle] !== kinds.int8[0]));
  const inWide = new Set(products.filter(wide).flatMap(({ matrices }) => matrices));
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
      const finest = inWide.has(handle) ? powerScales : finestScales;
      const numbers = numbersOf(layer, i);
      if (embeds(flow, handle)) scales.set(handle, new Float64Array(rows).fill(2 ** -formats[handle]));
      else if (typeof numbers === "object") scales.set(handle, new Float64Array(rows).fill(numbers.scale));
      else scales.set(handle, finest(parameters[i], rows, columns, kindOf[handle]));
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
  const constantsOf = (product: Product): Int32Array => {
    const { op, site, matrices, vectors } = product;
    const bias = parameters[product.bias - firstParameter(cell)];
    const terms = matrices.map((matrix, t) => ({
      scales: scales.get(matrix)!,
      format: formats[vectors[t]],
      bits: sumBitsOf(kindOf[matrix]) + (kindOf[vectors[t]] === kinds.int32[0] ? 31 : 15),
    }));
    const most = kindOf[site] === kinds.int16[0] ? modelLimits.bias : 2 ** 31 - 1;
    for (let coarse = 0; formats[site] >= modelLimits.formatLeast; coarse++, formats[site]--) {
      const made = (wide(product) ? wideConstants : productConstants)(bias, terms, formats[site], most);
      if (made && coarse > 0) coarsened(site);
      if (made) return made;
    }
    throw new UserError(
      `${cell.name} has weights too large for integers at ${op} in line ${cell.sites[site - firstSite(cell)].line}`,
      "train with weight decay",
    );
  };
  // What is coarsened here, all that shares it sees below.
  for (const product of products) if (wide(product)) constantsOf(product);
  for (const product of products) constants.set(product.site, weights.add(constantsOf(product)));
  cell.parameters.forEach(({ role, shape }, i) => {
    const handle = firstParameter(cell) + i;
    const [rows, columns = 0] = shapeOf(shape, layer);
    if (role !== "matrix") return;
    const numbers = numbersOf(layer, i);
    if (typeof numbers === "object") {
      if (scales.get(handle)!.some((scale) => scale !== numbers.scale))
        throw new UserError(`${cell.name} has sums too large for a seeded matrix`, "give it a coarser scale");
      const bytes = new Uint8Array(seed.bytes);
      seed.write(bytes, 0, { ...numbers, positive: numbers.positive ? 1 : 0 });
      data.set(handle, weights.add(new Int8Array(bytes.buffer)));
      return;
    }
    if (embeds(flow, handle) && scales.get(handle)!.some((scale) => scale !== 2 ** -formats[handle]))
      throw new UserError(
        `${cell.name} has sums too large for a matrix that embed reads too`,
        "give each use a matrix of its own",
      );
    const rounded = roundRows(parameters[i], rows, columns, scales.get(handle)!, kindOf[handle]);
    data.set(handle, weights.add(kindOf[handle] === kinds.int8Columns[0] ? byColumns(rounded) : rounded.values));
  });
  return { constants, data };
}

const embeds = (flow: LayerFormats["flow"], handle: number): boolean =>
  flow.visits.some(({ op, arguments: given }) => op === "embed" && given[0].includes(handle));

// Bits of the sum of a row's magnitudes, as firmware/core/wide.c reckons it.
const sumBitsOf = (kind: number): number => (kind === kinds.int32[0] ? 29 : kind === kinds.int16[0] ? 25 : 17);

type Product = { op: string; site: number; matrices: number[]; vectors: number[]; bias: number };

// Call sites that multiply matrices, with the handles of their arguments.
function productsOf(flow: LayerFormats["flow"]): Product[] {
  return flow.visits
    .filter(({ op }) => termsOf(op) > 0)
    .map(({ op, site, arguments: given }) => {
      const at = opOf(op)!.arguments.flatMap(([, takes], a) => (takes === "matrix" ? [a] : []));
      const bias = given[opOf(op)!.arguments.findIndex(([, takes]) => takes === "bias")][0];
      return { op, site, matrices: at.map((a) => given[a][0]), vectors: at.map((a) => given[a + 1][0]), bias };
    });
}

function checkSizes(layer: FloatLayer): void {
  layer.cell.parameters.forEach(({ name, shape }, i) => {
    const [rows, columns = 0] = shapeOf(shape, layer);
    const count = rows * Math.max(1, columns);
    if (layer.parameters[i].length !== count)
      throw new Error(`${name} has ${layer.parameters[i].length} values, not ${count}`);
    const most = numbersOf(layer, i) === "int8" ? modelLimits.columns : modelLimits.wideColumns;
    if (columns > most || rows > (columns > 0 ? modelLimits.rows : modelLimits.values)) {
      throw new UserError(
        `${name} of ${layer.cell.name} is ${rows} × ${columns}; at most ${modelLimits.rows} × ${most} fit`,
        "use fewer units or inputs",
      );
    }
  });
}
